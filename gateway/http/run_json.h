#pragma once

#include "gateway/http/json_out.h"
#include "guichet/v1/payments.pb.h"
#include "guichet/v1/runs.pb.h"

namespace guichet::http {

/// A payment run as the API shows it: its state, its preview, what came of it, its files.
void write_run(JsonOut& out, const v1::RunState& run);

/// One payment of a client's account.
void write_payment(JsonOut& out, const v1::Payment& payment);

}  // namespace guichet::http
