#pragma once

#include <vector>

#include "eventlog/processor.h"
#include "guichet/v1/determination.pb.h"

namespace guichet::adapters {

/// The contract of a program's adapter. Two operations: determine and pay.
class Adapter {
 public:
  virtual ~Adapter() = default;

  /// Asks the program. The answer, a checked determination for `cases-inbox`, is among what is
  /// returned where the program answers at once; else it comes later by itself.
  virtual std::vector<eventlog::Output> determine(const eventlog::Record& request) = 0;

  /// Asks a program that pays itself (`paid_by: program`) to pay an instruction.
  virtual std::vector<eventlog::Output> pay(const eventlog::Record& instruction) = 0;
};

}  // namespace guichet::adapters
