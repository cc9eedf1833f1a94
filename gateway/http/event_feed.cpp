#include "gateway/http/event_feed.h"

#include <algorithm>
#include <charconv>
#include <random>

#include "eventlog/partition.h"
#include "guichet/v1/events.pb.h"
#include "schemas/topics.h"

namespace guichet::http {
namespace {

constexpr std::string_view kMark = "at:";
constexpr std::size_t kRecordsARead = 500;

/// Every partition, beginning anywhere: none waits for ever behind a busy one.
std::vector<std::uint32_t> in_turn(std::uint32_t partitions) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const auto first = static_cast<std::uint32_t>(random() % partitions);
  std::vector<std::uint32_t> turn(partitions);
  for (std::uint32_t i = 0; i < partitions; ++i) turn[i] = (first + i) % partitions;
  return turn;
}

bool narrows(const EventFilter& filter) {
  return !filter.type.empty() || !filter.program.empty() || !filter.application.empty();
}

bool fits(const eventlog::Record& record, const EventFilter& filter) {
  if (record.header.kind() != v1::KIND_CASE_EVENT) return false;
  if (!filter.application.empty() && record.header.key() != filter.application) return false;
  if (filter.type.empty() && filter.program.empty()) return true;
  v1::CaseEvent event;
  if (!event.ParseFromString(record.payload)) return false;
  if (!filter.type.empty() && event.type() != filter.type) return false;
  return filter.program.empty() ||
         std::any_of(event.programs().begin(), event.programs().end(),
                     [&](const auto& program) { return program.program() == filter.program; });
}

/// Of a payment who asks for one program sees that program's part.
std::string narrowed(const std::string& payload, const EventFilter& filter) {
  v1::CaseEvent event;
  if (filter.program.empty() || !event.ParseFromString(payload) || event.payment().empty())
    return payload;
  auto& programs = *event.mutable_programs();
  programs.erase(std::remove_if(programs.begin(), programs.end(),
                                [&](const auto& one) { return one.program() != filter.program; }),
                 programs.end());
  return event.SerializeAsString();
}

}  // namespace

std::string to_string(const EventPositions& positions) {
  std::string text(kMark);
  for (std::size_t i = 0; i < positions.size(); ++i)
    text += (i == 0 ? "" : ".") + std::to_string(positions[i]);
  return text;
}

std::optional<EventPositions> parse_event_positions(std::string_view text, std::size_t partitions) {
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  EventPositions positions;
  while (positions.size() < partitions) {
    const std::string_view part = text.substr(0, std::min(text.find('.'), text.size()));
    std::uint64_t position = 0;
    const auto [end, failed] = std::from_chars(part.data(), part.data() + part.size(), position);
    if (failed != std::errc{} || end != part.data() + part.size()) return std::nullopt;
    positions.push_back(position);
    text.remove_prefix(part.size());
    if (positions.size() == partitions) break;
    if (text.empty()) return std::nullopt;
    text.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  return positions;
}

EventFeed::EventFeed(eventlog::Log& log)
    : log_(log),
      ends_(log.partitions(), 0),
      tail_(log.tail({std::string(topics::kEvents)},
                     [this](std::span<const eventlog::Record> records) {
                       const std::scoped_lock lock(mutex_);
                       for (const eventlog::Record& record : records) {
                         std::uint64_t& end = ends_[record.partition];
                         end = std::max(end, record.position + 1);
                       }
                     })) {}

EventFeed::~EventFeed() {
  tail_.reset();
}

EventPositions EventFeed::beginning() const {
  return EventPositions(log_.partitions(), 0);
}

EventPositions EventFeed::at(Instant instant) const {
  EventPositions positions;
  for (std::uint32_t partition = 0; partition < log_.partitions(); ++partition)
    positions.push_back(log_.first_at(topics::kEvents, partition, instant));
  return positions;
}

void EventFeed::know_ends() const {
  {
    const std::scoped_lock lock(mutex_);
    if (ends_known_) return;
  }
  const EventPositions ends = at(Instant::max());
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < ends.size(); ++i) ends_[i] = std::max(ends_[i], ends[i]);
  ends_known_ = true;
}

bool EventFeed::has_after(const EventPositions& positions) const {
  const std::scoped_lock lock(mutex_);
  if (!ends_known_) return true;
  for (std::size_t i = 0; i < ends_.size(); ++i)
    if (positions[i] < ends_[i]) return true;
  return false;
}

EventPage EventFeed::page(const EventPositions& from, const EventFilter& filter,
                          unsigned limit) const {
  know_ends();
  EventPositions ends;
  {
    const std::scoped_lock lock(mutex_);
    ends = ends_;
  }
  EventPage page{.events = {}, .next = from, .at_the_end = true};
  std::size_t scanned = 0;
  for (const std::uint32_t partition : in_turn(log_.partitions())) {
    std::uint64_t& next = page.next[partition];
    if (!filter.application.empty() &&
        partition != eventlog::partition_of(filter.application, log_.partitions())) {
      next = std::max(next, ends[partition]);
      continue;
    }
    while (next < ends[partition]) {
      if (scanned >= kMaxEventsScanned || page.events.size() >= limit) {
        page.at_the_end = false;
        break;
      }
      const std::size_t most =
          narrows(filter) ? kRecordsARead : std::min(kRecordsARead, limit - page.events.size());
      const auto records = log_.read(topics::kEvents, partition, next, most);
      if (records.empty()) {
        next = std::max(next, ends[partition]);  // only marks of transactions stand there
        break;
      }
      for (const eventlog::Record& record : records) {
        if (page.events.size() >= limit) break;
        next = record.position + 1;
        ++scanned;
        if (!fits(record, filter)) continue;
        if (auto event = cloudevents::cloud_event(record.header, narrowed(record.payload, filter)))
          page.events.push_back(std::move(*event));
      }
    }
  }
  return page;
}

}  // namespace guichet::http
