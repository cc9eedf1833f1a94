#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/values/dates.h"

namespace guichet::identity {

inline constexpr std::size_t kMaxClaimBytes = 256;  // of each text of a Principal

/// A text that may go into records and logs: visible ASCII, of a reasonable length.
inline bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= kMaxClaimBytes &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// How a caller was known.
enum class KnownBy { local, token, certificate };

/// Who calls, as their identity provider says, or the table of client certificates.
struct Principal {
  std::string subject;
  std::vector<std::string> roles;
  std::string desk;                      // of a clerk
  std::vector<std::string> programs;     // of a program's owner, of a partner agency
  std::vector<std::string> governments;  // as manifests write them: CA, NB
  std::string on_behalf_of;              // whom an agent acts for; empty: themself
  KnownBy known_by = KnownBy::local;
  std::optional<Instant> until;  // what they showed holds no longer; none: always holds
};

}  // namespace guichet::identity
