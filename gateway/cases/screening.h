#pragma once

#include "guichet/v1/case.pb.h"
#include "rules/program/program.h"
#include "schemas/values/dates.h"

namespace guichet::cases {

/// What an application would come to, without an identity: its programs are chosen, given their
/// facts and determined here as they are for an application, and merge() makes the same figures of
/// the result. Nothing is kept and nothing leaves, so no consent is needed, and whose application
/// it is makes no difference.
///
/// Programs that our own rules do not answer stay unavailable, for screening asks nobody; rules
/// that break make a FAILED line. Pure.
v1::Submission screen(const rules::Catalogue& catalogue, const v1::Application& application,
                      Instant now);

}  // namespace guichet::cases
