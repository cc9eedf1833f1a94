#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "adapters/bank/payment.h"
#include "adapters/payments/run_lines.h"
#include "eventlog/log.h"
#include "eventlog/processor.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::adapters {

/// A program's name in both languages.
struct ProgramName {
  std::string en;
  std::string fr;
};
using NameOf = std::function<ProgramName(const std::string& program)>;

/// Whether a bank can take a payment to this payee: its name and account can be written in a file.
bool fits_bank(const v1::Payee& payee);

/// The stage that writes a released run's files for the bank: for each order on
/// `payments-instructions` the instructions before it that stand in this file, sorted, as ISO 20022
/// pain.001, into
///
///   <folder>/<run>-<number>-<hash>.xml
///
/// A file is a pure function of the run and its number (adapters/bank/file_store.h): after a crash
/// at any point the same order writes the same bytes, and there is one file. What is durable of the
/// log only is written; where something is missing still, the order waits.
class PaymentFiles : public eventlog::Handler {
 public:
  PaymentFiles(const eventlog::Log& log, std::filesystem::path folder, bank::Debtor debtor,
               NameOf name_of);

  std::vector<eventlog::Output> handle(const eventlog::Record& input) override;

 private:
  RunLines lines_;
  std::filesystem::path folder_;
  bank::Debtor debtor_;
  NameOf name_of_;
};

}  // namespace guichet::adapters
