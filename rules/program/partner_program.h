#pragma once

#include "rules/program/program.h"

namespace guichet::rules {

/// A program that others answer for: by a partner's system, HTTP or files. Its rules are not ours,
/// so determine() fails.
class PartnerProgram final : public Program {
 public:
  explicit PartnerProgram(Manifest manifest) : manifest_(std::move(manifest)) {}

  const Manifest& manifest() const override { return manifest_; }
  Result<std::vector<v1::DeterminationLine>> determine(const v1::Facts&, Day) const override {
    return Failure{manifest_.id + " is not answered by rules; its partner must be asked"};
  }

 private:
  Manifest manifest_;
};

}  // namespace guichet::rules
