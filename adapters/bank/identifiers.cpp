#include "adapters/bank/identifiers.h"

#include <xxhash.h>

#include <array>
#include <cstdint>

namespace guichet::bank {
namespace {

/// 130 bits of a hash of 128 in Crockford's base 32: no letter that is read as a digit.
std::string in_base_32(XXH128_hash_t hash) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string text(26, '0');
  for (std::size_t i = text.size(); i-- > 0;) {
    text[i] = kDigits[hash.low64 & 31U];
    hash.low64 = hash.low64 >> 5 | hash.high64 << 59;
    hash.high64 >>= 5;
  }
  return text;
}

/// Parts are joined by a zero byte, which no id has.
std::string of_meaning(std::string_view kind, std::string_view run, std::string_view rest) {
  std::string meaning(kind);
  meaning.append(1, '\0').append(run).append(1, '\0').append(rest);
  return in_base_32(XXH3_128bits(meaning.data(), meaning.size()));
}

}  // namespace

std::string end_to_end_id(std::string_view run, std::string_view payee, int attempt) {
  std::string id = "G" + of_meaning("payment", run, payee);
  if (attempt > 1) id += "-" + std::to_string(attempt);
  return id;
}

std::string message_id(std::string_view run, int number) {
  return "F" + of_meaning("file", run, "") + "-" + std::to_string(number);
}

}  // namespace guichet::bank
