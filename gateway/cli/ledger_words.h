#pragma once

#include <string>
#include <string_view>

namespace guichet::cli {

/// What the commands of the books say, in one language.
struct LedgerWords {
  std::string_view government, program, account, balance, sum, all, postings, again, agrees,
      differs, accounts, client, what, in_account, by_log, cause, run, prepared_by, released_by,
      determination, version, a_year, paid, returned, net, own, owes;
};

/// English for any language but "fr".
const LedgerWords& ledger_words(std::string_view language);

/// The API's names of accounts, postings and differences, as people read them; what is not known
/// stands as it is.
std::string ledger_term(std::string_view name, std::string_view language);

}  // namespace guichet::cli
