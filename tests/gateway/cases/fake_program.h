#pragma once

#include <string>
#include <utility>
#include <vector>

#include "rules/program/program.h"

namespace guichet::testing {

/// A program that has a manifest and no rules of its own: every beneficiary gets `annual_cents`,
/// in one entitlement.
class FakeProgram : public rules::Program {
 public:
  FakeProgram(std::string id, std::vector<std::string> offered_in = {},
              rules::Manifest::Per per = rules::Manifest::Per::household) {
    manifest_.id = std::move(id);
    manifest_.version = "sha256:" + manifest_.id;
    manifest_.name = {"Program " + manifest_.id, "Programme " + manifest_.id};
    manifest_.government = manifest_.id.substr(0, 2) == "ca" ? "CA" : "NB";
    manifest_.offered_in = std::move(offered_in);
    manifest_.per = per;
    manifest_.needs = {"household.adults.date_of_birth", "household.adults.net_income"};
    manifest_.payments.months = {1, 4, 7, 10};
  }

  rules::Manifest& edit() { return manifest_; }
  const rules::Manifest& manifest() const override { return manifest_; }

  Result<std::vector<v1::DeterminationLine>> determine(const v1::Facts& facts,
                                                       Day effective) const override {
    std::vector<v1::DeterminationLine> lines;
    const auto add = [&](const std::string& beneficiary) {
      v1::DeterminationLine& line = lines.emplace_back();
      line.set_beneficiary(beneficiary);
      line.set_status(v1::ELIGIBLE);
      line.set_annual_amount_cents(annual_cents);
      v1::Entitlement& part = *line.add_entitlements();
      part.set_from(to_days(effective));
      part.set_to(to_days(effective) + 364);
      part.set_due(to_days(effective) + 20);
      part.set_amount_cents(annual_cents);
    };
    if (manifest_.per == rules::Manifest::Per::household) {
      add("household");
    } else {
      for (const v1::Adult& adult : facts.household().adults()) add(adult.role());
    }
    return lines;
  }

  std::int64_t annual_cents = 120'000;

 private:
  rules::Manifest manifest_;
};

}  // namespace guichet::testing
