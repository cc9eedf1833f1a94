#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "eventlog/record.h"
#include "guichet/v1/case.pb.h"

namespace guichet::views {

/// A case as a reader gets it. Its state may be one that the owner of an id nobody submitted keeps
/// for its verdicts: then it has no current submission.
struct CaseView {
  std::shared_ptr<const v1::CaseState> state;
  bool held = false;
  std::uint64_t version = 0;  // of the state record, and so of any change
  std::uint32_t partition = 0;
  std::uint64_t position = 0;
};

/// The case in a record of `cases`; none where it cannot be read.
std::optional<CaseView> case_of(const eventlog::Record& record);

}  // namespace guichet::views
