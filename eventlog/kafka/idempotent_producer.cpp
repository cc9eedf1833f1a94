#include "eventlog/kafka/idempotent_producer.h"

#include <array>
#include <cstdio>
#include <future>

#include "eventlog/kafka/produce.h"

namespace guichet::eventlog::kafka {

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t kMaxWaitingRecords = 20'000;
constexpr int kMaxWaitingKilobytes = 64 * 1024;
constexpr int kPollMilliseconds = 50;
constexpr std::chrono::milliseconds kMaxWait{5'000};  // between two replacements
constexpr std::chrono::milliseconds kSlice{50};
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
  properties = writing(properties);
  properties["message.timeout.ms"] = "30000";
  properties["queue.buffering.max.messages"] = std::to_string(2 * kMaxWaitingRecords);
  properties["queue.buffering.max.kbytes"] = std::to_string(kMaxWaitingKilobytes);
  producer_ = make();
  polling_ = std::jthread([this](std::stop_token stop) { run(stop); });
}

IdempotentProducer::~IdempotentProducer() {
  polling_.request_stop();
  polling_.join();
  rd_kafka_flush(producer_.get(), kLastFlushMilliseconds);
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(producer_.get(), kLastFlushMilliseconds);
}

Handle IdempotentProducer::make() {
  Configuration configuration = configure(cluster_.properties);
  rd_kafka_conf_set_opaque(configuration.get(), this);
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), delivered);
  return open_producer(std::move(configuration));
}

void IdempotentProducer::delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
  auto& producer = *static_cast<IdempotentProducer*>(self);
  --producer.waiting_;
  const bool well = message->err == RD_KAFKA_RESP_ERR_NO_ERROR;
  if (well) {
    producer.wait_ = kMinWait;
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
    replace();
    for (auto left = wait_; left > 0ms && !stop.stop_requested(); left -= kSlice)
      rd_kafka_poll(producer_.get(), static_cast<int>(kSlice.count()));
    wait_ = std::min(2 * wait_, kMaxWait);
  }
}

/// What the old one had not written is told to be lost; what comes meanwhile waits in the new one.
void IdempotentProducer::replace() {
  Handle old = make();
  {
    const std::scoped_lock lock(replacing_);
    old.swap(producer_);
  }
  rd_kafka_purge(old.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_flush(old.get(), kLastFlushMilliseconds);
}

bool IdempotentProducer::send(const std::vector<Record>& records, Log::AppendDone done) {
  const std::scoped_lock lock(replacing_);
  if (waiting_ + records.size() > kMaxWaitingRecords) return false;
  auto* batch = new Batch(records.size(), std::move(done), written_);
  waiting_ += records.size();
  for (std::size_t i = 0; i < records.size(); ++i) {
    const rd_kafka_resp_err_t error = produce(producer_.get(), cluster_, records[i], batch);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    --waiting_;
    // Nothing was taken, and it may be later; a record that is too large never is.
    if (i == 0 && error != RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
      say(error, records[i].topic);
      waiting_ -= records.size() - 1;
      delete batch;
      return false;
    }
    batch->one_ended(false);
  }
  return true;
}

void IdempotentProducer::say(rd_kafka_resp_err_t error, const std::string& topic) {
  const auto now = std::chrono::steady_clock::now();
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL || (error == said_ && now - said_at_ < kSayAgain))
    return;
  said_ = error;
  said_at_ = now;
  std::fprintf(stderr, "kafka: records for topic %s are not taken now: %s\n", topic.c_str(),
               rd_kafka_err2str(error));
}

void IdempotentProducer::send_and_wait(const std::vector<Record>& records) {
  if (records.empty()) return;
  std::promise<bool> promise;
  std::future<bool> durable = promise.get_future();
  if (!send(records, [&](bool well) { promise.set_value(well); }))
    throw LogUnavailable("Kafka: no records can be sent now");
  if (!durable.get()) throw LogUnavailable("Kafka: records were not acknowledged");
}

std::uint64_t IdempotentProducer::waiting() const {
  return waiting_;
}

}  // namespace guichet::eventlog::kafka
