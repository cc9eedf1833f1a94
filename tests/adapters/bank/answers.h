#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/bank/sent_file.h"

namespace guichet::bank::testing {

/// One payment in a bank's answer.
struct SaidLine {
  std::string end_to_end_id;
  std::string status;
  std::string reason;  // code
  std::string amount;  // InstdAmt; empty: left out
  std::string currency = "CAD";
};

/// A status report as a bank writes it, of any version; what is empty is left out.
struct StatusReport {
  std::string version = "pain.002.001.10";
  std::string message_id = "BANK-1";
  std::string original;  // MsgId of our file
  std::string count, total, status, reason;
  std::string batch, batch_count, batch_total, batch_status;
  std::vector<SaidLine> lines;

  /// About this file, with its true counts and sums.
  static StatusReport of(const SentFile& sent);
  std::string xml() const;
};

}  // namespace guichet::bank::testing
