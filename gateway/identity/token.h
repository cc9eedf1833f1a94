#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/identity/key_set.h"
#include "gateway/identity/principal.h"
#include "schemas/values/dates.h"

namespace guichet::identity {

inline constexpr std::size_t kMaxTokenBytes = 8 * 1024;
inline constexpr std::size_t kMaxTokenHeaderBytes = 1024;
inline constexpr std::size_t kMaxTokenDepth = 8;
inline constexpr std::size_t kMaxClaimItems = 64;  // roles, programs, governments, audiences
/// How far our clock and the issuer's may be apart.
inline constexpr std::chrono::seconds kMaxSkew{60};

/// Whose tokens are taken, for whom.
struct Expected {
  std::string issuer;
  std::string audience;
  std::string roles_claim = "roles";
};

/// Why a token is refused. A log and a metric may name it; nothing of the token is in it.
enum class Refusal {
  too_large,
  malformed,
  algorithm_not_allowed,
  embedded_key,  // jwk, jku, x5u, x5c in the header
  critical_header,
  not_an_access_token,
  unknown_key,
  bad_signature,
  wrong_issuer,
  wrong_audience,
  expired,
  not_yet_valid,
  bad_claims,
};

/// "bad_signature"
std::string_view to_string(Refusal refusal);

/// Reads an access token: a compact JWS by RS256 or ES256, signed by one of the keys, with `iss`,
/// `aud`, `exp` and `sub` as they must be (RFC 7519, 8725, 9068). Everything is refused that is not
/// known to be right. Of its claims it takes the roles, `desk`, `programs`, `governments`; where it
/// has `act` (RFC 8693), the caller is `act.sub`, on behalf of `sub`.
///
/// Nothing of a token chooses more than one of the keys that are there. Any thread.
std::variant<Principal, Refusal> read_token(std::string_view token, const KeySet& keys,
                                            const Expected& expected, Instant now);

}  // namespace guichet::identity
