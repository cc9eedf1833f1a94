// What a bearer token must be, and each known way to pass with one that is not (RFC 8725).

#include "gateway/identity/token.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <boost/json.hpp>

#include "gateway/identity/base64url.h"
#include "tests/gateway/identity/signing_keys.h"

namespace guichet::identity {
namespace {

namespace json = boost::json;

constexpr std::int64_t kNow = 1'767'225'600;  // 2026-01-01
const Instant kAt = Instant(std::chrono::seconds(kNow));
const Expected kExpected{"https://id.example.ca", "guichet", "roles"};

/// Of somebody else, who names it as ours.
const SigningKey& stranger() {
  static const SigningKey key = make_signing_key(Algorithm::es256, "ec-1");
  return key;
}

const KeySet& keys() {
  static const KeySet set = *KeySet::read(jwk_set_of({rsa(), ec()}));
  return set;
}

json::object good_claims() {
  return {{"iss", "https://id.example.ca"},
          {"aud", "guichet"},
          {"sub", "a.cormier"},
          {"iat", kNow - 10},
          {"exp", kNow + 300},
          {"roles", {"clerk", "releaser"}},
          {"desk", "snb-grand-manan"}};
}

json::object with(const char* name, const json::value& value) {
  json::object claims = good_claims();
  claims[name] = value;
  return claims;
}

json::object without(const char* name) {
  json::object claims = good_claims();
  claims.erase(name);
  return claims;
}

std::string signed_token(const json::object& claims, const json::object& header = {},
                         const SigningKey& key = ec()) {
  return *sign_token(key.private_jwk, json::serialize(claims), json::serialize(header));
}

/// A header and claims as they stand, with a signature that is made up.
std::string raw_token(std::string_view header, std::string_view claims,
                      std::string_view signature = std::string(64, 's')) {
  return encode_base64url(header) + "." + encode_base64url(claims) + "." +
         encode_base64url(signature);
}

/// "" where the token is taken, else why not.
std::string refusal_of(const std::string& token, const KeySet& set = keys(), Instant now = kAt) {
  const auto read = read_token(token, set, kExpected, now);
  const Refusal* refused = std::get_if<Refusal>(&read);
  return refused ? std::string(to_string(*refused)) : "";
}

std::string refusal_of(const json::object& claims, const json::object& header = {}) {
  return refusal_of(signed_token(claims, header));
}

TEST(Token, SaysWhoCalls) {
  for (const SigningKey* key : {&rsa(), &ec()}) {
    json::object claims = good_claims();
    claims["programs"] = {"ca-ccb"};
    claims["governments"] = "NB";
    const auto read = read_token(signed_token(claims, {}, *key), keys(), kExpected, kAt);
    const Principal* caller = std::get_if<Principal>(&read);
    ASSERT_NE(caller, nullptr);
    EXPECT_EQ(caller->subject, "a.cormier");
    EXPECT_EQ(caller->roles, (std::vector<std::string>{"clerk", "releaser"}));
    EXPECT_EQ(caller->desk, "snb-grand-manan");
    EXPECT_EQ(caller->programs, std::vector<std::string>{"ca-ccb"});
    EXPECT_EQ(caller->governments, std::vector<std::string>{"NB"});
    EXPECT_EQ(caller->on_behalf_of, "");
  }
}

TEST(Token, OfAnAgentNamesBoth) {
  const auto read =
      read_token(signed_token(with("act", {{"sub", "agent-7"}})), keys(), kExpected, kAt);
  EXPECT_EQ(std::get<Principal>(read).subject, "agent-7");
  EXPECT_EQ(std::get<Principal>(read).on_behalf_of, "a.cormier");
  for (const json::value& bad :
       {json::value("x"), json::value(json::object{}), json::value(nullptr)})
    EXPECT_EQ(refusal_of(with("act", bad)), "bad_claims");
}

TEST(Token, RolesStandUnderTheNameThatIsSaid) {
  Expected other = kExpected;
  other.roles_claim = "groups";
  const auto read = read_token(signed_token(with("groups", {"auditor"})), keys(), other, kAt);
  EXPECT_EQ(std::get<Principal>(read).roles, std::vector<std::string>{"auditor"});
}

TEST(TokenTrick, AlgNone) {
  const std::string claims = json::serialize(good_claims());
  for (const char* alg : {"none", "None", "NONE", "nOnE", ""})
    for (const char* signature : {"", "x"})
      EXPECT_EQ(refusal_of(raw_token(std::string(R"({"alg":")") + alg + R"(","kid":"ec-1"})",
                                     claims, signature)),
                "algorithm_not_allowed");
}

TEST(TokenTrick, SignatureLeftOut) {
  const std::string token = signed_token(good_claims());
  const std::string bare = token.substr(0, token.rfind('.') + 1);
  EXPECT_EQ(refusal_of(bare), "bad_signature");
  EXPECT_EQ(refusal_of(bare.substr(0, bare.size() - 1)), "malformed");
}

TEST(TokenTrick, HmacWithThePublicKey) {
  for (const SigningKey* key : {&rsa(), &ec()}) {
    const std::string name = key == &rsa() ? "rsa-1" : "ec-1";
    const std::string input = encode_base64url(R"({"alg":"HS256","kid":")" + name + R"("})") + "." +
                              encode_base64url(json::serialize(good_claims()));
    std::string mac(32, '\0');
    unsigned length = 32;
    HMAC(EVP_sha256(), key->public_jwk.data(), static_cast<int>(key->public_jwk.size()),
         reinterpret_cast<const unsigned char*>(input.data()), input.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &length);
    EXPECT_EQ(refusal_of(input + "." + encode_base64url(mac)), "algorithm_not_allowed");
  }
}

TEST(TokenTrick, OtherAlgorithms) {
  for (const char* alg :
       {"RS384", "RS512", "PS256", "ES384", "HS512", "EdDSA", "rs256", "RSA-OAEP"})
    EXPECT_EQ(refusal_of(raw_token(std::string(R"({"alg":")") + alg + R"(","kid":"rsa-1"})", "{}")),
              "algorithm_not_allowed")
        << alg;
  EXPECT_EQ(refusal_of(raw_token(R"({"alg":["ES256"],"kid":"ec-1"})", "{}")),
            "algorithm_not_allowed");
  EXPECT_EQ(refusal_of(raw_token(R"({"kid":"ec-1"})", "{}")), "algorithm_not_allowed");
}

TEST(TokenTrick, AnotherAlgorithmThanTheKeyIsFor) {
  EXPECT_EQ(refusal_of(raw_token(R"({"alg":"RS256","kid":"ec-1"})", "{}")),
            "algorithm_not_allowed");
  EXPECT_EQ(refusal_of(raw_token(R"({"alg":"ES256","kid":"rsa-1"})", "{}")),
            "algorithm_not_allowed");
}

TEST(TokenTrick, KidWithAPathOrAnAddress) {
  for (const char* kid : {"../../../../dev/null", "/etc/passwd", "https://evil.example/key",
                          "ec-1' OR '1'='1", "ec-1 ", "EC-1", "ec-1\\u0000", "*"})
    EXPECT_NE(refusal_of(raw_token(std::string(R"({"alg":"ES256","kid":")") + kid + R"("})",
                                   json::serialize(good_claims()))),
              "")
        << kid;
  EXPECT_EQ(refusal_of(signed_token(good_claims(), {{"kid", "../../dev/null"}})), "unknown_key");
  EXPECT_EQ(refusal_of(signed_token(good_claims(), {{"kid", std::string(300, 'k')}})), "malformed");
  EXPECT_EQ(refusal_of(raw_token(R"({"alg":"ES256","kid":7})", "{}")), "malformed");
}

TEST(TokenTrick, NoKidWhereTheKeysHaveNames) {
  EXPECT_EQ(refusal_of(raw_token(R"({"alg":"ES256"})", json::serialize(good_claims()))),
            "unknown_key");
}

TEST(TokenTrick, EmbeddedKey) {
  const json::value key = json::parse(stranger().public_jwk);
  const auto refused = [&](const json::object& header) {
    EXPECT_EQ(refusal_of(signed_token(good_claims(), header, stranger())), "embedded_key");
    EXPECT_EQ(refusal_of(signed_token(good_claims(), header)), "embedded_key")
        << "even beside a good signature";
  };
  refused({{"jwk", key}});
  refused({{"jku", "https://evil.example/keys"}});
  refused({{"x5u", "https://evil.example/chain"}});
  refused({{"x5c", json::array{"MIIB"}}});
}

TEST(TokenTrick, KeyOfAStranger) {
  EXPECT_EQ(refusal_of(signed_token(good_claims(), {}, stranger())), "bad_signature");
}

TEST(TokenTrick, ChangedClaimsOrHeader) {
  const std::string token = signed_token(good_claims());
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  const std::string claims = encode_base64url(json::serialize(with("roles", {"administrator"})));
  EXPECT_EQ(refusal_of(token.substr(0, first + 1) + claims + token.substr(second)),
            "bad_signature");
  const std::string header = encode_base64url(R"({"alg":"ES256","kid":"ec-1"})");
  EXPECT_EQ(refusal_of(header + token.substr(first)), "bad_signature");
}

TEST(TokenTrick, SignatureOfZeros) {  // "psychic signatures"
  const std::string header = R"({"alg":"ES256","kid":"ec-1"})";
  EXPECT_EQ(refusal_of(raw_token(header, json::serialize(good_claims()), std::string(64, '\0'))),
            "bad_signature");
  const std::string token = signed_token(good_claims());
  EXPECT_EQ(refusal_of(token + "AAAA"), "bad_signature");
}

TEST(TokenTrick, EveryFlippedBitOfASignature) {
  const std::string token = signed_token(good_claims());
  const std::size_t at = token.rfind('.') + 1;
  const std::string signature = *decode_base64url(token.substr(at));
  for (std::size_t bit = 0; bit < signature.size() * 8; bit += 5) {
    std::string other = signature;
    other[bit / 8] = static_cast<char>(other[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_EQ(refusal_of(token.substr(0, at) + encode_base64url(other)), "bad_signature") << bit;
  }
}

TEST(TokenTrick, WrongIssuer) {
  for (const char* issuer :
       {"https://id.example.ca/", "https://ID.example.ca", "", "id.example.ca"})
    EXPECT_EQ(refusal_of(with("iss", issuer)), "wrong_issuer");
  EXPECT_EQ(refusal_of(without("iss")), "wrong_issuer");
  EXPECT_EQ(refusal_of(with("iss", json::array{"https://id.example.ca"})), "wrong_issuer");
}

TEST(TokenTrick, WrongAudience) {
  for (const json::value& audience :
       {json::value("guichet2"), json::value("Guichet"), json::value(json::array{}),
        json::value(json::array{"other", "guichet/"}), json::value(json::array{7, "guichet"}),
        json::value(nullptr), json::value(json::object{{"guichet", true}})})
    EXPECT_EQ(refusal_of(with("aud", audience)), "wrong_audience") << json::serialize(audience);
  EXPECT_EQ(refusal_of(without("aud")), "wrong_audience");
  EXPECT_EQ(refusal_of(with("aud", json::array{"other", "guichet"})), "");
}

TEST(TokenTrick, Expired) {
  EXPECT_EQ(refusal_of(with("exp", kNow - 61)), "expired");
  EXPECT_EQ(refusal_of(with("exp", kNow - 60)), "expired");
  EXPECT_EQ(refusal_of(with("exp", kNow - 59)), "") << "within the skew";
  EXPECT_EQ(refusal_of(with("exp", 0)), "expired");
  EXPECT_EQ(refusal_of(without("exp")), "bad_claims") << "one that never ends is none";
  for (const json::value& never : {json::value("2100-01-01"), json::value(1e300), json::value(-1),
                                   json::value(nullptr), json::value(true)})
    EXPECT_EQ(refusal_of(with("exp", never)), "bad_claims") << json::serialize(never);
}

TEST(TokenTrick, NotYetValid) {
  for (const char* name : {"nbf", "iat"}) {
    EXPECT_EQ(refusal_of(with(name, kNow + 61)), "not_yet_valid") << name;
    EXPECT_EQ(refusal_of(with(name, kNow + 60)), "") << name << " within the skew";
    EXPECT_EQ(refusal_of(with(name, "soon")), "bad_claims") << name;
  }
  EXPECT_EQ(refusal_of(without("iat")), "");
}

TEST(TokenTrick, UnknownCriticalHeader) {
  for (const json::value& critical :
       {json::value(json::array{"exp"}), json::value(json::array{"b64"}),
        json::value(json::array{}), json::value("b64")})
    EXPECT_EQ(refusal_of(good_claims(), {{"crit", critical}}), "critical_header");
  EXPECT_EQ(refusal_of(good_claims(), {{"b64", false}}), "critical_header");
  EXPECT_EQ(refusal_of(good_claims(), {{"zip", "DEF"}}), "critical_header");
}

TEST(TokenTrick, IdTokenInsteadOfAccessToken) {
  for (const char* name : {"nonce", "at_hash", "c_hash"})
    EXPECT_EQ(refusal_of(with(name, "x")), "not_an_access_token") << name;
  for (const char* type : {"id+jwt", "logout+jwt", "secevent+jwt", "JWE", "dpop+jwt"})
    EXPECT_EQ(refusal_of(good_claims(), {{"typ", type}}), "not_an_access_token") << type;
  for (const char* type : {"at+jwt", "AT+JWT", "application/at+jwt", "JWT", "jwt"})
    EXPECT_EQ(refusal_of(good_claims(), {{"typ", type}}), "") << type;
}

TEST(TokenTrick, Huge) {
  EXPECT_EQ(refusal_of(std::string(kMaxTokenBytes + 1, 'a')), "too_large");
  EXPECT_EQ(refusal_of(std::string(50'000'000, '.')), "too_large");
  EXPECT_EQ(refusal_of(with("more", json::value(std::string(kMaxTokenBytes, 'x')))), "too_large");
  EXPECT_EQ(refusal_of(with("more", json::value(std::string(5000, 'x')))), "");
  EXPECT_EQ(refusal_of(good_claims(), {{"more", std::string(kMaxTokenHeaderBytes, 'x')}}),
            "too_large");
}

TEST(TokenTrick, Deep) {
  const std::string deep =
      R"({"alg":"ES256","kid":"ec-1","x":)" + std::string(400, '[') + std::string(400, ']') + "}";
  EXPECT_EQ(refusal_of(raw_token(deep, "{}")), "malformed");
  json::value nested = 1;
  for (std::size_t i = 0; i < kMaxTokenDepth; ++i) nested = json::array{nested};
  EXPECT_EQ(refusal_of(with("deep", nested)), "malformed");
}

TEST(TokenTrick, ANameThatStandsTwice) {
  EXPECT_EQ(refusal_of(raw_token(R"({"alg":"ES256","alg":"none","kid":"ec-1"})", "{}")),
            "malformed");
  std::string claims = json::serialize(good_claims());
  claims.insert(1, R"("sub":"root",)");
  EXPECT_EQ(refusal_of(*sign_token(ec().private_jwk, claims)), "malformed");
}

TEST(TokenTrick, OtherFormsOfTheSameToken) {
  const std::string token = signed_token(good_claims());
  EXPECT_EQ(refusal_of(token), "");
  for (const std::string& other : {token + "=", token + ".", token + ".x", " " + token,
                                   token + "\n", "." + token, token + "A"})
    EXPECT_NE(refusal_of(other), "") << other;
  // Five parts: encrypted. JSON: another serialization.
  EXPECT_EQ(refusal_of("a.b.c.d.e"), "malformed");
  EXPECT_EQ(refusal_of(R"({"payload":"","signatures":[]})"), "malformed");
  for (const char* nothing : {"", ".", "..", "...", "a", "QQ.QQ.QQ"})
    EXPECT_EQ(refusal_of(nothing), "malformed") << nothing;
}

TEST(TokenTrick, ClaimsThatWouldSpoilARecord) {
  for (const char* name : {"sub", "desk"})
    for (const json::value& bad :
         {json::value(""), json::value("a b"), json::value("a\r\nX: y"), json::value("\u00e9"),
          json::value(7), json::value(nullptr), json::value(std::string(kMaxClaimBytes + 1, 'x'))})
      EXPECT_EQ(refusal_of(with(name, bad)), "bad_claims") << name << json::serialize(bad);
  EXPECT_EQ(refusal_of(without("sub")), "bad_claims");
  for (const char* name : {"roles", "programs", "governments"})
    for (const json::value& bad :
         {json::value(json::object{}), json::value(json::array{"a", 7}),
          json::value(json::array{""}), json::value(json::array(kMaxClaimItems + 1, "x")),
          json::value(nullptr)})
      EXPECT_EQ(refusal_of(with(name, bad)), "bad_claims") << name << json::serialize(bad);
  EXPECT_EQ(refusal_of(signed_token(without("roles"))), "") << "who has no role may nothing";
}

TEST(TokenTrick, RotatedAndWithdrawnKey) {
  const SigningKey next = make_signing_key(Algorithm::es256, "ec-2");
  const KeySet both = *KeySet::read(jwk_set_of({ec(), next}));
  const KeySet after = *KeySet::read(jwk_set_of({next}));
  const std::string old_token = signed_token(good_claims());
  const std::string new_token = signed_token(good_claims(), {}, next);
  EXPECT_EQ(refusal_of(new_token), "unknown_key");
  EXPECT_EQ(refusal_of(new_token, both), "");
  EXPECT_EQ(refusal_of(old_token, both), "");
  EXPECT_EQ(refusal_of(old_token, after), "unknown_key");
  EXPECT_EQ(refusal_of(new_token, after), "");
}

}  // namespace
}  // namespace guichet::identity
