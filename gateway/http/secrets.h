#pragma once

#include <filesystem>
#include <string>

#include "schemas/values/result.h"

namespace guichet::http {

inline constexpr std::size_t kSecretBytes = 32;

/// The two keys of a deployment. Whoever loses them can no longer tell that a repeated
/// Idempotency-Key or a known client is the same as before: back them up with the data.
struct Secrets {
  std::string ids;      // for application ids and digests of bodies and keys
  std::string clients;  // for client ids, and nothing else
};

enum class FirstStart { yes, no };

/// Reads `ids.key` and `clients.key` in the data folder. On the first start (no data yet) keys that
/// are not there are made, 0600, and are on the disk when this returns. Refused, with what to do:
/// a key that others may read (root may own it and let this user's group read it), that is damaged,
/// or that is gone from a folder that has data.
Result<Secrets> open_secrets(const std::filesystem::path& folder, FirstStart first_start);

}  // namespace guichet::http
