// guichet topics create, check, describe, follow: the topics of a deployment on Kafka.

#include "schemas/topics.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <iomanip>
#include <iostream>
#include <memory>

#include "eventlog/kafka/kafka_log.h"
#include "gateway/cli/command.h"
#include "gateway/cli/kafka_options.h"
#include "gateway/cli/offered_programs.h"
#include "gateway/cli/stop_signals.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "schemas/values/dates.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

// Of an instant as it is written, 2026-01-01T14:03:22.123Z: the time of the day.
constexpr std::size_t kTimeAt = 11;
constexpr std::size_t kTimeSize = 12;

struct TopicsCommand {
  KafkaOptions kafka;
  std::vector<std::string> programs;
  std::uint32_t replicas = 0;
  std::string prefix = "guichet.";  // of describe, which asks no broker
  std::string language = "en";
  std::string application;  // of follow; empty: all
  bool json = false;

  std::vector<topics::Topic> declared() const {
    const auto catalogue = offered_programs({programs.begin(), programs.end()});
    if (!catalogue) throw CommandError(kRefused, "guichet: " + catalogue.error().message);
    return topics::all((*catalogue)->ids());
  }
};

int report(const TopicsCommand& options, const std::vector<topics::Topic>& declared,
           const eventlog::TopicsOptions& where) {
  const auto findings = eventlog::check_topics(where, declared);
  if (options.json) {
    json::array list;
    for (const auto& finding : findings)
      list.push_back(json::object{{"topic", finding.topic}, {"problem", finding.problem}});
    std::cout << json::serialize(json::object{{"as_declared", findings.empty()},
                                              {"topics", declared.size()},
                                              {"findings", std::move(list)}})
              << '\n';
  } else if (findings.empty()) {
    std::cout << declared.size() << " topics with " << where.partitions
              << " partitions are as declared\n";
  } else {
    for (const auto& finding : findings)
      std::cout << finding.topic << ' ' << finding.problem << '\n';
  }
  return findings.empty() ? kDone : kRefused;
}

int create(const TopicsCommand& options) {
  eventlog::TopicsOptions where = topics_options(options.kafka.connection());
  where.replicas = options.replicas;
  const auto declared = options.declared();
  eventlog::create_topics(where, declared);
  return report(options, declared, where);
}

int check(const TopicsCommand& options) {
  return report(options, options.declared(), topics_options(options.kafka.connection()));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

json::array array_of(const std::vector<std::string>& words) {
  json::array array;
  for (const std::string& word : words) array.emplace_back(word);
  return array;
}

int describe(const TopicsCommand& options) {
  const bool french = options.language == "fr";
  const auto declared = options.declared();
  if (options.json) {
    json::array list;
    for (const topics::Topic& topic : declared)
      list.push_back(
          json::object{{"topic", options.prefix + topic.name},
                       {"cleanup_policy", topic.compacted ? "compact" : "delete"},
                       {"retention_days", topic.retention ? json::value(topic.retention->count())
                                                          : json::value(nullptr)},
                       {"writers", array_of(topic.writers)},
                       {"readers", array_of(topic.readers)},
                       {"carries", french ? topic.carries_fr : topic.carries_en}});
    std::cout << json::serialize(list) << '\n';
    return kDone;
  }
  Table table({{french ? "Sujet" : "Topic"},
               {french ? "Gardé" : "Kept", Table::left, true},
               {french ? "Écrit par" : "Written by", Table::left, true},
               {french ? "Lu par" : "Read by", Table::left, true}});
  for (const topics::Topic& topic : declared) {
    std::string kept = french ? "toujours" : "for ever";
    if (topic.compacted) kept = french ? "le plus récent par clé" : "the newest of each key";
    if (topic.retention)
      kept = std::to_string(topic.retention->count()) + (french ? " jours" : " days");
    table.row({options.prefix + topic.name, kept, joined(topic.writers), joined(topic.readers)});
    table.note(french ? topic.carries_fr : topic.carries_en);
  }
  table.print(std::cout, terminal_width());
  return kDone;
}

/// What passed, without its content: it is for eyes that may see no one's application.
void print(const eventlog::Record& record, const TopicsCommand& options) {
  const v1::Header& header = record.header;
  std::string kind = v1::Kind_Name(header.kind());
  kind.erase(0, std::string_view("KIND_").size());
  if (options.json) {
    std::cout << json::serialize(
                     json::object{{"recorded_at", to_string(from_micros(header.recorded_at_us()))},
                                  {"topic", options.prefix + record.topic},
                                  {"partition", record.partition},
                                  {"offset", record.position},
                                  {"kind", kind},
                                  {"key", header.key()},
                                  {"id", header.id()},
                                  {"bytes", record.payload.size()}})
              << std::endl;
    return;
  }
  const std::string place =
      std::to_string(record.partition) + "@" + std::to_string(record.position);
  const Instant now =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::cout << to_string(now).substr(kTimeAt, kTimeSize) << "  " << std::left << std::setw(32)
            << printable(record.topic) << std::setw(10) << place << std::setw(24) << kind
            << printable(header.id()) << std::endl;
}

int follow(TopicsCommand options) {
  const KafkaConnection connection = options.kafka.connection();
  options.prefix = connection.prefix;
  const auto declared = options.declared();
  if (const std::string why = eventlog::why_not_as_declared(topics_options(connection), declared);
      !why.empty())
    throw CommandError(kRefused, "guichet: " + why);
  std::vector<std::string> names;
  for (const topics::Topic& topic : declared) names.push_back(topic.name);
  const StopSignals stops;
  const auto log = eventlog::KafkaLog::open(log_options(connection));
  const auto tail = log->tail(names, [&options](std::span<const eventlog::Record> records) {
    for (const eventlog::Record& record : records)
      if (options.application.empty() || record.header.key() == options.application)
        print(record, options);
  });
  std::cerr << "following " << names.size() << " topics from now on; Ctrl-C ends it\n";
  stops.wait();
  return kDone;
}

void add_common(CLI::App& command, TopicsCommand& options) {
  command
      .add_option("--programs", options.programs,
                  "more folders of programs, as `serve` is given them")
      ->envname("GUICHET_PROGRAMS")
      ->delimiter(':')
      ->type_name("DIR");
  command.add_flag("--json", options.json, "print JSON");
}

}  // namespace

void add_topics(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("topics", "The topics of a deployment on Kafka");
  command->require_subcommand(1);
  auto options = std::make_shared<TopicsCommand>();

  CLI::App* make = command->add_subcommand(
      "create", "Make the topics that are not there, then check them all; changes none");
  options->kafka.add_to(*make);
  add_common(*make, *options);
  make->add_option("--replicas", options->replicas,
                   "copies of each partition; three, or as many as there are brokers, where not "
                   "said")
      ->type_name("N")
      ->check(CLI::Range(1, 15));
  make->footer("Example:\n  guichet topics create --kafka 127.0.0.1:9092 --partitions 8");
  make->callback([options, &run] { run = [options] { return create(*options); }; });

  CLI::App* look = command->add_subcommand(
      "check", "Say which topics are missing or not as declared; exit code 1 where some are");
  options->kafka.add_to(*look);
  add_common(*look, *options);
  look->footer("Example:\n  guichet topics check --kafka 127.0.0.1:9092");
  look->callback([options, &run] { run = [options] { return check(*options); }; });

  CLI::App* watch = command->add_subcommand(
      "follow", "Print which records pass, a line each, without what is in them");
  options->kafka.add_to(*watch);
  add_common(*watch, *options);
  watch->add_option("--application", options->application, "only those of this application")
      ->type_name("ID");
  watch->footer("Example:\n  guichet topics follow --kafka 127.0.0.1:9092");
  watch->callback([options, &run] { run = [options] { return follow(*options); }; });

  CLI::App* tell = command->add_subcommand(
      "describe", "Print what each topic carries, for how long, and who reads and writes it");
  add_common(*tell, *options);
  tell->add_option("--topic-prefix", options->prefix, "stands before every name on Kafka")
      ->envname("GUICHET_TOPIC_PREFIX")
      ->capture_default_str();
  tell->add_option("--language", options->language, "en or fr")
      ->check(CLI::IsMember({"en", "fr"}))
      ->capture_default_str();
  tell->footer("Example:\n  guichet topics describe --language fr");
  tell->callback([options, &run] { run = [options] { return describe(*options); }; });
}

}  // namespace guichet::cli
