#pragma once

#include <array>
#include <string_view>

#include "schemas/values/dates.h"

namespace guichet::http {

/// The provinces and territories, as Canada Post writes them.
inline constexpr std::array<std::string_view, 13> kProvinces = {
    "AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"};

/// The day it is where a province's government sits; where the province is none, in Toronto. Uses
/// the system's time zone database; throws std::runtime_error where there is none.
Day local_day(std::string_view province, Instant now);

}  // namespace guichet::http
