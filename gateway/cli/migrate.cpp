// guichet migrate: the log of a stopped server into Kafka, compared record by record.

#include "eventlog/migrate/migrate.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

#include "eventlog/durable_file.h"
#include "gateway/cli/command.h"
#include "gateway/cli/data_folder.h"
#include "gateway/cli/kafka_options.h"
#include "gateway/cli/migrated_mark.h"
#include "gateway/cli/offered_programs.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "gateway/http/secrets.h"

namespace guichet::cli {
namespace {

struct MigrateCommand {
  std::string data = "guichet-data";
  std::string keys;
  KafkaOptions kafka;
  std::vector<std::string> programs;
};

[[noreturn]] void refuse(const std::string& text) {
  throw CommandError(kRefused, "guichet: " + text);
}

/// A line a second on standard error.
class Progress {
 public:
  void operator()(std::string_view what, std::uint64_t records, std::uint64_t of) {
    const auto now = std::chrono::steady_clock::now();
    if (what != what_) {
      what_ = what;
      began_ = said_ = now;
      if (of == 0) std::cerr << what << '\n';
    }
    if (of == 0 || (records < of && now - said_ < std::chrono::seconds(1))) return;
    said_ = now;
    const double seconds = std::chrono::duration<double>(now - began_).count();
    std::cerr << what << ": " << records << " of " << of << " records (" << records * 100 / of
              << " %)";
    if (seconds >= 1)
      std::cerr << ", " << static_cast<std::uint64_t>(static_cast<double>(records) / seconds)
                << " a second";
    std::cerr << '\n';
  }

 private:
  std::string what_;
  std::chrono::steady_clock::time_point began_;
  std::chrono::steady_clock::time_point said_;
};

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Copies the two keys, for this user alone. Keys that are there already must be the same.
void copy_keys(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (const auto whole = http::open_secrets(from, http::FirstStart::no); !whole)
    refuse(whole.error().message);
  if (const auto made = make_data_folder(to); !made) refuse(made.error().message);
  for (const char* name : {"ids.key", "clients.key"}) {
    const std::filesystem::path copy = to / name;
    const std::string key = content_of(from / name);
    if (std::filesystem::exists(copy)) {
      if (content_of(copy) == key) continue;
      refuse(copy.string() + " is another key than that of " + from.string() +
             "; name another folder with --keys");
    }
    eventlog::write_durably(copy, key);
  }
}

void print(const eventlog::MigrateReport& report) {
  Table table(
      {{"Topic", Table::left, true}, {"In the file", Table::right}, {"On Kafka", Table::right}});
  for (const auto& topic : report.topics)
    table.row({topic.name, std::to_string(topic.in_file), std::to_string(topic.on_kafka)});
  table.gap();
  for (const auto& group : report.groups)
    table.row({"waiting for " + group.name + " in " + group.topic,
               std::to_string(group.waiting_in_file), std::to_string(group.waiting_on_kafka)});
  table.print(std::cout, terminal_width());
}

int migrate(const MigrateCommand& options) {
  const auto catalogue = offered_programs({options.programs.begin(), options.programs.end()});
  if (!catalogue) refuse(catalogue.error().message);
  const KafkaConnection connection = options.kafka.connection();

  // Held to the end: no server starts on the folder meanwhile.
  const auto folder =
      eventlog::DataFolder::lock(options.data, eventlog::DataFolder::Missing::kFail);
  if (!folder) refuse(folder.error().message);
  if (const auto first = check_not_migrated(options.data); !first) refuse(first.error().message);
  if (!options.keys.empty()) copy_keys(options.data, options.keys);

  eventlog::MigrateOptions what;
  what.kafka = topics_options(connection);
  what.topics = topics::all((*catalogue)->ids());
  what.progress = Progress();
  const auto report = eventlog::migrate(*folder, what);
  if (!report) refuse(report.error().message);
  print(*report);
  if (!report->difference.empty())
    refuse("what is on Kafka is not what is in the file: " + report->difference +
           "\nDo not use it. The file is as it was.");
  if (const auto marked = mark_migrated(options.data, what.kafka, *report); !marked)
    refuse(marked.error().message);
  std::cout << "\nAll is the same. Go on with\n  guichet serve --kafka " << connection.brokers
            << " --topic-prefix '" << connection.prefix << "' --partitions "
            << connection.partitions << " --keys "
            << (options.keys.empty() ? options.data : options.keys)
            << " --data <a new folder>\n"
               "Every gateway needs these same keys, ids.key and clients.key: with others, "
               "clients and repeated requests would not be known again.\n";
  return kDone;
}

}  // namespace

void add_migrate(CLI::App& app, Run& run) {
  auto options = std::make_shared<MigrateCommand>();
  CLI::App* command = app.add_subcommand(
      "migrate", "Bring a stopped server's data onto Kafka, and compare every record");
  command->add_option("--data", options->data, "the data folder; it is only read")
      ->envname("GUICHET_DATA")
      ->capture_default_str();
  options->kafka.add_to(*command);
  command
      ->add_option("--keys", options->keys,
                   "copy ids.key and clients.key to this folder, for the gateways")
      ->type_name("DIR");
  command
      ->add_option("--programs", options->programs,
                   "more folders of programs, as `serve` was given them")
      ->envname("GUICHET_PROGRAMS")
      ->delimiter(':')
      ->type_name("DIR");
  command->footer(
      "Example:\n  guichet topics create --kafka 127.0.0.1:9092\n"
      "  guichet migrate --data /var/lib/guichet --kafka 127.0.0.1:9092 --keys ./keys");
  command->callback([options, &run] { run = [options] { return migrate(*options); }; });
}

}  // namespace guichet::cli
