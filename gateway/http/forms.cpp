#include "gateway/http/forms.h"

#include <algorithm>

namespace guichet::http {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

bool is_sin(std::string_view text) {
  if (text.size() != 9 || !all_digits(text) || text == "000000000") return false;
  int sum = 0;
  for (std::size_t i = 0; i < 9; ++i) {
    int digit = text[i] - '0';
    if (i % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

bool is_postal_code(std::string_view text) {
  if (text.size() == 7 && text[3] == ' ')
    return is_postal_code(std::string(text.substr(0, 3)) + std::string(text.substr(4)));
  return text.size() == 6 && is_letter(text[0]) && is_digit(text[1]) && is_letter(text[2]) &&
         is_digit(text[3]) && is_letter(text[4]) && is_digit(text[5]);
}

std::string as_postal_code(std::string text) {
  std::erase(text, ' ');
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text.substr(0, 3) + " " + text.substr(3);
}

bool is_institution(std::string_view text) {
  return text.size() == 3 && all_digits(text);
}
bool is_transit(std::string_view text) {
  return text.size() == 5 && all_digits(text);
}
bool is_account(std::string_view text) {
  return text.size() >= 5 && text.size() <= 12 && all_digits(text);
}

const Words kSinForm = {
    "must be nine digits of a social insurance number whose check digit fits; see whether a digit "
    "was "
    "mistyped or two were swapped",
    "doit être les neuf chiffres d’un numéro d’assurance sociale dont le chiffre de contrôle "
    "convient; "
    "voyez si un chiffre a été mal saisi ou si deux ont été inversés"};
const Words kPostalForm = {"must be a postal code, such as \"K1A 0B1\"",
                           "doit être un code postal, comme « K1A 0B1 »"};
const Words kInstitutionForm = {"must be the three digits of the institution",
                                "doit être les trois chiffres de l’institution"};
const Words kTransitForm = {"must be the five digits of the transit",
                            "doit être les cinq chiffres du transit"};
const Words kAccountForm = {"must be 5 to 12 digits", "doit avoir de 5 à 12 chiffres"};

}  // namespace guichet::http
