#pragma once

#include <memory>

#include "tests/eventlog/crash.h"

namespace guichet::testing {

/// Accounts, runs, files for the bank and its answers: nobody is paid more than they are entitled
/// to, nothing is instructed twice, the books balance, every run comes to its end, and a file has
/// one number and the same bytes whenever it is written. The bank's files are written and its
/// answers read by the real adapters; processes die in the middle of those, too. `repeats`: a
/// record may stand in the log twice, and a compacted topic has old states still, as on Kafka.
std::unique_ptr<eventlog::CrashWorkload> payments_workload(bool repeats);

}  // namespace guichet::testing
