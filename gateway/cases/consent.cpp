#include "gateway/cases/consent.h"

#include <algorithm>

namespace guichet::cases {

bool has_consent(const v1::Application& application, std::string_view program,
                 std::string_view purpose) {
  return std::ranges::any_of(application.consents(), [&](const v1::Consent& consent) {
    return (consent.program() == program || consent.program() == "*") &&
           std::ranges::find(consent.purposes(), purpose) != consent.purposes().end();
  });
}

}  // namespace guichet::cases
