#pragma once

#include <vector>

#include "eventlog/processor.h"

namespace guichet::adapters {

/// The contract of a program's adapter. Two operations: determine and pay. Doing either again, for
/// the same record, is harmless and makes the same records.
///
/// An adapter is the handler of the stage that reads `requests.<program>`. What it cannot read, or
/// must not do, becomes a dead letter; it throws TryAgainLater where the program or a disk is away.
class Adapter : public eventlog::Handler {
 public:
  /// Gives the record to the operation that its kind names.
  std::vector<eventlog::Output> handle(const eventlog::Record& input) final;

  /// Asks the program. The answer, a checked determination for `cases-inbox`, is among what is
  /// returned where the program answers at once; else it comes later by itself.
  virtual std::vector<eventlog::Output> determine(const eventlog::Record& request) = 0;

  /// Asks a program that pays itself (`paid_by: program`) to pay an instruction. No record asks for
  /// it yet.
  virtual std::vector<eventlog::Output> pay(const eventlog::Record& instruction) = 0;
};

}  // namespace guichet::adapters
