#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/log.h"
#include "schemas/cloudevents/cloud_event.h"

namespace guichet::http {

inline constexpr unsigned kMaxEventsAPage = 500;
/// A page looks at no more records than this, however few of them fit what was asked.
inline constexpr std::size_t kMaxEventsScanned = 5'000;

/// Where a reader of `events` stands: the next position of each partition.
using EventPositions = std::vector<std::uint64_t>;

/// "at:12.0.7": what a page gives to go on from.
std::string to_string(const EventPositions& positions);
/// Nothing where it is not of this form, or of another number of partitions.
std::optional<EventPositions> parse_event_positions(std::string_view text, std::size_t partitions);

/// What is empty does not narrow.
struct EventFilter {
  std::string type;
  std::string program;
  std::string application;
};

struct EventPage {
  std::vector<cloudevents::CloudEvent> events;  // of one application in their order
  EventPositions next;
  bool at_the_end = false;  // there was no more when this was read
};

/// What partner agencies may see, page by page: `events` as CloudEvents, each where its partition
/// has it, from a position or a time on. Any thread; reading may take long, and throws
/// eventlog::LogUnavailable.
class EventFeed {
 public:
  explicit EventFeed(eventlog::Log& log);
  ~EventFeed();

  EventPositions beginning() const;
  /// Where to read from to see all that was recorded at or after an instant.
  EventPositions at(Instant instant) const;
  EventPage page(const EventPositions& from, const EventFilter& filter, unsigned limit) const;
  /// Whether a page from here would have anything to look at. Cheap.
  bool has_after(const EventPositions& positions) const;

 private:
  void know_ends() const;

  eventlog::Log& log_;
  mutable std::mutex mutex_;
  mutable EventPositions ends_;  // of each partition, behind the last that is known
  mutable bool ends_known_ = false;
  std::unique_ptr<eventlog::Tail> tail_;  // last: it calls with the rest
};

}  // namespace guichet::http
