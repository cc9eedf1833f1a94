#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "guichet/v1/entitlements.pb.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::payments {

enum class Taken {
  fresh,
  repeat,         // this set, or a newer one of its application, was taken before
  contradiction,  // another set of this number was
};

/// Takes an application's whole set into the account: it stands in the place of all that was due
/// from its effective date on. What was due before stays as the sets before it said. `digest` is
/// that of the set's bytes.
Taken take_set(v1::ClientAccount& account, const v1::EntitlementSet& set,
               const std::string& digest);

/// One amount that is due on a day, and what made it.
struct Due {
  std::int32_t due = 0;
  std::int32_t to = 0;  // last day of its period
  std::int64_t cents = 0;
  const v1::EntitledBlock* block = nullptr;
};

/// What a client is entitled to by one program for one beneficiary.
struct Entitled {
  std::string program;
  std::string government;
  std::string beneficiary;
  std::vector<Due> dues;  // ordered by day

  std::int64_t total() const;
};

/// What all applications together entitle to, ordered by program, government, beneficiary. Two
/// applications do not add up: from its first effective date on, the one whose last set is newest
/// stands alone for every program on which it has a say. Points into the account.
std::vector<Entitled> entitled(const v1::ClientAccount& account);

}  // namespace guichet::payments
