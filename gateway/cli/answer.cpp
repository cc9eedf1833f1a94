#include "gateway/cli/answer.h"

#include <boost/json.hpp>
#include <iostream>

#include "gateway/cli/case_text.h"
#include "gateway/cli/command.h"
#include "gateway/cli/terminal.h"

namespace guichet::cli {

void print_answer(const ClientSession& session, const HttpResponse& answer) {
  if (session.options().json) {
    std::cout << answer.body << '\n';
    return;
  }
  print_case(std::cout, boost::json::parse(answer.body), session.words(answer), terminal_width());
}

std::chrono::seconds wait_of(const std::string& text) {
  const auto wait = parse_wait(text);
  if (!wait) throw CommandError(kUsage, "guichet: " + wait.error().message + "\n");
  return *wait;
}

}  // namespace guichet::cli
