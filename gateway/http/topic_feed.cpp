#include "gateway/http/topic_feed.h"

#include <algorithm>
#include <charconv>
#include <random>

#include "eventlog/partition.h"
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

}  // namespace

std::string to_string(const FeedPositions& positions) {
  std::string text(kMark);
  for (std::size_t i = 0; i < positions.size(); ++i)
    text += (i == 0 ? "" : ".") + std::to_string(positions[i]);
  return text;
}

std::optional<FeedPositions> parse_feed_positions(std::string_view text, std::size_t partitions) {
  if (!text.starts_with(kMark)) return std::nullopt;
  text.remove_prefix(kMark.size());
  FeedPositions positions;
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

TopicFeed::TopicFeed(eventlog::Log& log, std::string_view topic)
    : log_(log),
      topic_(topic),
      ends_(log.partitions(), 0),
      tail_(log.tail({topic_}, [this](std::span<const eventlog::Record> records) {
        const std::scoped_lock lock(mutex_);
        for (const eventlog::Record& record : records) {
          std::uint64_t& end = ends_[record.partition];
          end = std::max(end, record.position + 1);
        }
      })) {}

TopicFeed::~TopicFeed() {
  tail_.reset();
}

FeedPositions TopicFeed::beginning() const {
  return FeedPositions(log_.partitions(), 0);
}

FeedPositions TopicFeed::at(Instant instant) const {
  FeedPositions positions;
  for (std::uint32_t partition = 0; partition < log_.partitions(); ++partition)
    positions.push_back(log_.first_at(topic_, partition, instant));
  return positions;
}

void TopicFeed::know_ends() const {
  {
    const std::scoped_lock lock(mutex_);
    if (ends_known_) return;
  }
  const FeedPositions ends = at(Instant::max());
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < ends.size(); ++i) ends_[i] = std::max(ends_[i], ends[i]);
  ends_known_ = true;
}

bool TopicFeed::has_after(const FeedPositions& positions) const {
  const std::scoped_lock lock(mutex_);
  if (!ends_known_) return true;
  for (std::size_t i = 0; i < ends_.size(); ++i)
    if (positions[i] < ends_[i]) return true;
  return false;
}

FeedPage TopicFeed::page(const FeedPositions& from, const FeedFilter& filter,
                         unsigned limit) const {
  know_ends();
  FeedPositions ends;
  {
    const std::scoped_lock lock(mutex_);
    ends = ends_;
  }
  FeedPage page{.records = {}, .next = from, .at_the_end = true};
  const bool narrows = filter.fits || !filter.key.empty();
  std::size_t looked_at = 0;
  for (const std::uint32_t partition : in_turn(log_.partitions())) {
    std::uint64_t& next = page.next[partition];
    if (!filter.key.empty() && partition != eventlog::partition_of(filter.key, log_.partitions())) {
      next = std::max(next, ends[partition]);
      continue;
    }
    while (next < ends[partition]) {
      if (looked_at >= kMaxRecordsLookedAt || page.records.size() >= limit) {
        page.at_the_end = false;
        break;
      }
      const std::size_t most =
          narrows ? kRecordsARead
                  : std::min<std::size_t>(kRecordsARead, limit - page.records.size());
      auto records = log_.read(topic_, partition, next, most);
      if (records.empty()) {
        next = std::max(next, ends[partition]);  // only marks of transactions stand there
        break;
      }
      for (eventlog::Record& record : records) {
        if (page.records.size() >= limit) break;
        next = record.position + 1;
        ++looked_at;
        if ((filter.key.empty() || record.header.key() == filter.key) &&
            (!filter.fits || filter.fits(record)))
          page.records.push_back(std::move(record));
      }
    }
  }
  return page;
}

}  // namespace guichet::http
