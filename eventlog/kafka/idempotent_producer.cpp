#include "eventlog/kafka/idempotent_producer.h"

#include <array>
#include <cstdio>
#include <future>

#include "eventlog/kafka/wire.h"
#include "eventlog/partition.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr std::uint64_t kMaxWaitingRecords = 20'000;
constexpr int kMaxWaitingKilobytes = 64 * 1024;
constexpr int kPollMilliseconds = 50;
constexpr int kLastFlushMilliseconds = 5'000;

}  // namespace

/// Records that were sent together; ends itself with the last acknowledgement.
struct IdempotentProducer::Batch {
  std::atomic<std::size_t> pending;
  std::atomic<bool> whole{true};
  Log::AppendDone done;
  Written& written;

  Batch(std::size_t records, Log::AppendDone call, Written& counts)
      : pending(records), done(std::move(call)), written(counts) {}

  void one_ended(bool well) {
    if (!well) whole = false;
    if (--pending > 0) return;
    ++written.commits;
    if (done) done(whole);
    delete this;
  }
};

IdempotentProducer::IdempotentProducer(Cluster cluster, Written& written)
    : cluster_(std::move(cluster)), written_(written) {
  Properties& properties = cluster_.properties;
  properties["enable.idempotence"] = "true";
  properties["acks"] = "all";
  properties["linger.ms"] = "1";
  properties["message.timeout.ms"] = "30000";
  properties["queue.buffering.max.messages"] = std::to_string(2 * kMaxWaitingRecords);
  properties["queue.buffering.max.kbytes"] = std::to_string(kMaxWaitingKilobytes);
  open();
  polling_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

IdempotentProducer::~IdempotentProducer() {
  polling_.request_stop();
  polling_.join();
  rd_kafka_flush(producer_.get(), kLastFlushMilliseconds);
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(producer_.get(), kLastFlushMilliseconds);
}

void IdempotentProducer::open() {
  Configuration configuration = configure(cluster_.properties);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), delivered);
  producer_ = open_producer(std::move(configuration));
}

void IdempotentProducer::delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  auto& producer = *static_cast<IdempotentProducer*>(self);
  --producer.waiting_;
  const bool well = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (well) {
    ++producer.written_.records;
    producer.written_.bytes += message->len;
  }
  static_cast<Batch*>(message->_private)->one_ended(well);
}

void IdempotentProducer::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    rd_kafka_poll(producer_.get(), kPollMilliseconds);
    std::array<char, 256> text{};
    if (rd_kafka_fatal_error(producer_.get(), text.data(), text.size()) ==
        RD_KAFKA_RESP_ERR_NO_ERROR)
      continue;
    std::fprintf(stderr, "kafka: the producer is replaced: %s\n", text.data());
    const std::scoped_lock lock(replacing_);
    rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(producer_.get(), kLastFlushMilliseconds);  // tells who waits
    open();
  }
}

bool IdempotentProducer::send(const std::vector<Record>& records, Log::AppendDone done) {
  const std::scoped_lock lock(replacing_);
  if (waiting_ + records.size() > kMaxWaitingRecords) return false;
  auto* batch = new Batch(records.size(), std::move(done), written_);
  waiting_ += records.size();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Record& record = records[i];
    WireMessage wire = to_wire(record);
    const std::string topic = cluster_.named(record.topic);
    const rd_kafka_resp_err_t error = rd_kafka_producev(
        producer_.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
        RD_KAFKA_V_PARTITION(
            static_cast<std::int32_t>(partition_of(record.header.key(), cluster_.partitions))),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_KEY(record.header.key().data(), record.header.key().size()),
        RD_KAFKA_V_VALUE(wire.value.data(), wire.value.size()),
        RD_KAFKA_V_HEADERS(wire.headers.get()), RD_KAFKA_V_OPAQUE(batch), RD_KAFKA_V_END);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      (void)wire.headers.release();
      continue;
    }
    --waiting_;
    if (i == 0) {  // nothing was taken
      waiting_ -= records.size() - 1;
      delete batch;
      return false;
    }
    batch->one_ended(false);
  }
  return true;
}

void IdempotentProducer::send_and_wait(const std::vector<Record>& records) {
  if (records.empty()) return;
  std::promise<bool> promise;
  std::future<bool> durable = promise.get_future();
  if (!send(records, [&](bool well) { promise.set_value(well); }))
    throw LogUnavailable("Kafka: no room to send records now");
  if (!durable.get()) throw LogUnavailable("Kafka: records were not acknowledged");
}

std::uint64_t IdempotentProducer::waiting() const {
  return waiting_;
}

}  // namespace guichet::eventlog::kafka
