#include "gateway/cli/roles.h"

#include <fnmatch.h>

#include <algorithm>

namespace guichet::cli {
namespace {

constexpr std::string_view kAdapters = "adapters";

}  // namespace

bool Roles::adapts(const std::string& program) const {
  return std::any_of(adapters.begin(), adapters.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), program.c_str(), FNM_NOESCAPE) == 0;
  });
}

bool Roles::are_all() const {
  return gateway && cases && payments &&
         std::find(adapters.begin(), adapters.end(), "*") != adapters.end();
}

Result<Roles> parse_roles(std::string_view text) {
  Roles roles{.gateway = false, .cases = false, .payments = false, .adapters = {}};
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view role = text.substr(at, end - at);
    at = end + 1;
    if (role == "gateway") {
      roles.gateway = true;
    } else if (role == "cases") {
      roles.cases = true;
    } else if (role == "payments") {
      roles.payments = true;
    } else if (role == kAdapters) {
      roles.adapters.emplace_back("*");
    } else if (role.starts_with("adapters:") && role.size() > kAdapters.size() + 1) {
      roles.adapters.emplace_back(role.substr(kAdapters.size() + 1));
    } else {
      return Failure{
          "\"" + std::string(role) +
          "\" is no role; there are gateway, cases, payments, and adapters:PATTERN with a "
          "pattern of programs such as ca-*"};
    }
  }
  return roles;
}

}  // namespace guichet::cli
