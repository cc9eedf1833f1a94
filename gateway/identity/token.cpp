#include "gateway/identity/token.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "gateway/identity/base64url.h"
#include "gateway/identity/json.h"

namespace guichet::identity {
namespace {

// The year 5138: later than any token lives, and in microseconds still an Instant.
constexpr double kMaxSeconds = 100'000'000'000.0;

constexpr std::size_t kEs256Bytes = 64;

struct Parts {
  std::string header;
  std::string claims;
  std::size_t signature_bytes = 0;
};

/// The three parts of a compact JWS, the first two decoded; the third is a signature.
std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto header = decode_base64url(token.substr(0, first));
  auto claims = decode_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = decode_base64url(token.substr(second + 1));  // no fourth part: no dot
  if (!header || !claims || !signature) return std::nullopt;
  return Parts{std::move(*header), std::move(*claims), signature->size()};
}

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// RFC 9068 wants at+jwt, with or without application/; many issuers write JWT, or nothing.
bool is_type_of_access_tokens(const json_t* header) {
  if (json_object_get(header, "typ") == nullptr) return true;
  const auto type = text_of(header, "typ");
  return type && (same_letters(*type, "at+jwt") || same_letters(*type, "application/at+jwt") ||
                  same_letters(*type, "JWT"));
}

struct Header {
  Algorithm algorithm{};
  std::string key_id;
};

std::variant<Header, Refusal> read_header(const std::string& text) {
  if (text.size() > kMaxTokenHeaderBytes) return Refusal::too_large;
  const Json header = read_object(text, kMaxTokenDepth);
  if (!header) return Refusal::malformed;
  for (const char* name : {"jwk", "jku", "x5u", "x5c"})
    if (json_object_get(header.get(), name) != nullptr) return Refusal::embedded_key;
  // None of the extensions is known here, b64 (RFC 7797) neither.
  for (const char* name : {"crit", "b64", "zip", "enc"})
    if (json_object_get(header.get(), name) != nullptr) return Refusal::critical_header;
  if (!is_type_of_access_tokens(header.get())) return Refusal::not_an_access_token;

  Header read;
  const auto algorithm = text_of(header.get(), "alg");
  if (algorithm == to_string(Algorithm::rs256))
    read.algorithm = Algorithm::rs256;
  else if (algorithm == to_string(Algorithm::es256))
    read.algorithm = Algorithm::es256;
  else
    return Refusal::algorithm_not_allowed;
  if (json_object_get(header.get(), "kid") != nullptr) {
    const auto id = text_of(header.get(), "kid");
    if (!id || id->empty() || id->size() > kMaxKeyIdBytes) return Refusal::malformed;
    read.key_id = *id;
  }
  return read;
}

/// Seconds since 1970 (NumericDate, which may have a fraction).
std::optional<double> seconds_of(const json_t* claims, const char* name) {
  const json_t* value = json_object_get(claims, name);
  if (!json_is_number(value)) return std::nullopt;
  const double seconds = json_number_value(value);
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kMaxSeconds) return std::nullopt;
  return seconds;
}

/// When a token that was checked ends, our clock and the issuer's being apart.
Instant end_of(const json_t* claims) {
  const std::chrono::duration<double> seconds{seconds_of(claims, "exp").value_or(0)};
  return Instant{std::chrono::duration_cast<std::chrono::microseconds>(seconds)} + kMaxSkew;
}

std::optional<Refusal> check_times(const json_t* claims, Instant now) {
  const double at = std::chrono::duration<double>(now.time_since_epoch()).count();
  const auto skew = static_cast<double>(kMaxSkew.count());
  const auto expires = seconds_of(claims, "exp");
  if (!expires) return Refusal::bad_claims;
  if (at >= *expires + skew) return Refusal::expired;
  for (const char* name : {"nbf", "iat"}) {
    if (json_object_get(claims, name) == nullptr) continue;
    const auto begins = seconds_of(claims, name);
    if (!begins) return Refusal::bad_claims;
    if (at < *begins - skew) return Refusal::not_yet_valid;
  }
  return std::nullopt;
}

/// An ID token says to a client who signed in; it opens nothing (OpenID Connect Core, section 2).
bool is_id_token(const json_t* claims) {
  return std::ranges::any_of(
      std::initializer_list<const char*>{"nonce", "at_hash", "c_hash", "s_hash"},
      [&](const char* name) { return json_object_get(claims, name) != nullptr; });
}

bool take(const json_t* claims, const char* name, std::vector<std::string>& into) {
  auto texts = texts_of(claims, name, kMaxClaimItems);
  if (!texts || !std::ranges::all_of(*texts, is_plain)) return false;
  into = std::move(*texts);
  return true;
}

std::variant<Principal, Refusal> read_claims(const json_t* claims, const Expected& expected,
                                             Instant now) {
  if (text_of(claims, "iss") != expected.issuer) return Refusal::wrong_issuer;
  const auto audiences = texts_of(claims, "aud", kMaxClaimItems);
  if (!audiences || std::ranges::count(*audiences, expected.audience) == 0)
    return Refusal::wrong_audience;
  if (const auto refused = check_times(claims, now)) return *refused;
  if (is_id_token(claims)) return Refusal::not_an_access_token;

  Principal principal;
  const auto subject = text_of(claims, "sub");
  if (!subject || !is_plain(*subject)) return Refusal::bad_claims;
  principal.subject = *subject;
  principal.known_by = KnownBy::token;
  principal.until = end_of(claims);
  if (const json_t* actor = json_object_get(claims, "act")) {
    const auto agent = json_is_object(actor) ? text_of(actor, "sub") : std::nullopt;
    if (!agent || !is_plain(*agent)) return Refusal::bad_claims;
    principal.on_behalf_of = std::move(principal.subject);
    principal.subject = *agent;
  }
  if (json_object_get(claims, "desk") != nullptr) {
    const auto desk = text_of(claims, "desk");
    if (!desk || !is_plain(*desk)) return Refusal::bad_claims;
    principal.desk = *desk;
  }
  if (!take(claims, expected.roles_claim.c_str(), principal.roles) ||
      !take(claims, "programs", principal.programs) ||
      !take(claims, "governments", principal.governments))
    return Refusal::bad_claims;
  return principal;
}

}  // namespace

std::string_view to_string(Refusal refusal) {
  constexpr std::array<std::string_view, 13> kNames = {
      "too_large",      "malformed",       "algorithm_not_allowed",
      "embedded_key",   "critical_header", "not_an_access_token",
      "unknown_key",    "bad_signature",   "wrong_issuer",
      "wrong_audience", "expired",         "not_yet_valid",
      "bad_claims"};
  return kNames[static_cast<std::size_t>(refusal)];
}

std::variant<Principal, Refusal> read_token(std::string_view token, const KeySet& keys,
                                            const Expected& expected, Instant now) {
  if (token.size() > kMaxTokenBytes) return Refusal::too_large;
  const auto parts = split(token);
  if (!parts) return Refusal::malformed;
  const auto header = read_header(parts->header);
  if (const Refusal* refused = std::get_if<Refusal>(&header)) return *refused;
  const auto& [algorithm, key_id] = std::get<Header>(header);
  // cjose takes longer ones too, and would verify their first part.
  if (algorithm == Algorithm::es256 && parts->signature_bytes != kEs256Bytes)
    return Refusal::bad_signature;
  switch (keys.verify(key_id, algorithm, std::string(token))) {
    case KeySet::Found::verified:
      break;
    case KeySet::Found::unknown_key:
      return Refusal::unknown_key;
    case KeySet::Found::wrong_algorithm:
      return Refusal::algorithm_not_allowed;
    case KeySet::Found::bad_signature:
      return Refusal::bad_signature;
  }
  // Only now is a claim worth reading.
  const Json claims = read_object(parts->claims, kMaxTokenDepth);
  if (!claims) return Refusal::malformed;
  return read_claims(claims.get(), expected, now);
}

}  // namespace guichet::identity
