#pragma once

#include <string>

#include "guichet/v1/case.pb.h"

namespace guichet::http {

/// The steps of a case as {"items": […], "next": null}, oldest first: what happened, when, by whom,
/// within which trace. Where the first item's `sequence` is not 1, what was before stands in
/// `events` alone.
std::string history_json(const v1::CaseState& state);

}  // namespace guichet::http
