#pragma once

#include <string>
#include <string_view>

#include "gateway/identity/key_set.h"

namespace guichet::identity {

/// A key that signs, for tests and for trying out: an identity provider has its own.
struct SigningKey {
  std::string private_jwk;  // JSON
  std::string public_jwk;   // JSON, with kid, alg and use: what a JWK set lists
};

/// A new key: RSA of 2048 bits, or P-256.
SigningKey make_signing_key(Algorithm algorithm, const std::string& key_id);

/// {"keys": [...]}
std::string jwk_set_of(const std::vector<SigningKey>& keys);

/// A compact JWS of these claims (JSON) by a private JWK that names its kid and alg, of the type
/// at+jwt. `more_header` (a JSON object) stands in the header too. The failure says what is wrong
/// with the key.
Result<std::string> sign_token(const std::string& private_jwk, const std::string& claims,
                               std::string_view more_header = "{}");

}  // namespace guichet::identity
