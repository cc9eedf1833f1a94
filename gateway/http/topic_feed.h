#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/log.h"

namespace guichet::http {

/// A page looks at no more records than this, however few of them fit what was asked.
inline constexpr std::size_t kMaxRecordsLookedAt = 5'000;

/// Where a reader of a topic stands: the next position of each partition.
using FeedPositions = std::vector<std::uint64_t>;

/// "at:12.0.7": what a page gives to go on from.
std::string to_string(const FeedPositions& positions);
/// Nothing where it is not of this form, or of another number of partitions.
std::optional<FeedPositions> parse_feed_positions(std::string_view text, std::size_t partitions);

struct FeedPage {
  std::vector<eventlog::Record> records;  // of one key in their order
  FeedPositions next;
  bool at_the_end = false;  // there was no more when this was read
};

/// Which records a page is to have. What is empty does not narrow.
struct FeedFilter {
  std::string key;
  std::function<bool(const eventlog::Record&)> fits;
};

/// A topic page by page: each record where its partition has it, from a position or a time on. Any
/// thread; reading may take long, and throws eventlog::LogUnavailable.
class TopicFeed {
 public:
  TopicFeed(eventlog::Log& log, std::string_view topic);
  ~TopicFeed();

  FeedPositions beginning() const;
  /// Where to read from to see all that was recorded at or after an instant.
  FeedPositions at(Instant instant) const;
  FeedPage page(const FeedPositions& from, const FeedFilter& filter, unsigned limit) const;
  /// Whether a page from here would have anything to look at. Cheap.
  bool has_after(const FeedPositions& positions) const;

 private:
  void know_ends() const;

  eventlog::Log& log_;
  const std::string topic_;
  mutable std::mutex mutex_;
  mutable FeedPositions ends_;  // of each partition, behind the last that is known
  mutable bool ends_known_ = false;
  std::unique_ptr<eventlog::Tail> tail_;  // last: it calls with the rest
};

}  // namespace guichet::http
