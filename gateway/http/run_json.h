#pragma once

#include "gateway/http/json_out.h"
#include "gateway/http/problem.h"
#include "guichet/v1/payments.pb.h"
#include "guichet/v1/runs.pb.h"

namespace guichet::http {

/// A payment run as the API shows it: its state, its preview, what came of it, its files.
void write_run(JsonOut& out, const v1::RunState& run);

/// One payment of a client's account.
void write_payment(JsonOut& out, const v1::Payment& payment, Language language);

/// A payment that the bank rejected, and what became of it: the payment that carries it now, or,
/// where that is null, that it is owed.
void write_rejected(JsonOut& out, const v1::Payment& payment, const v1::Payment* carried_by,
                    Language language);

/// A run's files for the bank.
void write_files(JsonOut& out, const v1::RunState& run);

}  // namespace guichet::http
