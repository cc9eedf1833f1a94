#include "gateway/http/ids.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <cstdint>

#include "gateway/http/comparable_name.h"
#include "schemas/values/invariant.h"

namespace guichet::http {
namespace {

constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t kNumberCharacters = 9;

using Uuid = std::array<unsigned char, 16>;

std::string hex(const unsigned char* bytes, std::size_t count) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(count * 2);
  for (std::size_t i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string write(Uuid uuid, unsigned version) {
  uuid[6] = static_cast<unsigned char>((uuid[6] & 0x0F) | (version << 4));
  uuid[8] = static_cast<unsigned char>((uuid[8] & 0x3F) | 0x80);
  std::string text = hex(uuid.data(), uuid.size());
  for (std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, 1, '-');
  return text;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// ISO 7064 MOD 37,36 (hybrid system over 0-9 and A-Z).
char check_character(std::string_view text) {
  unsigned p = 36;
  for (char c : text) {
    unsigned s = (p + static_cast<unsigned>(kAlphanumeric.find(c))) % 36;
    if (s == 0) s = 36;
    p = s * 2 % 37;
  }
  return kAlphanumeric[(37 - p) % 36];
}

char as_crockford(char c) {
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return c;
}

std::string with_hyphens(const std::string& nine, char check) {
  return nine.substr(0, 4) + "-" + nine.substr(4) + "-" + check;
}

}  // namespace

std::string keyed_digest(std::string_view key, std::initializer_list<std::string_view> parts) {
  std::string message;
  for (std::string_view part : parts) {
    for (int shift = 0; shift < 64; shift += 8)
      message += static_cast<char>(static_cast<std::uint64_t>(part.size()) >> shift & 0xFF);
    message += part;
  }
  std::string digest(32, '\0');
  unsigned size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &size);
  GUICHET_INVARIANT(made != nullptr && size == digest.size());
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> hash{};
  GUICHET_INVARIANT(
      EVP_Digest(bytes.data(), bytes.size(), hash.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return hex(hash.data(), hash.size());
}

std::string fresh_id(Instant now) {
  Uuid uuid{};
  GUICHET_INVARIANT(RAND_bytes(uuid.data() + 6, 10) == 1);
  const auto ms = static_cast<std::uint64_t>(to_micros(now)) / 1000;
  for (int i = 0; i < 6; ++i) uuid[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  return write(uuid, 7);
}

std::string application_id_of_key(const Secrets& secrets, std::string_view tenant,
                                  std::string_view idempotency_key) {
  const std::string digest = keyed_digest(secrets.ids, {"application", tenant, idempotency_key});
  Uuid uuid{};
  for (std::size_t i = 0; i < uuid.size(); ++i) uuid[i] = static_cast<unsigned char>(digest[i]);
  return write(uuid, 8);
}

std::string client_id(const Secrets& secrets, std::string_view tenant, std::string_view sin) {
  if (sin.empty()) return {};
  const std::string digest = keyed_digest(secrets.clients, {"client", tenant, sin});
  return "c_" + hex(reinterpret_cast<const unsigned char*>(digest.data()), 16);
}

std::string person_key(const Secrets& secrets, std::string_view tenant,
                       std::string_view family_name, Day date_of_birth) {
  const std::string digest = keyed_digest(
      secrets.clients,
      {"person", tenant, comparable_name(family_name), guichet::to_string(date_of_birth)});
  return "p_" + hex(reinterpret_cast<const unsigned char*>(digest.data()), 16);
}

std::optional<std::string> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string uuid;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : hex_value(text[i]) < 0) return std::nullopt;
    uuid += hyphen ? '-' : "0123456789abcdef"[hex_value(text[i])];
  }
  return uuid;
}

std::string short_number(std::string_view application_id) {
  std::uint64_t low = 0;
  for (char c : application_id)
    if (c != '-') low = low << 4 | static_cast<std::uint64_t>(hex_value(c) & 15);
  std::string nine(kNumberCharacters, '0');
  for (std::size_t i = 0; i < kNumberCharacters; ++i)
    nine[kNumberCharacters - 1 - i] = kCrockford[low >> (5 * i) & 31];
  return with_hyphens(nine, check_character(nine));
}

TypedNumber parse_number(std::string_view typed) {
  std::string plain;
  for (char c : typed) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (kAlphanumeric.find(c) == std::string_view::npos) return {};
    if (plain.size() > kNumberCharacters) return {};
    plain += c;
  }
  if (plain.size() != kNumberCharacters + 1) return {};
  std::string nine = plain.substr(0, kNumberCharacters);
  for (char& c : nine) {
    c = as_crockford(c);
    if (kCrockford.find(c) == std::string_view::npos) return {{}, true};
  }
  const char check = check_character(nine);
  if (as_crockford(check) != as_crockford(plain.back())) return {{}, true};
  return {with_hyphens(nine, check), true};
}

}  // namespace guichet::http
