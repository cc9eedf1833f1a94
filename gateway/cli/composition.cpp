#include "gateway/cli/composition.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <iterator>
#include <mutex>
#include <thread>

#include "adapters/file/file_adapter.h"
#include "adapters/file/file_answers.h"
#include "adapters/rules/rules_adapter.h"
#include "eventlog/host.h"
#include "eventlog/sqlite/projection.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "gateway/cases/case_processor.h"
#include "gateway/cli/builtin_programs.h"
#include "gateway/http/secrets.h"
#include "gateway/http/server.h"
#include "gateway/views/sqlite_views.h"
#include "rules/program/load.h"
#include "schemas/topics.h"

namespace guichet::cli {
namespace {

constexpr std::chrono::seconds kStopTime{10};
constexpr std::chrono::milliseconds kDrainTime{7'000};
constexpr std::chrono::milliseconds kPollTime{200};
constexpr std::chrono::milliseconds kPollTimeAfterFailure{5'000};

using rules::Manifest;

Instant wall_clock() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Sleeps so long, or until stopped.
void sleep_unless(const std::stop_token& stopped, std::chrono::milliseconds time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stopped, time, [] { return false; });
}

/// Ends the process where stopping takes longer than it may.
class StopWatch {
 public:
  StopWatch()
      : thread_([](std::stop_token stopped) {
          sleep_unless(stopped, kStopTime);
          if (stopped.stop_requested()) return;
          spdlog::error("not stopped in time; ending as it stands, nothing acknowledged is lost");
          _exit(0);
        }) {}

 private:
  std::jthread thread_;
};

std::vector<std::string> programs_answered_by(const rules::Catalogue& catalogue,
                                              Manifest::AnsweredBy answered_by) {
  std::vector<std::string> ids;
  for (const auto& program : catalogue.all())
    if (program->manifest().answered_by == answered_by) ids.push_back(program->manifest().id);
  return ids;
}

std::vector<std::string> request_topics(const std::vector<std::string>& programs) {
  std::vector<std::string> names;
  for (const std::string& program : programs) names.push_back(topics::requests(program));
  return names;
}

/// A host of processors on a thread of its own.
class RunningHost {
 public:
  RunningHost(eventlog::Log& log, const std::string& name, std::vector<eventlog::Stage> stages)
      : host_(log, name, std::move(stages), wall_clock),
        thread_([this](std::stop_token stop) { host_.run(stop); }) {}

 private:
  eventlog::Host host_;
  std::jthread thread_;
};

/// Takes in the answers of programs that answer by files, on a thread of its own.
class AnswersPoller {
 public:
  AnswersPoller(eventlog::Log& log, const std::filesystem::path& exchange,
                std::vector<std::string> programs)
      : answers_(exchange, std::move(programs)),
        thread_([this, &log](std::stop_token stop) { run(log, stop); }) {}

 private:
  void run(eventlog::Log& log, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      auto pause = kPollTime;
      try {
        answers_.pass(log, wall_clock());
      } catch (const std::exception& failed) {
        spdlog::error("answers by files: {}; trying again", failed.what());
        pause = kPollTimeAfterFailure;
      }
      sleep_unless(stop, pause);
    }
  }

  adapters::FileAnswers answers_;
  std::jthread thread_;
};

class EmbeddedComposition : public Composition {
 public:
  EmbeddedComposition(const Settings& settings, std::shared_ptr<const rules::Catalogue> catalogue,
                      std::unique_ptr<eventlog::SqliteLog> log, http::Secrets secrets)
      : log_(std::move(log)), views_(views::sqlite_views(*log_)) {
    run("cases", {eventlog::KeyedStage{"cases", std::string(topics::kCasesInbox),
                                       std::string(topics::kCases),
                                       std::make_shared<cases::CaseProcessor>(catalogue)}});
    if (const auto ids = programs_answered_by(*catalogue, Manifest::AnsweredBy::rules);
        !ids.empty())
      run("rules", {eventlog::PlainStage{"adapters-rules", request_topics(ids),
                                         std::make_shared<adapters::RulesAdapter>(catalogue)}});
    if (const auto ids = programs_answered_by(*catalogue, Manifest::AnsweredBy::file);
        !ids.empty()) {
      run("files",
          {eventlog::PlainStage{"adapters-file", request_topics(ids),
                                std::make_shared<adapters::FileAdapter>(settings.exchange)}});
      answers_ = std::make_unique<AnswersPoller>(*log_, settings.exchange, ids);
    }
    http::ServerOptions options;
    options.address = settings.listen_host;
    options.port = settings.listen_port;
    options.threads = settings.threads;
    options.limits.drain_time = kDrainTime;
    server_ = std::make_unique<http::Server>(
        options, http::GatewayParts{*log_, *views_, catalogue, std::move(secrets), wall_clock});
    const bool ipv6 = settings.listen_host.find(':') != std::string::npos;
    url_ = "http://" + (ipv6 ? "[" + settings.listen_host + "]" : settings.listen_host) + ":" +
           std::to_string(server_->port());
  }

  std::string url() const override { return url_; }

  void stop() override {
    const StopWatch watch;
    spdlog::info("stopping");
    server_->drain();
    server_.reset();
    answers_.reset();
    hosts_.clear();
    views_.reset();
    log_.reset();
    spdlog::info("stopped");
  }

 private:
  void run(const std::string& name, std::vector<eventlog::Stage> stages) {
    hosts_.push_back(std::make_unique<RunningHost>(*log_, name, std::move(stages)));
  }

  // In the order in which they are needed; destroyed the other way round.
  std::unique_ptr<eventlog::SqliteLog> log_;
  std::unique_ptr<views::Views> views_;
  std::vector<std::unique_ptr<RunningHost>> hosts_;
  std::unique_ptr<AnswersPoller> answers_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
};

Result<std::shared_ptr<const rules::Catalogue>> load_programs(const Settings& settings) {
  std::vector<std::filesystem::path> folders;
  if (auto builtin = builtin_programs(); !builtin.empty()) folders.push_back(std::move(builtin));
  folders.insert(folders.end(), settings.programs.begin(), settings.programs.end());
  if (folders.empty())
    return Failure{"no programs: none came with this binary; name a folder with --programs DIR"};
  auto catalogue = rules::load_catalogue(folders);
  if (!catalogue) return catalogue.error();
  for (const auto& program : catalogue->all()) {
    const Manifest& manifest = program->manifest();
    if (manifest.answered_by == Manifest::AnsweredBy::http ||
        manifest.answered_by == Manifest::AnsweredBy::partner)
      spdlog::warn(
          "{} is answered by {}, which this version cannot reach: its line will be "
          "unavailable",
          manifest.id, manifest.answered_by == Manifest::AnsweredBy::http ? "http" : "partner");
  }
  return std::make_shared<const rules::Catalogue>(std::move(*catalogue));
}

}  // namespace

Result<std::unique_ptr<Composition>> Composition::start(const Settings& settings) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("guichet"));
  auto catalogue = load_programs(settings);
  if (!catalogue) return catalogue.error();

  std::error_code failed;
  const bool made = std::filesystem::create_directories(settings.data, failed);
  if (failed || !std::filesystem::is_directory(settings.data))
    return Failure{"cannot make the folder " + settings.data.string() + " (" + failed.message() +
                   "); name another with --data DIR"};
  if (made)  // people's data: for this user alone
    std::filesystem::permissions(settings.data, std::filesystem::perms::owner_all);
  const bool first_start = !std::filesystem::exists(settings.data / "guichet.db");
  auto secrets =
      http::open_secrets(settings.data, first_start ? http::FirstStart::yes : http::FirstStart::no);
  if (!secrets) return secrets.error();

  eventlog::SqliteOptions options;
  options.folder = settings.data;
  options.topics = topics::all((*catalogue)->ids());
  options.projection = views::case_projection();
  auto log = eventlog::SqliteLog::open(std::move(options));
  if (!log) return log.error();
  spdlog::info("{} programs, data in {}", (*catalogue)->all().size(), settings.data.string());
  return std::make_unique<EmbeddedComposition>(settings, *catalogue, std::move(*log),
                                               std::move(*secrets));
}

}  // namespace guichet::cli
