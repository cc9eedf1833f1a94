#pragma once

#include "eventlog/processor.h"
#include "guichet/v1/case.pb.h"
#include "rules/program/program.h"

namespace guichet::cases {

/// How many different programs the application concerns: those it names, or all that are offered.
std::size_t count_programs(const rules::Catalogue& catalogue, const v1::Application& application);

/// Fills in the programs of a new submission, ordered by id, and returns the requests to send.
///
/// Named programs, or every program offered where the client lives. One that may not be asked gets
/// its line at once: `needs_information` without consent, `ineligible` where it is not offered.
/// Every other is pending until its deadline, counted from the submission's own time.
std::vector<eventlog::Output> ask_programs(const rules::Catalogue& catalogue,
                                           const std::string& application_id,
                                           v1::Submission& submission);

}  // namespace guichet::cases
