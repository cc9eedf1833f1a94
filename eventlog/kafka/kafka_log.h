#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/log.h"
#include "eventlog/sqlite/projection.h"
#include "schemas/topics.h"

namespace guichet::eventlog {

class ReadPool;

struct KafkaOptions {
  std::string brokers;  // 127.0.0.1:9092, or several with commas
  /// librdkafka's own properties for TLS and SASL.
  std::map<std::string, std::string> security;
  /// Stands before the name of every topic, group and transactional id.
  std::string prefix = "guichet.";
  /// The same number for every topic, declared once, never changed.
  std::uint32_t partitions = 1;
  /// Local copies of states; may be deleted at any time.
  std::filesystem::path cache_folder;
  /// Compacted topics whose states are followed here, so that `latest` finds them.
  std::vector<std::string> replicated;
  std::unique_ptr<Projection> projection;  // of the replicated topics; null: none
  /// The rules of TransactionalProducer: off only in the test that shows what they are for.
  bool outputs_before_offsets = true;
  bool one_end_of_transaction = true;
};

/// The log on Kafka: any number of processes, one order per partition. See README.md in this folder
/// for how a commit is kept whole.
class KafkaLog : public Log {
 public:
  /// Throws std::invalid_argument for a property that librdkafka refuses, LogUnavailable where the
  /// broker does not answer and a copy of states is wanted.
  static std::unique_ptr<KafkaLog> open(KafkaOptions options);

  /// Whether all that stood in the replicated topics when this was opened can be read here; and
  /// whether all up to and with a position of a partition can. Cheap; any thread.
  virtual bool caught_up() const = 0;
  virtual bool applied(std::string_view topic, std::uint32_t partition,
                       std::uint64_t position) const = 0;

  /// For queries of the projection's tables.
  virtual ReadPool& readers() = 0;
};

}  // namespace guichet::eventlog
