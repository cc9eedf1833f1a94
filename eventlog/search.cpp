#include "eventlog/search.h"

#include <algorithm>
#include <vector>

namespace guichet::eventlog {
namespace {

constexpr std::size_t kStretch = 64;

}  // namespace

std::uint64_t first_at_by_reading(const Log& log, std::string_view topic, std::uint32_t partition,
                                  Instant instant) {
  const std::int64_t wanted = to_micros(instant);
  const auto reached = [&](const Record& record) {
    return record.header.recorded_at_us() >= wanted;
  };
  const auto is_before = [&](std::uint64_t position) {  // all of the stretch from here on
    const std::vector<Record> stretch = log.read(topic, partition, position, kStretch);
    return !stretch.empty() && std::none_of(stretch.begin(), stretch.end(), reached);
  };
  std::uint64_t before = 0;  // no stretch up to here has what is wanted
  std::uint64_t step = 1;
  while (is_before(before + step)) {
    before += step;
    step *= 2;
  }
  std::uint64_t beyond = before + step;
  while (beyond - before > 1) {
    const std::uint64_t middle = before + (beyond - before) / 2;
    (is_before(middle) ? before : beyond) = middle;
  }
  for (std::uint64_t at = before;;) {
    const std::vector<Record> stretch = log.read(topic, partition, at, kStretch);
    for (const Record& record : stretch) {
      if (reached(record)) return record.position;
      at = record.position + 1;
    }
    if (stretch.empty()) return at;
  }
}

}  // namespace guichet::eventlog
