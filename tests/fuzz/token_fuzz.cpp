// What a stranger may send as a token or an identity provider as its keys. The first line says
// which:
//
//   raw      the rest is a token: nobody signed it, so it is refused
//   signed   a header on a line, then claims: signed by a key of ours, so that they are read
//   keys     the rest is a JWK set

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "gateway/identity/sign.h"
#include "gateway/identity/token.h"
#include "tests/fuzz/check.h"

namespace guichet::identity {
namespace {

const Instant kNow{std::chrono::seconds(1'767'225'600)};  // 2026-01-01
const Expected kExpected{"https://id.example.ca", "guichet", "roles"};

const SigningKey& key() {
  static const SigningKey key = make_signing_key(Algorithm::es256, "ours");
  return key;
}

const KeySet& keys() {
  static const KeySet set = *KeySet::read(jwk_set_of({key()}));
  return set;
}

/// Takes the first line off.
std::string_view line_of(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool are_plain(const std::vector<std::string>& texts) {
  return texts.size() <= kMaxClaimItems && std::ranges::all_of(texts, is_plain);
}

void check_signed(std::string_view header, std::string_view claims) {
  const auto token = sign_token(key().private_jwk, std::string(claims), header);
  if (!token) return;
  const auto read = read_token(*token, keys(), kExpected, kNow);
  const auto* caller = std::get_if<Principal>(&read);
  if (caller == nullptr) return;
  FUZZ_CHECK(token->size() <= kMaxTokenBytes);
  FUZZ_CHECK(is_plain(caller->subject));
  FUZZ_CHECK(caller->desk.empty() || is_plain(caller->desk));
  FUZZ_CHECK(caller->on_behalf_of.empty() || is_plain(caller->on_behalf_of));
  FUZZ_CHECK(are_plain(caller->roles) && are_plain(caller->programs) &&
             are_plain(caller->governments));
  FUZZ_CHECK(caller->until && *caller->until > kNow);
  // Once it ends, and for whom it is not, it is refused.
  FUZZ_CHECK(std::holds_alternative<Refusal>(
      read_token(*token, keys(), kExpected, *caller->until + std::chrono::seconds(1))));
  FUZZ_CHECK(std::holds_alternative<Refusal>(
      read_token(*token, keys(), {"https://id.example.ca", "another", "roles"}, kNow)));
  // No bit of it can be another.
  std::string other = *token;
  char& letter = other[claims.size() % other.size()];
  letter = letter == 'A' ? 'B' : 'A';
  FUZZ_CHECK(std::holds_alternative<Refusal>(read_token(other, keys(), kExpected, kNow)));
}

}  // namespace
}  // namespace guichet::identity

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::identity;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const std::string_view kind = line_of(rest);
  if (kind == "signed") {
    const std::string_view header = line_of(rest);
    check_signed(header, rest);
  } else if (kind == "keys") {
    const auto set = KeySet::read(rest);
    FUZZ_CHECK(!set || set->size() <= kMaxKeys);
    if (!set) FUZZ_CHECK(!set.error().message.empty());
  } else {
    FUZZ_CHECK(std::holds_alternative<Refusal>(read_token(rest, keys(), kExpected, kNow)));
  }
  return 0;
}
