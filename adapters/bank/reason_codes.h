#pragma once

#include <optional>
#include <string_view>

namespace guichet::bank {

/// What a reason code of a rejection or a return means, for people.
struct ReasonText {
  std::string_view code;
  std::string_view en;
  std::string_view fr;
};

/// The texts of a code of ISO 20022's external code sets (ExternalStatusReason1Code,
/// ExternalReturnReason1Code); nothing for one that is not in our table: show the code and what the
/// bank wrote.
std::optional<ReasonText> reason_text(std::string_view code);

/// Whether the payee has to give another account before the payment is tried again: the account is
/// closed, wrong, or does not take credits.
bool needs_new_account(std::string_view code);

}  // namespace guichet::bank
