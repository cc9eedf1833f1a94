#include "gateway/identity/key_set.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "gateway/identity/base64url.h"
#include "tests/gateway/identity/signing_keys.h"

namespace guichet::identity {
namespace {

namespace json = boost::json;

json::object public_key(const SigningKey& key) {
  return json::parse(key.public_jwk).as_object();
}

Result<KeySet> set_of(const json::array& keys) {
  return KeySet::read(json::serialize(json::object{{"keys", keys}}));
}

/// How many keys are taken of a set with this one and a good one.
std::size_t taken_beside_a_good_one(json::object key) {
  key["kid"] = "other";
  const auto set = set_of({public_key(ec()), std::move(key)});
  return set ? set->size() : 0;
}

TEST(KeySet, TakesRsaAndP256) {
  const auto set = KeySet::read(jwk_set_of({rsa(), ec()}));
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->size(), 2u);
}

TEST(KeySet, ReadsPrivateKeysAsTheirPublicPart) {
  const auto set = set_of({json::parse(ec().private_jwk)});
  ASSERT_TRUE(set);
  const std::string token = *sign_token(ec().private_jwk, "{}");
  EXPECT_EQ(set->verify("ec-1", Algorithm::es256, token), KeySet::Found::verified);
}

TEST(KeySet, LeavesOutWhatIsNotForItsSignatures) {
  const auto with = [](json::object key, const char* name, const json::value& value) {
    key[name] = value;
    return key;
  };
  EXPECT_EQ(taken_beside_a_good_one(public_key(rsa())), 2u);
  EXPECT_EQ(taken_beside_a_good_one(with(public_key(rsa()), "use", "enc")), 1u);
  EXPECT_EQ(taken_beside_a_good_one(with(public_key(rsa()), "use", 3)), 1u);
  EXPECT_EQ(taken_beside_a_good_one(with(public_key(rsa()), "key_ops", json::array{"encrypt"})),
            1u);
  for (const char* algorithm : {"RS512", "PS256", "HS256", "none", "RSA-OAEP", "ES256"})
    EXPECT_EQ(taken_beside_a_good_one(with(public_key(rsa()), "alg", algorithm)), 1u) << algorithm;
  EXPECT_EQ(taken_beside_a_good_one({{"kty", "oct"}, {"k", "c2VjcmV0"}, {"alg", "HS256"}}), 1u);
  EXPECT_EQ(taken_beside_a_good_one({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "AAAA"}}), 1u);
}

TEST(KeySet, LeavesOutWeakRsaKeys) {
  json::object key = public_key(rsa());
  key["n"] = encode_base64url(std::string(255, '\xff'));  // 2040 bits
  EXPECT_EQ(taken_beside_a_good_one(key), 1u);
  key["n"] = encode_base64url(std::string(1, '\0') + std::string(255, '\xff'));
  EXPECT_EQ(taken_beside_a_good_one(key), 1u) << "zeros before a number make it no longer";
  key["n"] = encode_base64url(std::string(2048, '\xff'));
  EXPECT_EQ(taken_beside_a_good_one(key), 1u) << "too dear to verify with";
  key = public_key(rsa());
  for (const std::string& exponent :
       {std::string("\x01"), std::string("\x02"), std::string("\0", 1)}) {
    key["e"] = encode_base64url(exponent);
    EXPECT_EQ(taken_beside_a_good_one(key), 1u);
  }
}

TEST(KeySet, LeavesOutPointsThatAreNotOnTheCurve) {
  json::object key = public_key(ec());
  key["y"] = encode_base64url(std::string(32, '\x01'));
  EXPECT_EQ(taken_beside_a_good_one(key), 1u);
  key = public_key(ec());
  key["crv"] = "P-384";
  EXPECT_EQ(taken_beside_a_good_one(key), 1u);
}

TEST(KeySet, IsRefusedWhereItIsNone) {
  EXPECT_FALSE(KeySet::read(""));
  EXPECT_FALSE(KeySet::read("[]"));
  EXPECT_FALSE(KeySet::read(R"({"keys":{}})"));
  EXPECT_FALSE(KeySet::read(R"({"keys":[]})"));
  EXPECT_FALSE(KeySet::read(R"({"keys":[],"keys":[]})"));
  EXPECT_FALSE(KeySet::read(R"({"keys":[3,null,"x",[[]]]})"));
  EXPECT_FALSE(set_of({public_key(ec()), public_key(ec())})) << "one name for two keys";
  EXPECT_FALSE(KeySet::read(R"({"keys":)" + std::string(1000, '[')));
}

TEST(KeySet, IsBounded) {
  json::array many;
  for (std::size_t i = 0; i <= kMaxKeys; ++i) {
    many.push_back(public_key(ec()));
    many.back().as_object()["kid"] = "k" + std::to_string(i);
  }
  EXPECT_FALSE(set_of(many));
  many.pop_back();
  ASSERT_TRUE(set_of(many));
  EXPECT_EQ(set_of(many)->size(), kMaxKeys);
  EXPECT_FALSE(KeySet::read(jwk_set_of({ec()}) + std::string(kMaxKeySetBytes, ' ')));
}

}  // namespace
}  // namespace guichet::identity
