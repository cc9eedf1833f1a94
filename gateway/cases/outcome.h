#pragma once

#include "gateway/cases/change.h"

namespace guichet::cases {

/// Tells the world how a program of the current submission stands, and, once no program is pending,
/// makes the next outcome: revision + 1, complete or partial, and the entitlements that follow.
void program_settled(Change& change, const v1::ProgramCase& program);

/// Makes the next outcome of the current submission unless a program is pending.
void decide(Change& change);

/// A tick: every program whose deadline has come by `asked_us` and that is still pending becomes
/// unavailable.
void deadline_reached(Change& change, std::int64_t asked_us);

}  // namespace guichet::cases
