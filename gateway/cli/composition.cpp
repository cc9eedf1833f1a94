#include "gateway/cli/composition.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "adapters/file/file_adapter.h"
#include "adapters/file/file_answers.h"
#include "adapters/partner/partner_answers.h"
#include "adapters/payments/bank_answers.h"
#include "adapters/payments/payment_files.h"
#include "adapters/rules/rules_adapter.h"
#include "eventlog/host.h"
#include "gateway/cases/case_processor.h"
#include "gateway/cli/home.h"
#include "gateway/cli/key_url.h"
#include "gateway/cli/offered_programs.h"
#include "gateway/cli/wall_clock.h"
#include "gateway/http/authentication.h"
#include "gateway/http/ids.h"
#include "gateway/http/server.h"
#include "payments/account_processor.h"
#include "payments/run_processor.h"
#include "schemas/topics.h"

namespace guichet::cli {
namespace {

constexpr std::chrono::seconds kStopTime{10};
constexpr std::chrono::milliseconds kPollTime{200};
constexpr std::chrono::milliseconds kPollTimeAfterFailure{5'000};

// Of what the system lets the process open, half is for connections: that the log, the exchange
// folders and Kafka can open what they need never depends on who is connected.
constexpr rlim_t kMostDescriptors = 8192;
constexpr std::size_t kOwnDescriptors = 24;
constexpr std::size_t kDescriptorsOfAThread = 3;

using rules::Manifest;

/// How many connections there are descriptors for. Systems let a program begin with far fewer
/// descriptors than it may have.
Result<std::size_t> connections_that_fit(unsigned threads) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < kMostDescriptors) {
    limit.rlim_cur = std::min(limit.rlim_max, kMostDescriptors);
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  const std::size_t half = std::min(limit.rlim_cur, kMostDescriptors) / 2;
  const std::size_t needed = kOwnDescriptors + kDescriptorsOfAThread * threads;
  if (half >= needed) return half;
  return Failure{"the system lets this process open " + std::to_string(limit.rlim_cur) +
                 " files, and it needs " + std::to_string(2 * needed) +
                 "; allow more (ulimit -n), 8192 or more being best"};
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

/// What a thread ends with that has nothing left to try: the process, as it stands. Nothing that
/// was acknowledged is lost, and whatever starts it again goes on from there.
[[noreturn]] void end_process(const std::string& where, const std::string& why) {
  spdlog::critical("{}: {}; ending", where, why);
  _exit(1);
}

/// A host of processors on a thread of its own.
class RunningHost {
 public:
  RunningHost(eventlog::Log& log, const std::string& name, std::vector<eventlog::Stage> stages)
      : host_(log, name, std::move(stages), wall_clock),
        thread_([this, name](std::stop_token stop) { run(name, stop); }) {}

 private:
  void run(const std::string& name, const std::stop_token& stop) {
    try {
      host_.run(stop);
    } catch (const std::exception& fault) {
      end_process(name, fault.what());
    }
  }

  eventlog::Host host_;
  std::jthread thread_;
};

/// Takes in answers that come as files, on a thread of its own.
template <class Answers>
class AnswersPoller {
 public:
  /// `whose` stands before what fails, in the log.
  AnswersPoller(eventlog::Log& log, const char* whose, Answers answers)
      : answers_(std::move(answers)),
        thread_([this, &log, whose](std::stop_token stop) { run(log, whose, stop); }) {}

 private:
  void run(eventlog::Log& log, const char* whose, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      auto pause = kPollTime;
      try {
        answers_.pass(log, wall_clock());
      } catch (const std::exception& failed) {
        spdlog::error("{}: {}; trying again", whose, failed.what());
        pause = kPollTimeAfterFailure;
      }
      sleep_unless(stop, pause);
    }
  }

  Answers answers_;
  std::jthread thread_;
};

class RunningComposition : public Composition {
 public:
  RunningComposition(const Settings& settings, std::shared_ptr<const rules::Catalogue> catalogue,
                     Home home, std::size_t connections,
                     std::shared_ptr<const http::Authentication> authentication)
      : home_(std::move(home)),
        connections_(connections),
        authentication_(std::move(authentication)) {
    if (settings.roles.cases)
      run("cases", {eventlog::KeyedStage{"cases", std::string(topics::kCasesInbox),
                                         std::string(topics::kCases),
                                         std::make_shared<cases::CaseProcessor>(catalogue)}});
    if (settings.roles.payments) pay(settings, catalogue);
    adapt(settings, catalogue);
    serve(settings, catalogue);
  }

  std::string url() const override { return url_; }

  void stop() override {
    const StopWatch watch;
    spdlog::info("stopping");
    server_->drain();
    server_.reset();
    answers_.reset();
    bank_.reset();
    hosts_.clear();
    home_.views.reset();
    home_.log.reset();
    spdlog::info("stopped");
  }

 private:
  void run(const std::string& name, std::vector<eventlog::Stage> stages) {
    hosts_.push_back(
        std::make_unique<RunningHost>(*home_.log, home_.instance + name, std::move(stages)));
  }

  /// Accounts and runs, and the files of released runs, where it is known from which account they
  /// are paid.
  void pay(const Settings& settings, const std::shared_ptr<const rules::Catalogue>& catalogue) {
    std::vector<eventlog::Stage> stages = {
        eventlog::KeyedStage{"payments", std::string(topics::kPaymentsInbox),
                             std::string(topics::kAccounts),
                             std::make_shared<payments::AccountProcessor>(
                                 payments::Rules{.terms_of = payments::terms_of(catalogue),
                                                 .fits_bank = adapters::fits_bank,
                                                 .digest = http::sha256_hex})},
        eventlog::KeyedStage{
            "runs", std::string(topics::kRunsInbox), std::string(topics::kRuns),
            std::make_shared<payments::RunProcessor>(home_.log->partitions(), http::sha256_hex)}};
    run("payments", std::move(stages));
    if (settings.paying_account.empty()) {
      spdlog::info("no paying_account: runs can be released, and write no files for a bank");
      return;
    }
    const auto name_of = [catalogue](const std::string& id) -> adapters::ProgramName {
      const auto program = catalogue->find(id);
      if (!program) return {id, id};
      return {program->manifest().name.en, program->manifest().name.fr};
    };
    const std::string& account = settings.paying_account;  // checked: 001-00011-1234567
    const bank::Debtor debtor{settings.paying_agent,
                              {account.substr(0, 3), account.substr(4, 5), account.substr(10)}};
    run("bank", {eventlog::PlainStage{"bank.files",
                                      {std::string(topics::kInstructions)},
                                      std::make_shared<adapters::PaymentFiles>(
                                          *home_.log, settings.bank_files, debtor, name_of)}});
    bank_ = std::make_unique<AnswersPoller<adapters::BankAnswers>>(
        *home_.log, "answers of the bank", adapters::BankAnswers(settings.bank_files));
  }

  /// A group for each program: what holds one up holds up no other.
  void adapt(const Settings& settings, const std::shared_ptr<const rules::Catalogue>& catalogue) {
    const auto rules = std::make_shared<adapters::RulesAdapter>(catalogue);
    const auto files = std::make_shared<adapters::FileAdapter>(settings.exchange);
    const auto partners = std::make_shared<adapters::PartnerAnswers>();
    std::vector<eventlog::Stage> stages;
    std::vector<std::string> by_files;
    const auto stage = [&](const std::string& group, std::string input, auto handler) {
      stages.emplace_back(eventlog::PlainStage{group, {std::move(input)}, std::move(handler)});
    };
    for (const auto& program : catalogue->all()) {
      const Manifest& manifest = program->manifest();
      if (!settings.roles.adapts(manifest.id)) continue;
      switch (manifest.answered_by) {
        case Manifest::AnsweredBy::rules:
          stage("adapters." + manifest.id, topics::requests(manifest.id), rules);
          break;
        case Manifest::AnsweredBy::file:
          stage("adapters." + manifest.id, topics::requests(manifest.id), files);
          by_files.push_back(manifest.id);
          break;
        case Manifest::AnsweredBy::partner:
          stage("answers." + manifest.id, topics::determinations(manifest.id), partners);
          break;
        case Manifest::AnsweredBy::http:
          break;
      }
    }
    if (!stages.empty()) run("adapters", std::move(stages));
    if (!by_files.empty())
      answers_ = std::make_unique<AnswersPoller<adapters::FileAnswers>>(
          *home_.log, "answers by files", adapters::FileAnswers(settings.exchange, by_files));
  }

  void serve(const Settings& settings, std::shared_ptr<const rules::Catalogue> catalogue) {
    http::ServerOptions options;
    options.address = settings.listen_host;
    options.port = settings.listen_port;
    options.threads = settings.threads;
    if (!settings.tls_certificate.empty())
      options.tls = http::TlsFiles{.certificate = settings.tls_certificate,
                                   .key = settings.tls_key,
                                   .client_ca = settings.tls_client_ca};
    options.limits.connections = std::min(options.limits.connections, connections_);
    options.limits.caller_connections =
        std::min(options.limits.caller_connections, connections_ / 2);
    options.limits.caller_requests =
        settings.caller_rate * static_cast<unsigned>(options.limits.caller_window.count());
    options.trusted_proxies = settings.trusted_proxies;
    options.cors_origins = settings.cors_origins;
    server_ = std::make_unique<http::Server>(
        options, http::GatewayParts{.log = *home_.log,
                                    .views = home_.views.get(),
                                    .catalogue = std::move(catalogue),
                                    .secrets = home_.secrets,
                                    .clock = wall_clock,
                                    .bank_files = settings.bank_files,
                                    .paying_government = settings.paying_government,
                                    .not_ready = home_.not_ready,
                                    .authentication = authentication_});
    const bool ipv6 = settings.listen_host.find(':') != std::string::npos;
    url_ = (settings.tls_certificate.empty() ? "http://" : "https://") +
           std::string(ipv6 ? "[" + settings.listen_host + "]" : settings.listen_host) + ":" +
           std::to_string(server_->port());
  }

  // In the order in which they are needed; destroyed the other way round.
  Home home_;
  std::size_t connections_;
  std::shared_ptr<const http::Authentication> authentication_;
  std::vector<std::unique_ptr<RunningHost>> hosts_;
  std::unique_ptr<AnswersPoller<adapters::FileAnswers>> answers_;
  std::unique_ptr<AnswersPoller<adapters::BankAnswers>> bank_;
  std::unique_ptr<http::Server> server_;
  std::string url_;
};

/// Says which programs nothing in this process or beside it can answer.
void warn_of_unreachable(const rules::Catalogue& catalogue, bool on_kafka) {
  for (const auto& program : catalogue.all()) {
    const Manifest& manifest = program->manifest();
    if (manifest.answered_by == Manifest::AnsweredBy::http)
      spdlog::warn(
          "{} is answered by http, which this version cannot reach: its line will be "
          "unavailable",
          manifest.id);
    if (manifest.answered_by == Manifest::AnsweredBy::partner && !on_kafka)
      spdlog::warn(
          "{} is answered by a partner, who is reached over Kafka only (--kafka): its "
          "line will be unavailable",
          manifest.id);
  }
}

/// A pattern that fits no program is a slip: nobody would answer for what was meant.
Result<void> check_patterns(const Roles& roles, const rules::Catalogue& catalogue) {
  const auto ids = catalogue.ids();
  for (const std::string& pattern : roles.adapters) {
    const Roles one{.gateway = false, .cases = false, .payments = false, .adapters = {pattern}};
    if (std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return one.adapts(id); }))
      continue;
    std::string names;
    for (const std::string& id : ids) names += (names.empty() ? "" : ", ") + id;
    return Failure{"roles: adapters:" + pattern + " fits no program; there are: " + names};
  }
  return {};
}

/// How callers are known; null where that is not configured.
Result<std::shared_ptr<const http::Authentication>> authentication_of(const Settings& settings) {
  if (settings.auth_jwks.empty() && settings.tls_clients.empty())
    return std::shared_ptr<const http::Authentication>();
  std::unique_ptr<http::KeySource> keys;
  if (!settings.auth_jwks.empty()) {
    http::KeySourceOptions options{.name = settings.auth_jwks};
    const auto url = parse_key_url(settings.auth_jwks);
    if (url) options.every = kKeysEvery;
    keys = std::make_unique<http::KeySource>(
        url ? keys_of_url(*url, settings.auth_ca) : http::keys_of_file(settings.auth_jwks),
        options);
    // A provider that is away comes back; until then every call is answered by 503.
    if (const std::string trouble = keys->trouble(); !trouble.empty() && !url)
      return Failure{"auth_jwks " + settings.auth_jwks + ": " + trouble};
  }
  std::unique_ptr<http::Certificates> certificates;
  if (!settings.tls_clients.empty()) {
    try {
      certificates = std::make_unique<http::Certificates>(settings.tls_clients);
    } catch (const std::runtime_error& wrong) {
      return Failure{"tls_clients " + settings.tls_clients + ": " + wrong.what()};
    }
  }
  return std::shared_ptr<const http::Authentication>(std::make_shared<http::Authentication>(
      std::move(keys),
      identity::Expected{settings.auth_issuer, settings.auth_audience, settings.auth_roles_claim},
      std::move(certificates)));
}

}  // namespace

Result<std::unique_ptr<Composition>> Composition::start(const Settings& settings) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("guichet"));
  const auto connections = connections_that_fit(
      settings.threads > 0 ? settings.threads : std::max(1U, std::thread::hardware_concurrency()));
  if (!connections) return connections.error();
  auto catalogue = offered_programs(settings.programs);
  if (!catalogue) return catalogue.error();
  if (const auto fit = check_patterns(settings.roles, **catalogue); !fit) return fit.error();
  auto authentication = authentication_of(settings);
  if (!authentication) return authentication.error();
  const bool on_kafka = !settings.kafka.brokers.empty();
  auto home =
      on_kafka ? open_kafka_home(settings, **catalogue) : open_embedded_home(settings, **catalogue);
  if (!home) return home.error();
  warn_of_unreachable(**catalogue, on_kafka);
  spdlog::info("{} programs, data in {}", (*catalogue)->all().size(), settings.data.string());
  return std::make_unique<RunningComposition>(settings, *catalogue, std::move(*home), *connections,
                                              std::move(*authentication));
}

}  // namespace guichet::cli
