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

/// The target of `<target>; rel="next"`; empty where it says none.
std::string next_of(const HttpResponse& answer) {
  const std::string link = answer.header("Link");
  const std::size_t end = link.find('>');
  return link.starts_with("</") && end != std::string::npos ? link.substr(1, end - 1) : "";
}

std::string first_target(const EventsOptions& options, ClientSession& session) {
  std::string application = options.application;
  if (!application.empty() && application.size() != kUuidSize) {  // a short number
    const HttpResponse found = session.call({"GET", application_target(application), {}, {}});
    application = text_at(boost::json::parse(found.body), "id");
    if (application.empty())
      throw CommandError(kRefused, "guichet: " + options.application + " " +
                                       std::string(session.words(found).fits_several));
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
  for (const auto& event : items(page)) std::cout << boost::json::serialize(event) << '\n';
  std::cout.flush();
  return items(page).size();
}

/// Reads page after page. Following, a server that was there once may go away and come back.
class Reading {
 public:
  explicit Reading(const EventsOptions& options)
      : session_(options.client),
        words_(words(options.client.language)),
        follows_(options.follow),
        target_(first_target(options, session_)) {}

  /// Prints the next page; false where nothing more is to be read.
  bool go_on() {
    const HttpResponse answer = page();
    const std::string next = next_of(answer);
    if (next.empty()) throw CommandError(kRefused, "guichet: " + std::string(words_.no_next));
    const bool at_the_end = print(answer) == 0 && next == target_;
    target_ = next;
    return (follows_ || !at_the_end) && std::cout.good();  // else nobody reads any more
  }

 private:
  HttpResponse page() {
    const seconds wait = follows_ ? kFollowWait : seconds{0};
    for (;;) {
      try {
        HttpResponse answer = session_.call({"GET", target_, {}, {}}, wait);
        if (away_) std::cerr << words_.there_again << '\n';
        away_ = false;
        met_ = true;
        return answer;
      } catch (const CannotReach& away) {
        wait_for_server(std::string("guichet: ") + away.what());
      } catch (const ServerFailed& failed) {
        wait_for_server(failed.what());
      }
    }
  }

  /// Called where it failed: goes on failing unless there is something to wait for.
  void wait_for_server(const std::string& why) {
    if (!follows_ || !met_) throw;
    if (!away_) std::cerr << why << "; " << words_.trying_again << '\n';
    away_ = true;
    std::this_thread::sleep_for(kReconnectAfter);
  }

  ClientSession session_;
  const Words& words_;
  const bool follows_;
  std::string target_;
  bool met_ = false;
  bool away_ = false;
};

int events(const EventsOptions& options) {
  Reading reading(options);
  while (reading.go_on()) {
  }
  return kDone;
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
      "  guichet events --follow | jq .type\n"
      "An event may come twice: its id tells. docs/events.md says more.");
  command->callback([options, &run] { run = [options] { return events(*options); }; });
}

}  // namespace guichet::cli
