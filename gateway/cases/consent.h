#pragma once

#include <string_view>

#include "guichet/v1/application.pb.h"

namespace guichet::cases {

inline constexpr std::string_view kEligibility = "eligibility";
inline constexpr std::string_view kPayment = "payment";

/// Whether the client consents to this purpose for this program, by its id or by `*`. The day on
/// which consent was given is on record and not compared with anything.
bool has_consent(const v1::Application& application, std::string_view program,
                 std::string_view purpose);

}  // namespace guichet::cases
