#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "gateway/cli/http_client.h"

namespace guichet::cli {

inline constexpr std::chrono::minutes kKeysEvery{5};
inline constexpr std::chrono::seconds kKeysTime{5};  // of each step of one fetch
inline constexpr std::uint64_t kKeysBytes = 64 * 1024;

/// Where an identity provider shows its keys.
struct KeyUrl {
  ServerAddress server;
  std::string target;
};

/// https://HOST[:PORT]/PATH; by http of this machine only, because who stands on the way would name
/// keys of their own.
Result<KeyUrl> parse_key_url(const std::string& text);

/// Fetches a JWK set, bounded in bytes and time; no redirect is followed. The failure says why
/// there is none. `ca` is a PEM file; empty: whom the system trusts.
std::function<Result<std::string>()> keys_of_url(KeyUrl url, const std::string& ca,
                                                 std::chrono::milliseconds time = kKeysTime);

}  // namespace guichet::cli
