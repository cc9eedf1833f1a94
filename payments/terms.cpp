#include "payments/terms.h"

#include <utility>

namespace guichet::payments {

TermsOf terms_of(std::shared_ptr<const rules::Catalogue> catalogue) {
  return [catalogue = std::move(catalogue)](const std::string& id) {
    Terms terms;
    const auto program = catalogue->find(id);
    if (!program) return terms;
    const rules::Manifest& manifest = program->manifest();
    terms.recovered_percent = manifest.recovery.percent;
    terms.left_cents = manifest.recovery.leaves.cents();
    terms.minimum_cents = manifest.minimum_payment.cents();
    terms.paid_by_program = manifest.paid_by == rules::Manifest::PaidBy::program;
    return terms;
  };
}

}  // namespace guichet::payments
