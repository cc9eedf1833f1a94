#include "gateway/identity/access.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <string>
#include <vector>

#include "schemas/values/invariant.h"

namespace guichet::identity {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, kCalls> kNames = {"submit_application",
                                                         "read_application",
                                                         "list_applications",
                                                         "search_clients",
                                                         "amend_application",
                                                         "withdraw_application",
                                                         "screen",
                                                         "read_programs",
                                                         "read_events",
                                                         "read_payments",
                                                         "read_payment_files",
                                                         "prepare_payment_run",
                                                         "release_payment_run",
                                                         "cancel_payment_run",
                                                         "stop_payments",
                                                         "resume_payments",
                                                         "read_ledger",
                                                         "read_settlements",
                                                         "read_audit",
                                                         "read_metrics"};

enum class Limit { any, own_desk, own_program, own_government };

Limit limit_of(std::string_view name) {
  if (name == "any") return Limit::any;
  if (name == "own-desk") return Limit::own_desk;
  if (name == "own-program") return Limit::own_program;
  GUICHET_INVARIANT(name == "own-government");
  return Limit::own_government;
}

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

/// The table as it was when this was built. A test reads every cell of it.
class Table {
 public:
  Table() {
    const json::value document =
        json::parse(json::string_view(access_json().data(), access_json().size()));
    for (const auto& [name, words] : document.at("roles").as_object())
      roles_.emplace_back(name.data(), name.size());
    const json::object& calls = document.at("calls").as_object();
    GUICHET_INVARIANT(calls.size() == kCalls);
    for (std::size_t call = 0; call < kCalls; ++call)
      for (const auto& [role, limits] :
           calls.at(json::string_view(kNames[call].data(), kNames[call].size())).as_object()) {
        const std::string name(role.data(), role.size());
        GUICHET_INVARIANT(is_role(name));
        for (const json::value& limit : limits.as_array())
          cells_[call][name].push_back(limit_of(view(limit.as_string())));
      }
  }

  bool is_role(std::string_view name) const { return std::ranges::count(roles_, name) > 0; }

  /// Whether a limit of the caller's cells in this call's row is as asked for.
  template <class Fits>
  bool any_limit(const Principal& caller, Call call, Fits fits) const {
    const auto& row = cells_[static_cast<std::size_t>(call)];
    for (const std::string& role : caller.roles)
      if (const auto cell = row.find(role);
          cell != row.end() && std::ranges::any_of(cell->second, fits))
        return true;
    return false;
  }

 private:
  std::vector<std::string> roles_;
  std::array<std::map<std::string, std::vector<Limit>, std::less<>>, kCalls> cells_;
};

const Table& table() {
  static const Table table;
  return table;
}

bool is_owner(const Principal& caller) {
  return std::ranges::count(caller.roles, kOwnerRole) > 0;
}

bool is_one_of(std::string_view name, const std::vector<std::string>& own) {
  return !name.empty() && std::ranges::count(own, name) > 0;
}

}  // namespace

std::string_view to_string(Call call) {
  return kNames[static_cast<std::size_t>(call)];
}

bool authorize(const Principal& caller, Call call, const Resource& resource) {
  if (caller.subject.empty()) return false;
  return is_owner(caller) || table().any_limit(caller, call, [&](Limit limit) {
    switch (limit) {
      case Limit::any:
        return true;
      case Limit::own_desk:
        return !resource.desk.empty() && resource.desk == caller.desk;
      case Limit::own_program:
        return is_one_of(resource.program, caller.programs);
      case Limit::own_government:
        return is_one_of(resource.government, caller.governments);
    }
    return false;
  });
}

bool may_at_all(const Principal& caller, Call call) {
  return is_owner(caller) || table().any_limit(caller, call, [](Limit) { return true; });
}

bool is_held_to_desk(const Principal& caller, Call call) {
  return !is_owner(caller) &&
         !table().any_limit(caller, call, [](Limit limit) { return limit != Limit::own_desk; });
}

bool is_role(std::string_view name) {
  return table().is_role(name);
}

}  // namespace guichet::identity
