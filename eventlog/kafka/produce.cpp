#include "eventlog/kafka/produce.h"

#include "eventlog/kafka/wire.h"
#include "eventlog/partition.h"
#include "schemas/topics.h"

namespace guichet::eventlog::kafka {

Properties writing(Properties properties) {
  properties["enable.idempotence"] = "true";
  properties["acks"] = "all";
  properties["linger.ms"] = "1";
  properties["message.max.bytes"] = std::to_string(topics::kMaxMessageBytes);
  return properties;
}

rd_kafka_resp_err_t produce(rd_kafka_t* producer, const Cluster& cluster, const Record& record,
                            void* opaque) {
  WireMessage wire = to_wire(record);
  const std::string& key = record.header.key();
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      producer, RD_KAFKA_V_TOPIC(cluster.named(record.topic).c_str()),
      RD_KAFKA_V_PARTITION(static_cast<std::int32_t>(partition_of(key, cluster.partitions))),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key.data(), key.size()),
      RD_KAFKA_V_VALUE(wire.value.data(), wire.value.size()),
      RD_KAFKA_V_TIMESTAMP(message_time(record)), RD_KAFKA_V_HEADERS(wire.headers.get()),
      RD_KAFKA_V_OPAQUE(opaque), RD_KAFKA_V_END);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) (void)wire.headers.release();  // the message owns them
  return error;
}

}  // namespace guichet::eventlog::kafka
