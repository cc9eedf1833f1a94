#include "tests/eventlog/kafka/stranger.h"

#include <gtest/gtest.h>

#include "eventlog/kafka/client.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::eventlog {
namespace {

struct Delivered {
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__IN_PROGRESS;
  std::int64_t offset = -1;
};

void delivered(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto& result = *static_cast<Delivered*>(message->_private);
  result = {message->err, message->offset};
}

}  // namespace

class Stranger::Client {
 public:
  Client() {
    kafka::Configuration configuration = kafka::configure({{"bootstrap.servers", broker_address()},
                                                           {"message.max.bytes", "10000000"},
                                                           {"linger.ms", "0"}});
    rd_kafka_conf_set_dr_msg_cb(configuration.get(), delivered);
    handle = kafka::open_producer(std::move(configuration));
  }
  kafka::Handle handle;
};

Stranger::Stranger() : client_(std::make_unique<Client>()) {}
Stranger::~Stranger() = default;

std::int64_t Stranger::write(const Message& message) {
  Delivered result;
  kafka::Headers headers(rd_kafka_headers_new(message.headers.size()));
  for (const auto& [name, value] : message.headers)
    rd_kafka_header_add(headers.get(), name.c_str(), -1, value.data(),
                        static_cast<ssize_t>(value.size()));
  const char* key = message.key ? message.key->data() : nullptr;
  const std::size_t key_size = message.key ? message.key->size() : 0;
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      client_->handle.get(), RD_KAFKA_V_TOPIC(message.topic.c_str()),
      RD_KAFKA_V_PARTITION(message.partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_KEY(key, key_size),
      RD_KAFKA_V_VALUE(const_cast<char*>(message.value.data()), message.value.size()),
      RD_KAFKA_V_HEADERS(headers.get()), RD_KAFKA_V_OPAQUE(&result), RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
    (void)headers.release();
    while (result.error == RD_KAFKA_RESP_ERR__IN_PROGRESS)
      rd_kafka_poll(client_->handle.get(), 100);
  } else {
    result.error = error;
  }
  EXPECT_EQ(result.error, RD_KAFKA_RESP_ERR_NO_ERROR)
      << rd_kafka_err2str(result.error) << " on " << message.topic;
  return result.offset;
}

}  // namespace guichet::eventlog
