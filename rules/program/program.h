#pragma once

#include <memory>
#include <string>
#include <vector>

#include "guichet/v1/determination.pb.h"
#include "rules/program/manifest.h"
#include "schemas/values/dates.h"
#include "schemas/values/result.h"

namespace guichet::rules {

/// One version of a program, read, checked and compiled; never changes. Any thread.
///
/// determine() is the one function that serves the adapter, screening, dry runs and recomputation.
class Program {
 public:
  virtual ~Program() = default;
  virtual const Manifest& manifest() const = 0;

  /// The lines of a determination: one for the household, or one for each adult. Pure. Facts that
  /// the program needs and that are not there make a line `needs_information` that names them. A
  /// failure means that the program's own rules broke on these facts (class rule_error).
  virtual Result<std::vector<v1::DeterminationLine>> determine(const v1::Facts& facts,
                                                               Day effective) const = 0;
};

/// The programs in force, by id, one of each. Never changes once built; any thread.
class Catalogue {
 public:
  explicit Catalogue(std::vector<std::shared_ptr<const Program>> programs);

  /// Null where there is none of this id (and, where given, this version).
  std::shared_ptr<const Program> find(const std::string& id) const;
  std::shared_ptr<const Program> find(const std::string& id, const std::string& version) const;
  /// All, ordered by id.
  const std::vector<std::shared_ptr<const Program>>& all() const { return programs_; }
  std::vector<std::string> ids() const;

 private:
  std::vector<std::shared_ptr<const Program>> programs_;
};

}  // namespace guichet::rules
