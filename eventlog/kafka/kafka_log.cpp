#include "eventlog/kafka/kafka_log.h"

#include <atomic>
#include <chrono>
#include <cstdio>

#include "eventlog/dead_letter.h"
#include "eventlog/kafka/follower.h"
#include "eventlog/kafka/kafka_session.h"
#include "eventlog/kafka/reader.h"
#include "eventlog/kafka/replica.h"
#include "eventlog/kafka/wire.h"
#include "eventlog/sent.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog {
namespace {

using namespace kafka;

Cluster cluster_of(const KafkaOptions& options) {
  Cluster cluster;
  cluster.prefix = options.prefix;
  cluster.partitions = options.partitions;
  Properties& properties = cluster.properties;
  properties = options.security;
  properties["bootstrap.servers"] = options.brokers;
  properties["client.id"] = "guichet";
  properties["topic.metadata.refresh.interval.ms"] = "30000";
  properties["reconnect.backoff.ms"] = "100";
  properties["reconnect.backoff.max.ms"] = "2000";
  properties["socket.keepalive.enable"] = "true";
  return cluster;
}

/// Calls of tails, from the replica's follower or one of their own.
class KafkaTail : public Tail {
 public:
  KafkaTail(const Cluster& cluster, const std::vector<std::string>& topics, Log::TailCall call)
      : follower_(cluster, ends_of(cluster, topics),
                  [call = std::move(call)](const std::vector<Record>& records, const auto&) {
                    if (!records.empty()) call(records);
                  }) {}

 private:
  static Places ends_of(const Cluster& cluster, const std::vector<std::string>& topics) {
    Places ends;
    for (const auto& [place, extent] :
         extents_of(cluster, places_of(topics, cluster.partitions), End::kStable))
      ends[place] = extent.end;
    return ends;
  }

  Follower follower_;
};

class KafkaLogOverBroker : public KafkaLog {
 public:
  explicit KafkaLogOverBroker(KafkaOptions options)
      : options_(std::move(options)),
        cluster_(cluster_of(options_)),
        intake_(cluster_, written_),
        reader_(cluster_) {
    if (!options_.replicated.empty())
      replica_ = std::make_unique<Replica>(
          cluster_, options_.cache_folder / "replica.db", options_.replicated,
          std::move(options_.projection),
          [this](const std::vector<Record>& records) { tell_tails(states_among(records)); });
  }

  bool append(std::vector<Record> records, AppendDone done) override {
    return intake_.send(records, std::move(done));
  }

  std::unique_ptr<Session> open_session(SessionOptions options) override {
    KafkaSession::Parts parts;
    parts.cluster = cluster_;
    parts.cache_folder = options_.cache_folder;
    parts.plain = &intake_;
    parts.written = &written_;
    parts.rules.outputs_before_offsets = options_.outputs_before_offsets;
    parts.rules.one_end_of_transaction = options_.one_end_of_transaction;
    return std::make_unique<KafkaSession>(std::move(options), std::move(parts));
  }

  std::uint32_t partitions() const override { return options_.partitions; }

  std::vector<Record> read(std::string_view topic, std::uint32_t partition, std::uint64_t from,
                           std::size_t most) const override {
    return reader_.read(topic, partition, from, most);
  }

  std::uint64_t first_at(std::string_view topic, std::uint32_t partition,
                         Instant instant) const override {
    return reader_.first_at(topic, partition, instant);
  }

  std::optional<Record> latest(std::string_view topic, std::string_view key) const override {
    GUICHET_INVARIANT(replica_ != nullptr);
    return replica_->latest(topic, key);
  }

  std::unique_ptr<Tail> tail(std::vector<std::string> topics, TailCall call) override;

  LogStatistics statistics() const override {
    LogStatistics statistics;
    statistics.commits = written_.commits;
    statistics.records = written_.records;
    statistics.bytes = written_.bytes;
    statistics.waiting_records = intake_.waiting();
    return statistics;
  }

  bool caught_up() const override { return replica_ == nullptr || replica_->caught_up(); }

  bool applied(std::string_view topic, std::uint32_t partition,
               std::uint64_t position) const override {
    return replica_ != nullptr && replica_->applied(topic, partition, position);
  }

  ReadPool& readers() override {
    GUICHET_INVARIANT(replica_ != nullptr);
    return replica_->readers();
  }

 private:
  /// A tail of replicated topics: called after what it is told of can be read here.
  class ReplicaTail;
  void tell_tails(const std::vector<Record>& records);
  std::vector<Record> states_among(const std::vector<Record>& records);

  KafkaOptions options_;
  Cluster cluster_;
  Written written_;
  IdempotentProducer intake_;
  mutable Reader reader_;
  std::mutex tails_mutex_;
  std::vector<ReplicaTail*> tails_;
  std::unique_ptr<Replica> replica_;  // last: its thread uses the rest
};

class KafkaLogOverBroker::ReplicaTail : public Tail {
 public:
  ReplicaTail(KafkaLogOverBroker& log, std::vector<std::string> topics, Log::TailCall call)
      : log_(log), topics_(std::move(topics)), call_(std::move(call)) {
    const std::scoped_lock lock(log_.tails_mutex_);
    log_.tails_.push_back(this);
  }
  ~ReplicaTail() override {
    const std::scoped_lock lock(log_.tails_mutex_);
    std::erase(log_.tails_, this);
  }

  void tell(const std::vector<Record>& records) const {
    std::vector<Record> wanted;
    for (const Record& record : records)
      if (std::find(topics_.begin(), topics_.end(), record.topic) != topics_.end())
        wanted.push_back(record);
    if (!wanted.empty()) call_(wanted);
  }

 private:
  KafkaLogOverBroker& log_;
  std::vector<std::string> topics_;
  Log::TailCall call_;
};

/// The rest are dead letters. Each process that follows the topic makes the same ones.
std::vector<Record> KafkaLogOverBroker::states_among(const std::vector<Record>& records) {
  std::vector<Record> states;
  for (const Record& record : records) {
    if (record.header.kind() != v1::KIND_UNSPECIFIED) {
      states.push_back(record);
      continue;
    }
    const v1::DeadLetter letter =
        make_dead_letter(record, {.failure_class = "undecodable",
                                  .place = "eventlog/kafka",
                                  .text = "it is no state, and was not taken for one",
                                  .program = {}});
    std::fprintf(stderr, "guichet: %s\n", line_of(letter).c_str());
    v1::Header now;
    now.set_recorded_at_us(
        to_micros(std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now())));
    intake_.send({sent(dead_letter(record, letter), now)}, [](bool) {});
  }
  return states;
}

void KafkaLogOverBroker::tell_tails(const std::vector<Record>& records) {
  const std::scoped_lock lock(tails_mutex_);
  for (const ReplicaTail* tail : tails_) tail->tell(records);
}

std::unique_ptr<Tail> KafkaLogOverBroker::tail(std::vector<std::string> topics, TailCall call) {
  const auto is_replicated = [&](const std::string& topic) {
    return std::find(options_.replicated.begin(), options_.replicated.end(), topic) !=
           options_.replicated.end();
  };
  if (std::all_of(topics.begin(), topics.end(), is_replicated))
    return std::make_unique<ReplicaTail>(*this, std::move(topics), std::move(call));
  return std::make_unique<KafkaTail>(cluster_, topics, std::move(call));
}

}  // namespace

std::unique_ptr<KafkaLog> KafkaLog::open(KafkaOptions options) {
  return std::make_unique<KafkaLogOverBroker>(std::move(options));
}

}  // namespace guichet::eventlog
