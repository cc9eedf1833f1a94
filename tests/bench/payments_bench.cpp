// A payment run over many clients on the embedded log, without HTTP: from the command that prepares
// it to the last file for the bank.
//
//   payments_bench fill 1000000 FOLDER      accounts with two programs, of twelve months each
//   payments_bench pay FOLDER            one run: prepares, releases, writes files; its memory
//
// `fill` gives the owner of accounts an entitlement set for each client, as cases do. `pay` prints
// one JSON object.

#include <openssl/sha.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "adapters/payments/payment_files.h"
#include "eventlog/append.h"
#include "eventlog/host.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "guichet/v1/entitlements.pb.h"
#include "guichet/v1/runs.pb.h"
#include "payments/account_processor.h"
#include "payments/run_processor.h"
#include "payments/run_sum.h"
#include "schemas/topics.h"

namespace guichet {
namespace {

using std::chrono::steady_clock;
namespace fs = std::filesystem;

constexpr std::size_t kAtOnce = 2'000;
constexpr std::int64_t kStart = 1'767'276'202'000'000;  // 2026-01-01T14:03:22Z
constexpr std::int32_t kJanuary = 20'454;               // 2026-01-01
constexpr const char* kRun = "00000000-0000-7000-8000-000000000001";

std::string sha256(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  std::string text;
  for (const unsigned char byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::unique_ptr<eventlog::SqliteLog> open(const fs::path& folder) {
  eventlog::SqliteOptions options;
  options.folder = folder;
  options.topics = topics::all({"ca-ccb", "nb-ctb"});
  auto log = eventlog::SqliteLog::open(std::move(options));
  if (log) return std::move(*log);
  std::cerr << log.error().message << '\n';
  std::exit(1);
}

std::vector<eventlog::Stage> stages(eventlog::Log& log, const fs::path& folder) {
  const payments::Rules rules{.terms_of = [](const std::string&) { return payments::Terms{}; },
                              .fits_bank = adapters::fits_bank,
                              .digest = sha256};
  return {eventlog::KeyedStage{"payments", std::string(topics::kPaymentsInbox),
                               std::string(topics::kAccounts),
                               std::make_shared<payments::AccountProcessor>(rules)},
          eventlog::KeyedStage{"runs", std::string(topics::kRunsInbox), std::string(topics::kRuns),
                               std::make_shared<payments::RunProcessor>(1, sha256)},
          eventlog::PlainStage{
              "bank.files",
              {std::string(topics::kInstructions)},
              std::make_shared<adapters::PaymentFiles>(
                  log, folder / "bank", bank::Debtor{"Guichet", {"001", "00011", "7654321"}},
                  [](const std::string& id) {
                    return adapters::ProgramName{id, id};
                  })}};
}

Instant now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// The owners of accounts, of runs and of files, on threads as in the server.
class Hosts {
 public:
  Hosts(eventlog::Log& log, const fs::path& folder) {
    auto all = stages(log, folder);
    run(log, "bank", {std::move(all[2])});
    all.pop_back();
    run(log, "payments", std::move(all));
  }

 private:
  void run(eventlog::Log& log, const char* name, std::vector<eventlog::Stage> stages) {
    hosts_.push_back(std::make_unique<eventlog::Host>(log, name, std::move(stages), now));
    threads_.emplace_back(
        [host = hosts_.back().get()](const std::stop_token& stop) { host->run(stop); });
  }
  std::vector<std::unique_ptr<eventlog::Host>> hosts_;
  std::vector<std::jthread> threads_;
};

std::string client_of(std::uint64_t n) {
  return "c_" + sha256(std::to_string(n)).substr(0, 32);
}

eventlog::Record set_of(std::uint64_t n) {
  v1::EntitlementSet set;
  set.set_client_id(client_of(n));
  char id[64];
  std::snprintf(id, sizeof id, "00000000-0000-7000-8000-%012llu",
                static_cast<unsigned long long>(n));
  set.set_application_id(id);
  set.set_submission(1);
  set.set_number(1);
  set.set_effective_date(kJanuary);
  set.set_as_of_us(kStart);
  set.set_payee_name("Marie Cormier");
  auto& method = *set.mutable_payment();
  method.set_method("direct_deposit");
  method.set_institution("001");
  method.set_transit("00011");
  method.set_account(std::to_string(1'000'000 + n));
  for (const char* program : {"ca-ccb", "nb-ctb"}) {
    v1::EntitlementLine& line = *set.add_lines();
    line.set_program(program);
    line.set_program_version("sha256:" + sha256(program));
    line.set_government(program[0] == 'c' ? "CA" : "NB");
    line.set_beneficiary("household");
    line.set_determination_id(set.application_id() + "/1/" + program + "/answer");
    for (int month = 0; month < 12; ++month) {
      v1::Entitlement& part = *line.add_entitlements();
      part.set_from(kJanuary + 30 * month);
      part.set_to(kJanuary + 30 * month + 29);
      part.set_due(kJanuary + 30 * month + 19);
      part.set_amount_cents(static_cast<std::int64_t>(4'166 + n % 60'000));
    }
    set.add_programs(program);
  }
  eventlog::Record record;
  record.topic = topics::kPaymentsInbox;
  record.header.set_key(set.client_id());
  record.header.set_kind(v1::KIND_ENTITLEMENT_SET);
  record.header.set_id(set.application_id() + "/entitlements/1");
  record.header.set_recorded_at_us(kStart);
  record.header.set_tenant("default");
  record.payload = set.SerializeAsString();
  return record;
}

int fill(std::uint64_t clients, const fs::path& folder) {
  const auto log = open(folder);
  const Hosts hosts(*log, folder);
  const auto began = steady_clock::now();
  for (std::uint64_t n = 0; n < clients;) {
    std::vector<eventlog::Record> records;
    for (; n < clients && records.size() < kAtOnce; ++n) records.push_back(set_of(n));
    if (!eventlog::append_and_wait(*log, std::move(records))) n -= kAtOnce;
  }
  while (!log->latest(topics::kAccounts, client_of(clients - 1)))
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  std::printf("%llu accounts in %.1f s\n", static_cast<unsigned long long>(clients),
              std::chrono::duration<double>(steady_clock::now() - began).count());
  return 0;
}

void command(eventlog::Log& log, v1::Kind kind, const char* actor,
             const google::protobuf::MessageLite& payload) {
  eventlog::Record record;
  record.topic = topics::kRunsInbox;
  record.header.set_key(kRun);
  record.header.set_kind(kind);
  record.header.set_id(std::string("command-") + actor);
  record.header.set_recorded_at_us(to_micros(now()));
  record.header.mutable_actor()->set_subject(actor);
  record.payload = payload.SerializeAsString();
  eventlog::append_and_wait(log, {record});
}

v1::RunState wait_for(const eventlog::Log& log, v1::RunStatus status) {
  for (;;) {
    v1::KeyState stored;
    v1::RunState run;
    const auto record = log.latest(topics::kRuns, kRun);
    if (record && stored.ParseFromString(record->payload) && run.ParseFromString(stored.state()) &&
        run.status() == status)
      return run;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// Megabytes, as the system counts.
double memory(const char* what) {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(what)) return std::stod(line.substr(line.find(':') + 1)) / 1024;
  return 0;
}

int pay(const fs::path& folder) {
  const auto log = open(folder);
  const Hosts hosts(*log, folder);
  const double before = memory("VmRSS");
  const auto began = steady_clock::now();
  const auto since = [&] {
    return std::chrono::duration<double>(steady_clock::now() - began).count();
  };
  v1::PrepareRun prepare;
  prepare.set_date(to_days(std::chrono::floor<std::chrono::days>(now())));
  command(*log, v1::KIND_PREPARE_RUN, "a.cormier", prepare);
  const v1::RunState prepared = wait_for(*log, v1::RUN_PREPARED);
  const double to_preview = since();
  v1::ReleaseRun release;
  release.set_hash(prepared.hash());
  command(*log, v1::KIND_RELEASE_RUN, "b.leblanc", release);
  const v1::RunState sent = wait_for(*log, v1::RUN_SENT);
  const double seconds = since();
  std::uint64_t bytes = 0;
  for (const v1::RunFile& file : sent.files()) bytes += file.written().bytes();
  const auto paid = payments::outcome(sent).payments();
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const double cpu = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                     static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  std::printf(
      "{\"payments\": %llu, \"files\": %d, \"file_mb\": %.0f, \"preview_s\": %.1f, "
      "\"files_s\": %.1f, \"cpu_s\": %.1f, \"payments_per_second\": %.0f, "
      "\"memory_before_mb\": %.0f, \"memory_peak_mb\": %.0f}\n",
      static_cast<unsigned long long>(paid), sent.files_size(), static_cast<double>(bytes) / 1e6,
      to_preview, seconds, cpu, static_cast<double>(paid) / seconds, before, memory("VmHWM"));
  return 0;
}

}  // namespace
}  // namespace guichet

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "fill" && argc == 4) return guichet::fill(std::stoull(argv[2]), argv[3]);
  if (what == "pay" && argc == 3) return guichet::pay(argv[2]);
  std::fprintf(stderr, "payments_bench fill CLIENTS FOLDER | payments_bench pay FOLDER\n");
  return 2;
}
