#pragma once

#include "eventlog/kafka/client.h"
#include "eventlog/record.h"

namespace guichet::eventlog::kafka {

/// What every producer has: each record acknowledged by all replicas, and written once within the
/// life of the producer.
Properties writing(Properties properties);

/// Gives a record to the producer, for the partition of its key; `opaque` comes back with the
/// delivery. Returns at once: __QUEUE_FULL when there is no room.
rd_kafka_resp_err_t produce(rd_kafka_t* producer, const Cluster& cluster, const Record& record,
                            void* opaque);

}  // namespace guichet::eventlog::kafka
