#include "gateway/identity/key_set.h"

#include <openssl/err.h>

#include <algorithm>
#include <bit>

#include "gateway/identity/base64url.h"
#include "gateway/identity/jose.h"
#include "gateway/identity/json.h"

namespace guichet::identity {
namespace {

constexpr std::size_t kMaxDepth = 6;  // of a set: its keys, their certificates
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kMaxExponentBytes = 4;

/// A number of a key, without zeros before it; empty where it is none.
std::string number_of(const json_t* jwk, const char* name) {
  const auto text = text_of(jwk, name);
  const auto bytes = text ? decode_base64url(*text) : std::nullopt;
  if (!bytes) return {};
  return bytes->substr(std::min(bytes->find_first_not_of('\0'), bytes->size()));
}

bool is_strong_rsa(const json_t* jwk) {
  const std::string modulus = number_of(jwk, "n");
  const std::string exponent = number_of(jwk, "e");
  if (modulus.empty() || exponent.empty() || exponent.size() > kMaxExponentBytes) return false;
  const auto first = static_cast<unsigned char>(modulus.front());
  const std::size_t bits = modulus.size() * 8 - static_cast<std::size_t>(std::countl_zero(first));
  // An exponent of 1 lets everything through.
  const bool odd = (exponent.back() & 1) != 0 && (modulus.back() & 1) != 0;
  return bits >= kMinRsaBits && bits <= kMaxRsaBits && odd && exponent != "\x01";
}

bool is_p256(const json_t* jwk) {
  if (text_of(jwk, "crv") != "P-256") return false;
  return std::ranges::all_of(std::initializer_list<const char*>{"x", "y"}, [&](const char* name) {
    const auto text = text_of(jwk, name);
    const auto bytes = text ? decode_base64url(*text) : std::nullopt;
    return bytes && bytes->size() == kCoordinateBytes;
  });
}

bool is_for_signatures(const json_t* jwk) {
  if (json_object_get(jwk, "use") != nullptr && text_of(jwk, "use") != "sig") return false;
  if (json_object_get(jwk, "key_ops") == nullptr) return true;
  const auto uses = texts_of(jwk, "key_ops", kMaxKeys);
  return uses && std::ranges::count(*uses, "verify") > 0;
}

/// Only what makes the public key: whatever else stands in the set does not reach cjose.
std::string public_part(const json_t* jwk, std::initializer_list<const char*> names) {
  const Json part(json_object());
  for (const char* name : names) json_object_set(part.get(), name, json_object_get(jwk, name));
  return dump(part.get());
}

}  // namespace

std::string_view to_string(Algorithm algorithm) {
  return algorithm == Algorithm::rs256 ? "RS256" : "ES256";
}

struct KeySet::Key {
  std::string id;
  Algorithm algorithm;
  Jwk jwk;
};

Result<KeySet> KeySet::read(std::string_view jwks) {
  if (jwks.size() > kMaxKeySetBytes)
    return Failure{"a JWK set of more than " + std::to_string(kMaxKeySetBytes) + " bytes"};
  const Json set = read_object(jwks, kMaxDepth);
  const json_t* keys = set ? json_object_get(set.get(), "keys") : nullptr;
  if (!json_is_array(keys))
    return Failure{R"(no JWK set; it is a JSON object such as {"keys": [{"kty": "RSA", …}]})"};
  if (json_array_size(keys) > kMaxKeys)
    return Failure{"a JWK set of more than " + std::to_string(kMaxKeys) + " keys"};

  KeySet read;
  for (std::size_t i = 0; i < json_array_size(keys); ++i) {
    const json_t* jwk = json_array_get(keys, i);
    const bool rsa = text_of(jwk, "kty") == "RSA" && is_strong_rsa(jwk);
    const bool ec = text_of(jwk, "kty") == "EC" && is_p256(jwk);
    if ((!rsa && !ec) || !is_for_signatures(jwk)) continue;
    const Algorithm algorithm = rsa ? Algorithm::rs256 : Algorithm::es256;
    if (json_object_get(jwk, "alg") != nullptr && text_of(jwk, "alg") != to_string(algorithm))
      continue;
    if (json_object_get(jwk, "kid") != nullptr && !text_of(jwk, "kid")) continue;
    std::string id(text_of(jwk, "kid").value_or(""));
    if (id.size() > kMaxKeyIdBytes) continue;
    // A point that is not on the curve is no key to OpenSSL.
    Jwk imported = import_jwk(rsa ? public_part(jwk, {"kty", "n", "e"})
                                  : public_part(jwk, {"kty", "crv", "x", "y"}));
    if (!imported) continue;
    if (std::ranges::any_of(read.keys_, [&](const auto& other) {
          return other->id == id && other->algorithm == algorithm;
        }))
      return Failure{"a JWK set in which two keys have the same kid and algorithm, or none"};
    read.keys_.push_back(
        std::make_shared<const Key>(Key{std::move(id), algorithm, std::move(imported)}));
  }
  if (read.keys_.empty())
    return Failure{
        "a JWK set without a key to verify with: RS256 with 2048 bits or more, or ES256"};
  return read;
}

KeySet::Found KeySet::verify(std::string_view key_id, Algorithm algorithm,
                             const std::string& jws) const {
  const Key* key = nullptr;
  bool known = false;
  for (const auto& candidate : keys_) {
    if (candidate->id != key_id) continue;
    known = true;
    if (candidate->algorithm == algorithm) key = candidate.get();
  }
  if (key == nullptr) return known ? Found::wrong_algorithm : Found::unknown_key;
  cjose_err failed;
  const Jws imported(cjose_jws_import(jws.data(), jws.size(), &failed));
  const bool verified = imported && cjose_jws_verify(imported.get(), key->jwk.get(), &failed);
  ERR_clear_error();
  return verified ? Found::verified : Found::bad_signature;
}

}  // namespace guichet::identity
