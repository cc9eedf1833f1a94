#include "payments/entitled.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace guichet::payments {
namespace {

v1::ApplicationEntitlement& application_of(v1::ClientAccount& account, const std::string& id) {
  for (v1::ApplicationEntitlement& known : *account.mutable_applications())
    if (known.application_id() == id) return known;
  v1::ApplicationEntitlement& fresh = *account.add_applications();
  fresh.set_application_id(id);
  return fresh;
}

std::set<std::string> programs_of(const v1::EntitlementSet& set) {
  std::set<std::string> programs(set.programs().begin(), set.programs().end());
  for (const v1::EntitlementLine& line : set.lines()) programs.insert(line.program());
  return programs;
}

/// Where the application has its say from now on: as before up to the effective date, and from then
/// on with these programs.
void move_spans(v1::ApplicationEntitlement& application, const std::set<std::string>& programs,
                std::int32_t effective) {
  v1::ApplicationEntitlement kept;
  for (v1::ProgramSpan& span : *application.mutable_spans()) {
    if (span.from() >= effective) continue;
    if (!span.ended() || span.until() > effective) {
      span.set_ended(true);
      span.set_until(effective);
    }
    *kept.add_spans() = std::move(span);
  }
  for (const std::string& program : programs) {
    const auto going_on = std::ranges::find_if(kept.spans(), [&](const v1::ProgramSpan& span) {
      return span.program() == program && span.until() == effective;
    });
    if (going_on != kept.spans().end()) {
      v1::ProgramSpan& span =
          *kept.mutable_spans(static_cast<int>(going_on - kept.spans().begin()));
      span.clear_ended();
      span.clear_until();
      continue;
    }
    v1::ProgramSpan& span = *kept.add_spans();
    span.set_program(program);
    span.set_from(effective);
  }
  application.mutable_spans()->Swap(kept.mutable_spans());
}

void forget_from(v1::ProgramEntitlement& program, std::int32_t effective) {
  v1::ProgramEntitlement kept;
  for (v1::EntitledBlock& block : *program.mutable_blocks()) {
    v1::EntitledBlock left;
    for (const v1::Entitlement& part : block.entitlements())
      if (part.due() < effective) *left.add_entitlements() = part;
    if (left.entitlements_size() == 0) continue;
    block.mutable_entitlements()->Swap(left.mutable_entitlements());
    *kept.add_blocks() = std::move(block);
  }
  program.mutable_blocks()->Swap(kept.mutable_blocks());
}

v1::ProgramEntitlement& program_of(v1::ApplicationEntitlement& application,
                                   const v1::EntitlementLine& line) {
  for (v1::ProgramEntitlement& known : *application.mutable_programs())
    if (known.program() == line.program() && known.government() == line.government() &&
        known.beneficiary() == line.beneficiary())
      return known;
  v1::ProgramEntitlement& fresh = *application.add_programs();
  fresh.set_program(line.program());
  fresh.set_government(line.government());
  fresh.set_beneficiary(line.beneficiary());
  return fresh;
}

void replace_from(v1::ApplicationEntitlement& application, const v1::EntitlementSet& set) {
  for (v1::ProgramEntitlement& program : *application.mutable_programs())
    forget_from(program, set.effective_date());
  for (const v1::EntitlementLine& line : set.lines()) {
    v1::EntitledBlock block;
    block.set_determination_id(line.determination_id());
    block.set_program_version(line.program_version());
    block.set_submission(set.submission());
    for (const v1::Entitlement& part : line.entitlements())
      if (part.due() >= set.effective_date() && part.amount_cents() > 0)
        *block.add_entitlements() = part;
    if (block.entitlements_size() > 0)
      *program_of(application, line).add_blocks() = std::move(block);
  }
  v1::ApplicationEntitlement kept;
  for (v1::ProgramEntitlement& program : *application.mutable_programs())
    if (program.blocks_size() > 0) *kept.add_programs() = std::move(program);
  application.mutable_programs()->Swap(kept.mutable_programs());
}

}  // namespace

Taken take_set(v1::ClientAccount& account, const v1::EntitlementSet& set,
               const std::string& digest) {
  for (const v1::ApplicationEntitlement& known : account.applications()) {
    if (known.application_id() != set.application_id() || set.number() > known.number()) continue;
    const bool other = set.number() == known.number() && digest != known.digest();
    return other ? Taken::contradiction : Taken::repeat;
  }
  v1::ApplicationEntitlement& application = application_of(account, set.application_id());
  application.set_missing(application.missing() + set.number() - application.number() - 1);
  application.set_number(set.number());
  application.set_submission(set.submission());
  application.set_as_of_us(set.as_of_us());
  application.set_digest(digest);
  move_spans(application, programs_of(set), set.effective_date());
  replace_from(application, set);
  return Taken::fresh;
}

std::int64_t Entitled::total() const {
  std::int64_t cents = 0;
  for (const Due& due : dues) cents += due.cents;
  return cents;
}

std::vector<Entitled> entitled(const v1::ClientAccount& account) {
  std::vector<const v1::ApplicationEntitlement*> oldest_first;
  for (const v1::ApplicationEntitlement& application : account.applications())
    oldest_first.push_back(&application);
  std::ranges::sort(oldest_first, {}, [](const v1::ApplicationEntitlement* application) {
    return std::tuple(application->as_of_us(), application->application_id());
  });

  std::map<std::tuple<std::string, std::string, std::string>, Entitled> all;
  for (const v1::ApplicationEntitlement* application : oldest_first) {
    for (const v1::ProgramSpan& span : application->spans()) {
      for (auto& [key, known] : all) {
        if (known.program != span.program()) continue;
        std::erase_if(known.dues, [&](const Due& due) {
          return due.due >= span.from() && (!span.ended() || due.due < span.until());
        });
      }
    }
    for (const v1::ProgramEntitlement& program : application->programs()) {
      Entitled& known = all[{program.program(), program.government(), program.beneficiary()}];
      known.program = program.program();
      known.government = program.government();
      known.beneficiary = program.beneficiary();
      for (const v1::EntitledBlock& block : program.blocks())
        for (const v1::Entitlement& part : block.entitlements())
          known.dues.push_back({part.due(), part.to(), part.amount_cents(), &block});
    }
  }
  std::vector<Entitled> ordered;
  for (auto& [key, known] : all) {
    std::ranges::stable_sort(known.dues, {}, &Due::due);
    ordered.push_back(std::move(known));
  }
  return ordered;
}

}  // namespace guichet::payments
