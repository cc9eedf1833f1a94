#pragma once

#include <optional>
#include <string>
#include <vector>

#include "schemas/values/dates.h"

namespace guichet::identity {

/// Who calls, as their identity provider says.
struct Principal {
  std::string subject;
  std::vector<std::string> roles;
  std::string desk;                      // of a clerk
  std::vector<std::string> programs;     // of a program's owner, of a partner agency
  std::vector<std::string> governments;  // as manifests write them: CA, NB
  std::string on_behalf_of;              // whom an agent acts for; empty: themself
  std::optional<Instant> until;          // what they showed holds no longer; none: always holds
};

}  // namespace guichet::identity
