#include "gateway/identity/sign.h"

#include <openssl/err.h>

#include <cstdlib>
#include <stdexcept>

#include "gateway/identity/jose.h"
#include "gateway/identity/json.h"

namespace guichet::identity {
namespace {

constexpr std::size_t kMaxDepth = 8;

std::string named(const Jwk& key, bool with_private, Algorithm algorithm,
                  const std::string& key_id) {
  cjose_err failed;
  const std::unique_ptr<char, decltype(&std::free)> text(
      cjose_jwk_to_json(key.get(), with_private, &failed), &std::free);
  const Json jwk = text ? read_object(text.get(), kMaxDepth) : nullptr;
  if (!jwk) throw std::runtime_error("the key that was made cannot be written");
  json_object_set_new(jwk.get(), "kid", json_string(key_id.c_str()));
  json_object_set_new(jwk.get(), "alg", json_string(std::string(to_string(algorithm)).c_str()));
  json_object_set_new(jwk.get(), "use", json_string("sig"));
  return dump(jwk.get());
}

}  // namespace

SigningKey make_signing_key(Algorithm algorithm, const std::string& key_id) {
  cjose_err failed;
  const Jwk key(algorithm == Algorithm::rs256
                    ? cjose_jwk_create_RSA_random(kMinRsaBits, nullptr, 0, &failed)
                    : cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &failed));
  if (!key) throw std::runtime_error("a key could not be made");
  return {named(key, true, algorithm, key_id), named(key, false, algorithm, key_id)};
}

std::string jwk_set_of(const std::vector<SigningKey>& keys) {
  std::string text;
  for (const SigningKey& key : keys) text += (text.empty() ? "" : ",") + key.public_jwk;
  return R"({"keys":[)" + text + "]}";
}

Result<std::string> sign_token(const std::string& private_jwk, const std::string& claims,
                               std::string_view more_header) {
  const Failure bad{"no private key to sign with; it is a JWK with kid and alg"};
  const Json jwk = read_object(private_jwk, kMaxDepth);
  const Jwk key = jwk ? import_jwk(private_jwk) : nullptr;
  const auto algorithm = text_of(jwk.get(), "alg");
  const auto key_id = text_of(jwk.get(), "kid");
  if (!key || !algorithm || !key_id || !text_of(jwk.get(), "d")) return bad;

  const Json header = read_object(more_header, kMaxDepth);
  if (!header) return Failure{"no JSON object to put into the header"};
  if (json_object_get(header.get(), "typ") == nullptr)
    json_object_set_new(header.get(), "typ", json_string("at+jwt"));
  if (json_object_get(header.get(), "alg") == nullptr)
    json_object_set(header.get(), "alg", json_object_get(jwk.get(), "alg"));
  if (json_object_get(header.get(), "kid") == nullptr)
    json_object_set(header.get(), "kid", json_object_get(jwk.get(), "kid"));
  cjose_err failed;
  const Jws jws(cjose_jws_sign(key.get(), header.get(),
                               reinterpret_cast<const std::uint8_t*>(claims.data()), claims.size(),
                               &failed));
  const char* compact = nullptr;
  const bool written = jws && cjose_jws_export(jws.get(), &compact, &failed);
  ERR_clear_error();
  if (!written) return bad;
  return {boost::system::in_place_value, compact};
}

}  // namespace guichet::identity
