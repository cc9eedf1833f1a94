#include "adapters/bank/payment_check.h"

#include <algorithm>
#include <string_view>

#include "adapters/bank/bank_text.h"

namespace guichet::bank {
namespace {

bool is_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_letter_or_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool is_identifier(std::string_view id) {
  return !id.empty() && id.size() <= 35 && std::all_of(id.begin(), id.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-';
  });
}

bool is_part(const Part& part) {
  const auto known = [](std::string_view text) {
    const auto plain = to_bank_text(text);
    return plain && !plain->empty() && plain->size() <= 35;
  };
  return known(part.program) && known(part.government) && part.amount != Money() &&
         to_bank_text(part.name_en) && to_bank_text(part.name_fr);
}

bool adds_up(const Payment& payment) {
  std::int64_t sum = 0;
  for (const Part& part : payment.parts) {
    const std::int64_t cents = part.amount.cents();
    if (cents > kLargestAmount.cents() || cents < -kLargestAmount.cents()) return false;
    sum += cents;  // at most kMostParts of them
  }
  return sum == payment.amount.cents();
}

}  // namespace

std::optional<PaymentFault> check_account(const Account& account) {
  if (is_digits(account.institution, 3, 3) && is_digits(account.transit, 5, 5) &&
      is_digits(account.number, 5, 12))
    return {};
  return PaymentFault::account;
}

std::optional<PaymentFault> check_payment(const Payment& payment) {
  if (!is_identifier(payment.end_to_end_id)) return PaymentFault::identifier;
  const auto name = to_bank_text(payment.payee_name);
  if (!name) return PaymentFault::name_not_latin;
  if (std::none_of(name->begin(), name->end(), is_letter_or_digit))
    return PaymentFault::name_missing;
  if (const auto fault = check_account(payment.account)) return fault;
  if (payment.amount <= Money() || payment.amount > kLargestAmount) return PaymentFault::amount;
  if (payment.parts.empty() || payment.parts.size() > kMostParts ||
      !std::all_of(payment.parts.begin(), payment.parts.end(), is_part))
    return PaymentFault::parts;
  if (!adds_up(payment)) return PaymentFault::amount;
  return {};
}

FaultText text_of(PaymentFault fault) {
  switch (fault) {
    case PaymentFault::name_missing:
      return {"the payee has no name; ask for it", "le bénéficiaire n’a pas de nom; demandez-le"};
    case PaymentFault::name_not_latin:
      return {
          "the payee's name has letters that banks do not take; enter it as the bank writes it on "
          "the account",
          "le nom du bénéficiaire a des lettres que les banques ne prennent pas; saisissez-le "
          "comme "
          "la banque l’écrit au compte"};
    case PaymentFault::account:
      return {
          "the account is not three digits of institution, five of transit and five to twelve of "
          "account; ask for a void cheque",
          "le compte n’a pas trois chiffres d’institution, cinq de transit et de cinq à douze de "
          "compte; demandez un spécimen de chèque"};
    case PaymentFault::amount:
      return {
          "the amount is not above zero, is too large, or is not the sum of its parts; report it",
          "le montant n’est pas supérieur à zéro, est trop grand ou n’est pas la somme de ses "
          "parts; signalez-le"};
    case PaymentFault::parts:
      return {"the payment does not say which program pays which part; report it",
              "le paiement ne dit pas quel programme paie quelle part; signalez-le"};
    case PaymentFault::identifier:
      break;
  }
  return {"the payment has no proper id; report it",
          "le paiement n’a pas d’identifiant convenable; signalez-le"};
}

}  // namespace guichet::bank
