#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/secrets.h"
#include "schemas/values/dates.h"

// The ids that the gateway makes (schemas/ids.md). Any thread.

namespace guichet::http {

/// HMAC-SHA-256 of the parts under a key, 32 bytes. Parts are told apart by their lengths, so that
/// ("ab", "c") and ("a", "bc") differ.
std::string keyed_digest(std::string_view key, std::initializer_list<std::string_view> parts);

/// SHA-256 in hexadecimal.
std::string sha256_hex(std::string_view bytes);

/// A fresh UUID, version 7: milliseconds of `now`, then randomness.
std::string fresh_id(Instant now);

/// The id of the application that this Idempotency-Key makes: UUID version 8, the same each time.
std::string application_id_of_key(const Secrets& secrets, std::string_view tenant,
                                  std::string_view idempotency_key);

/// "c_" and 32 hexadecimal digits, the same for a SIN for ever. Empty for an empty SIN.
std::string client_id(const Secrets& secrets, std::string_view tenant, std::string_view sin);

/// "p_" and 32 hexadecimal digits, the same for a family name and a day of birth, however the name
/// is written (comparable_name.h).
std::string person_key(const Secrets& secrets, std::string_view tenant,
                       std::string_view family_name, Day date_of_birth);

/// Lower-case UUID, as ids are written; empty where the text is no UUID.
std::optional<std::string> parse_uuid(std::string_view text);

/// The number for the telephone: K7Q4-2M9XA-C. Nine characters of Crockford's base 32 from the last
/// 45 bits of the id, and a check character by ISO 7064 MOD 37,36.
std::string short_number(std::string_view application_id);

struct TypedNumber {
  std::string number;           // as short_number writes it, where the check character fits
  bool looks_like_one = false;  // ten letters and digits
};

/// Reads a number as people type it: any case, with or without spaces and hyphens, O for 0, I or L
/// for 1. `number` is empty where the check character does not fit.
TypedNumber parse_number(std::string_view typed);

}  // namespace guichet::http
