#pragma once

#include <string>
#include <string_view>

namespace guichet::cli {

/// What the commands of payments say, in one language.
struct PaymentWords {
  std::string_view run, date, state, prepared_by, released_by, cancelled_by, hash, program,
      government, payments, amount, total, left_out, why, changed, largest, client, file, accepted,
      rejected, no_runs, no_payments, status, next_release, stop, account, laid_by, since, no_stops,
      lifted, no_files, no_rejected, became;
};

/// English for any language but "fr".
const PaymentWords& payment_words(std::string_view language);

/// The API's names of states, changes and reasons, as people read them; what is not known stands as
/// it is.
std::string payment_term(std::string_view name, std::string_view language);

}  // namespace guichet::cli
