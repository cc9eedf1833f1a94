#include "eventlog/kafka/transaction.h"

#include <atomic>

#include "eventlog/kafka/produce.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr int kEndTxnRequest = 26;  // Kafka protocol, ApiKey
constexpr int kCallMilliseconds = 20'000;
constexpr int kFullQueueMilliseconds = 100;

}  // namespace

/// What librdkafka's callbacks tell: deliveries on the thread that flushes, requests on its own.
class TransactionalProducer::Delivery {
 public:
  std::size_t pending = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::atomic<std::uint64_t> end_requests{0};

  static void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
    auto& delivery = *static_cast<Delivery*>(self);
    --delivery.pending;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      if (delivery.error == RD_KAFKA_RESP_ERR_NO_ERROR) delivery.error = message->err;
      return;
    }
    auto& record = *static_cast<Record*>(message->_private);
    record.partition = static_cast<std::uint32_t>(message->partition);
    record.position = static_cast<std::uint64_t>(message->offset);
  }

  static rd_kafka_resp_err_t sent(rd_kafka_t*, int, const char*, std::int32_t, std::int16_t api_key,
                                  std::int16_t, std::int32_t, std::size_t, void* self) {
    if (api_key == kEndTxnRequest) ++static_cast<Delivery*>(self)->end_requests;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  static rd_kafka_resp_err_t made(rd_kafka_t* client, const rd_kafka_conf_t*, void* self, char*,
                                  std::size_t) {
    return rd_kafka_interceptor_add_on_request_sent(client, "end-of-transaction", sent, self);
  }
};

TransactionalProducer::TransactionalProducer(Cluster cluster, const std::string& transactional_id,
                                             Rules rules)
    : cluster_(std::move(cluster)), rules_(rules) {
  cluster_.properties = writing(cluster_.properties);
  cluster_.properties["transactional.id"] = cluster_.named(transactional_id);
  cluster_.properties.try_emplace("transaction.timeout.ms", "30000");
}

TransactionalProducer::~TransactionalProducer() = default;

void TransactionalProducer::take_over() {
  if (trusted_) return;
  if (producer_ != nullptr) ++replaced_;
  producer_.reset();  // before what its threads use
  delivery_ = std::make_unique<Delivery>();
  Configuration configuration = configure(cluster_.properties);
  rd_kafka_conf_set_opaque(configuration.get(), delivery_.get());
  rd_kafka_conf_set_dr_msg_cb(configuration.get(), Delivery::delivered);
  rd_kafka_conf_interceptor_add_on_new(configuration.get(), "end-of-transaction", Delivery::made,
                                       delivery_.get());
  producer_ = open_producer(std::move(configuration));
  const Error error(rd_kafka_init_transactions(producer_.get(), kCallMilliseconds));
  check(error.get(), "taking over the transactional id");
  trusted_ = true;
}

void TransactionalProducer::commit(std::span<Record> outputs, std::span<Record> states,
                                   std::span<const GroupOffsets> positions) {
  take_over();
  delivery_->error = RD_KAFKA_RESP_ERR_NO_ERROR;
  const bool watched = rules_.one_end_of_transaction;
  trusted_ = !watched;  // until this transaction has plainly ended
  {
    const Error error(rd_kafka_begin_transaction(producer_.get()));
    check(error.get(), "beginning a transaction");
  }
  try {
    if (rules_.outputs_before_offsets) {
      send(outputs);
      flush();
      send(states);
      flush();
      send_positions(positions);
    } else {
      send_positions(positions);
      send(outputs);
      send(states);
      flush();
    }
    end();
  } catch (...) {
    // Ended here, so that readers need not wait for it to time out. Whether that worked does not
    // matter: the next producer's new epoch ends it for certain.
    const Error ignored(rd_kafka_abort_transaction(producer_.get(), kCallMilliseconds));
    throw;
  }
}

void TransactionalProducer::send(std::span<Record> records) {
  for (Record& record : records) {
    for (;;) {
      const rd_kafka_resp_err_t error = produce(producer_.get(), cluster_, record, &record);
      if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) {
        rd_kafka_poll(producer_.get(), kFullQueueMilliseconds);
        continue;
      }
      check(error, "producing to " + record.topic);
      ++delivery_->pending;
      break;
    }
  }
}

void TransactionalProducer::flush() {
  check(rd_kafka_flush(producer_.get(), kCallMilliseconds), "waiting for acknowledgements");
  check(delivery_->error, "a record was not acknowledged");
  GUICHET_INVARIANT(delivery_->pending == 0);
}

void TransactionalProducer::send_positions(std::span<const GroupOffsets> positions) {
  for (const GroupOffsets& group : positions) {
    if (group.offsets->cnt == 0) continue;
    const GroupMetadata metadata(rd_kafka_consumer_group_metadata(group.consumer));
    const Error error(rd_kafka_send_offsets_to_transaction(producer_.get(), group.offsets,
                                                           metadata.get(), kCallMilliseconds));
    check(error.get(), "adding positions to the transaction");
  }
}

void TransactionalProducer::end() {
  const std::uint64_t before = delivery_->end_requests;
  const Error error(rd_kafka_commit_transaction(producer_.get(), kCallMilliseconds));
  check(error.get(), "committing a transaction");
  // Committed. One request and its answer: nothing of this transaction can come later.
  if (delivery_->end_requests - before == 1) trusted_ = true;
}

}  // namespace guichet::eventlog::kafka
