#pragma once

#include <string_view>

namespace guichet::cli {

/// What the commands of the audit trail say, in one language.
struct AuditWords {
  std::string_view at, who, call, status, about, none, entries, chains, whole, faults, unreadable,
      missing, broken, changed, cut_short, bad_heads;
};

/// English for any language but "fr".
const AuditWords& audit_words(std::string_view language);

}  // namespace guichet::cli
