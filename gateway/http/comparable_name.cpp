#include "gateway/http/comparable_name.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "schemas/values/invariant.h"

namespace guichet::http {

std::string comparable_name(std::string_view name) {
  UErrorCode failed = U_ZERO_ERROR;
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFKDInstance(failed);
  GUICHET_INVARIANT(U_SUCCESS(failed));
  const auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(name.data(), static_cast<std::int32_t>(name.size())));
  icu::UnicodeString folded = decompose->normalize(text, failed);
  GUICHET_INVARIANT(U_SUCCESS(failed));
  folded.foldCase();
  icu::UnicodeString letters;
  for (std::int32_t at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const UChar32 c = folded.char32At(at);
    if (u_isalnum(c)) letters.append(c);
  }
  std::string utf8;
  letters.toUTF8String(utf8);
  return utf8;
}

}  // namespace guichet::http
