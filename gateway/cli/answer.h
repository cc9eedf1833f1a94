#pragma once

#include <chrono>
#include <string>

#include "gateway/cli/client_session.h"

namespace guichet::cli {

/// Prints the case that an answer carries: for people, or with --json as the server wrote it.
void print_answer(const ClientSession& session, const HttpResponse& answer);

/// The value of --wait; throws CommandError where it is none.
std::chrono::seconds wait_of(const std::string& text);

}  // namespace guichet::cli
