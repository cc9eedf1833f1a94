#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/log.h"
#include "eventlog/sqlite/connection.h"
#include "eventlog/sqlite/projection.h"

namespace guichet::eventlog::kafka {

/// The newest record of a key in a cache's file, by any connection to it.
std::optional<Record> latest_in(Connection& connection, std::string_view topic,
                                std::string_view key);

/// What a process remembers of a compacted topic, in a SQLite file of its own: the newest record of
/// each key, and up to which offset of each partition that is true. The topic is the truth: the
/// file may be deleted at any time, is written only after the topic was, and is not synced to disk;
/// a damaged file is made anew.
///
/// One thread at a time.
class StateCache {
 public:
  explicit StateCache(const std::filesystem::path& file);

  std::optional<Record> latest(std::string_view topic, std::string_view key);
  std::vector<DueState> due(std::string_view topic, std::span<const std::uint32_t> partitions,
                            Instant now, std::size_t most);

  std::vector<Record> scan(std::string_view topic, std::uint32_t partition, std::string_view after,
                           std::size_t most);

  /// The next offset to read of a partition; 0 where nothing is known.
  std::uint64_t next_offset(std::string_view topic, std::uint32_t partition);

  /// Takes the records, and the offsets from which the partitions go on, as one; the tables of a
  /// projection too, where there is one.
  using Offsets = std::map<std::pair<std::string, std::uint32_t>, std::uint64_t>;
  void apply(std::span<const Record> records, const Offsets& next,
             Projection* projection = nullptr);

  /// Forgets a partition: it is read from its beginning again.
  void forget(std::string_view topic, std::uint32_t partition);

  /// Says of which cluster the topics are. What is remembered of another is forgotten: true.
  bool belong_to(const std::string& cluster_id);

  Connection& connection() { return *connection_; }

 private:
  std::unique_ptr<Connection> connection_;
};

}  // namespace guichet::eventlog::kafka
