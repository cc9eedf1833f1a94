#pragma once

#include <functional>
#include <string>

#include "gateway/http/commands.h"
#include "gateway/http/json_out.h"
#include "gateway/http/problem.h"

namespace guichet::http {

/// Writes a case as interface.md shows it, every text in one language; what was paid of it by
/// `write_account`, where that is not empty.
void write_case(JsonOut& out, const v1::CaseState& state, bool held, Language language,
                const std::function<void()>& write_account = {});

/// Writes {programs, annual_total, payments}: what a screening comes to.
void write_screening(JsonOut& out, const v1::Submission& screened, Language language);

/// The case of an application whose verdict has not come: what is known of it by its id alone.
std::string received_json(const std::string& id, const std::string& number,
                          const std::string& client);

/// received, determining, complete, partial, held, withdrawn
std::string status_of_case(const v1::CaseState& state, bool held);

/// The language that the application asked for.
Language language_of(const v1::CaseState& state);

}  // namespace guichet::http
