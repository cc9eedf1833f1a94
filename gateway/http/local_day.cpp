#include "gateway/http/local_day.h"

#include <date/tz.h>

#include <algorithm>

namespace guichet::http {
namespace {

// In the order of kProvinces. Where a province has two zones, that of its capital.
constexpr std::array<const char*, kProvinces.size()> kZones = {
    "America/Edmonton",  "America/Vancouver", "America/Winnipeg",    "America/Moncton",
    "America/St_Johns",  "America/Halifax",   "America/Yellowknife", "America/Iqaluit",
    "America/Toronto",   "America/Halifax",   "America/Toronto",     "America/Regina",
    "America/Whitehorse"};

using Zones = std::array<const date::time_zone*, kZones.size()>;

const Zones& zones() {
  static const Zones found = [] {
    Zones all{};
    std::transform(kZones.begin(), kZones.end(), all.begin(),
                   [](const char* name) { return date::locate_zone(name); });
    return all;
  }();
  return found;
}

}  // namespace

Day local_day(std::string_view province, Instant now) {
  const auto at = std::find(kProvinces.begin(), kProvinces.end(), province);
  const auto index = at == kProvinces.end() ? 8 : at - kProvinces.begin();
  const date::local_days day =
      date::floor<date::days>(zones()[static_cast<std::size_t>(index)]->to_local(now));
  return Day{std::chrono::days{day.time_since_epoch().count()}};
}

}  // namespace guichet::http
