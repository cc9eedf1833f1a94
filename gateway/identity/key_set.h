#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/values/result.h"

namespace guichet::identity {

inline constexpr std::size_t kMaxKeySetBytes = 64 * 1024;
inline constexpr std::size_t kMaxKeys = 32;
inline constexpr std::size_t kMaxKeyIdBytes = 256;
inline constexpr std::size_t kMinRsaBits = 2048;
inline constexpr std::size_t kMaxRsaBits = 8192;  // verifying with more would cost too much

enum class Algorithm { rs256, es256 };

std::string_view to_string(Algorithm algorithm);

/// The public keys that may sign tokens: what a JWK set (RFC 7517) has of RSA keys of 2048 bits or
/// more and of P-256, for signatures. Every other key of the set is left out: those for
/// encryption, of other curves, weak ones, shared secrets. A key is for one algorithm, the one it
/// names or the one of its type, whatever a token says.
///
///   const auto keys = KeySet::read(text);
///   if (!keys) ...  // keys.error().message: what is wrong with the set
///
/// Does not change once made; any thread.
class KeySet {
 public:
  /// The failure says what is wrong. A set without one usable key is one.
  static Result<KeySet> read(std::string_view jwks);

  enum class Found { verified, unknown_key, wrong_algorithm, bad_signature };
  /// Whether the key of this name signed this compact JWS by this algorithm. Without a name there
  /// is a key only where the set has just one without a name for that algorithm.
  Found verify(std::string_view key_id, Algorithm algorithm, const std::string& jws) const;

  std::size_t size() const { return keys_.size(); }

 private:
  struct Key;
  std::vector<std::shared_ptr<const Key>> keys_;
};

}  // namespace guichet::identity
