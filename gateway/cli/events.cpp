// guichet events: what partner agencies see, a CloudEvent a line.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <thread>

#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"

namespace guichet::cli {
namespace {

using std::chrono::seconds;

constexpr seconds kFollowWait{20};
constexpr seconds kReconnectAfter{1};
constexpr std::size_t kUuidSize = 36;

struct EventsOptions {
  ClientOptions client;
  std::string application;
  std::string from;
  std::string type;
  std::string program;
  bool follow = false;
};

/// The target of `<target>; rel="next"`.
std::string next_of(const HttpResponse& answer) {
  const std::string link = answer.header("Link");
  const std::size_t end = link.find('>');
  if (!link.starts_with('<') || end == std::string::npos)
    throw CommandError(kRefused, "guichet: the server's answer does not say how to go on");
  return link.substr(1, end - 1);
}

std::string first_target(const EventsOptions& options, ClientSession& session) {
  std::string application = options.application;
  if (!application.empty() && application.size() != kUuidSize) {  // a short number
    const HttpResponse found = session.call({"GET", application_target(application), {}, {}});
    application = text_at(boost::json::parse(found.body), "id");
    if (application.empty())
      throw CommandError(kRefused, "guichet: " + options.application +
                                       " fits several applications; say the id of one");
  }
  std::string target = "/v1/events?limit=500";
  const auto narrow = [&](const char* name, const std::string& value) {
    if (!value.empty()) target += std::string("&") + name + "=" + percent_encoded(value);
  };
  narrow("application", application);
  narrow("from", options.from);
  narrow("type", options.type);
  narrow("program", options.program);
  return target;
}

/// How many were printed.
std::size_t print(const HttpResponse& answer) {
  const boost::json::value page = boost::json::parse(answer.body);
  for (const auto& event : page.as_array()) std::cout << boost::json::serialize(event) << '\n';
  std::cout.flush();
  return page.as_array().size();
}

int events(const EventsOptions& options) {
  ClientSession session(options.client);
  std::string target = first_target(options, session);
  bool reached = true;
  for (;;) {
    HttpRequest request{"GET", target, {}, {}};
    const seconds wait = options.follow ? kFollowWait : seconds{0};
    if (options.follow)
      request.headers.emplace_back("Prefer", "wait=" + std::to_string(wait.count()));
    try {
      const HttpResponse answer = session.call(request, wait);
      if (!reached) std::cerr << "The server is there again.\n";
      reached = true;
      const std::string next = next_of(answer);
      if (print(answer) == 0 && next == target && !options.follow) return kDone;
      target = next;
    } catch (const CannotReach& away) {
      if (!options.follow) throw;
      if (reached) std::cerr << "guichet: " << away.what() << "; trying again\n";
      reached = false;
      std::this_thread::sleep_for(kReconnectAfter);
    }
    if (!std::cout) return kDone;  // nobody reads any more
  }
}

}  // namespace

void add_events(CLI::App& app, Run& run) {
  auto options = std::make_shared<EventsOptions>();
  CLI::App* command = app.add_subcommand(
      "events", "Print what partner agencies see: CloudEvents, as JSON, one a line");
  command
      ->add_option("--application", options->application,
                   "only of this application: its id or short number")
      ->type_name("ID");
  command->add_option("--from", options->from,
                      "from this day (2026-01-31) or instant (2026-01-31T14:00:00Z) on");
  command->add_option("--type", options->type, "only of this type, such as guichet.case.decided");
  command->add_option("--program", options->program, "only about this program");
  command->add_flag("--follow", options->follow, "go on with what comes, until Ctrl-C");
  add_client_options(*command, options->client);
  command->footer(
      "Examples:\n"
      "  guichet events --from 2026-01-31 --type guichet.case.decided\n"
      "  guichet events --application K7Q4-2M9XA-C\n"
      "  guichet events --follow | jq .type");
  command->callback([options, &run] { run = [options] { return events(*options); }; });
}

}  // namespace guichet::cli
