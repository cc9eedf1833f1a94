#pragma once

#include <string>
#include <string_view>

#include "gateway/http/problem.h"

// The forms that single fields of an application have, and what an error says is allowed. Pure.

namespace guichet::http {

/// Nine digits of a social insurance number whose check digit fits (Luhn). Nine zeros fit too, and
/// are nobody's: refused.
bool is_sin(std::string_view text);
/// A1A 1A1, in any case, with or without the space.
bool is_postal_code(std::string_view text);
/// A postal code as Canada Post writes it.
std::string as_postal_code(std::string text);
/// Canadian Payments Association: three digits of the institution, five of the transit, and an
/// account of 5 to 12 digits.
bool is_institution(std::string_view text);
bool is_transit(std::string_view text);
bool is_account(std::string_view text);

extern const Words kSinForm;
extern const Words kPostalForm;
extern const Words kInstitutionForm;
extern const Words kTransitForm;
extern const Words kAccountForm;

}  // namespace guichet::http
