#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/adapter.h"
#include "guichet/v1/determination.pb.h"
#include "rules/program/program.h"
#include "schemas/values/result.h"

namespace guichet::adapters {

/// A program's answer to a request by its own rules: what the adapter sends, and what a screening
/// shows. A failure is of class rule_error. Pure.
Result<v1::Determination> determine_by_rules(const rules::Catalogue& catalogue,
                                             const v1::DeterminationRequest& request);

/// Answers for every program that our own rules determine (`answered_by: rules`). Pure: the same
/// request makes the same bytes, whenever and however often it is handled.
///
///   auto adapter = std::make_shared<RulesAdapter>(catalogue);
///   PlainStage stage{"adapters-rules", {"requests.ca-ccb", "requests.ca-gst"}, adapter};
///
/// A program version that is not in the catalogue, rules that break on these facts, and an answer
/// that would not be usable each make a FAILED answer, so that the client waits for nothing, and a
/// dead letter (class rule_error) that holds the request.
class RulesAdapter : public Adapter {
 public:
  explicit RulesAdapter(std::shared_ptr<const rules::Catalogue> catalogue);

  std::vector<eventlog::Output> determine(const eventlog::Record& request) override;
  /// Our own rules pay nobody: makes a dead letter.
  std::vector<eventlog::Output> pay(const eventlog::Record& instruction) override;

 private:
  std::shared_ptr<const rules::Catalogue> catalogue_;
};

}  // namespace guichet::adapters
