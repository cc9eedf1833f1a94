#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/problem.h"
#include "guichet/v1/envelope.pb.h"
#include "schemas/values/result.h"

// What the header fields of the API say. Pure.

namespace guichet::http {

inline constexpr std::chrono::seconds kMaxPreferredWait{60};
inline constexpr std::size_t kMaxIdempotencyKey = 255;
inline constexpr std::size_t kMaxActorPart = 64;
inline constexpr std::size_t kMaxRoles = 16;

/// The language that Accept-Language likes best; none where it names neither.
std::optional<Language> preferred_language(std::string_view accept_language);

/// Whether an Accept field (empty: anything) takes this media type; an empty one is always taken.
bool accepts(std::string_view accept, std::string_view media_type);
/// Whether a Content-Type is application/json, in UTF-8.
bool is_json(std::string_view content_type);

/// The wait of a Prefer field (RFC 7240), at most kMaxPreferredWait; none where it asks for none or
/// cannot be read.
std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer);

/// The ETag of a case: "<submission>.<version>", in its quotes; where the client has an account,
/// with the account's version: "<submission>.<version>.<account>".
std::string case_etag(std::uint32_t submission, std::uint64_t version, std::uint64_t account = 0);
/// Whether an If-None-Match field names this tag, or is *.
bool matches_etag(std::string_view if_none_match, std::string_view etag);
/// The submission of the case's ETag in an If-Match; 0 for *; none where it is neither.
std::optional<std::uint32_t> submission_of_etag(std::string_view if_match);

/// Guichet-Position and Guichet-After: "<partition>-<position>".
struct LogPosition {
  std::uint32_t partition = 0;
  std::uint64_t position = 0;
};
std::string to_string(LogPosition position);
std::optional<LogPosition> parse_position(std::string_view text);

/// Visible ASCII, 1 to 255 characters.
bool is_idempotency_key(std::string_view text);
/// The problem of an Idempotency-Key that is there and is none.
std::optional<Problem> refuse_key(std::string_view text);

/// "name=a.cormier; roles=clerk,releaser; desk=snb-grand-manan". Empty: the local owner. None where
/// it cannot be read.
std::optional<v1::Actor> parse_actor(std::string_view guichet_actor);

/// A W3C trace context for what follows this request: within the caller's trace where the field can
/// be read, else a new one. `span` is 16 random hexadecimal digits, `trace` 32.
std::string traceparent_for(std::string_view traceparent, std::string_view trace,
                            std::string_view span);
/// The 32 digits of the trace.
std::string_view trace_of(std::string_view traceparent);

}  // namespace guichet::http
