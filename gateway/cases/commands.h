#pragma once

#include "gateway/cases/change.h"
#include "guichet/v1/commands.pb.h"
#include "rules/program/program.h"

namespace guichet::cases {

/// Whether a verdict on this command is among the last that the state keeps.
bool is_answered(const v1::CaseState& state, std::string_view command_id);

/// Whether the application is known only because a fault held its first record (hold_unread).
bool is_unread(const v1::CaseState& state);

// Each takes a command and answers it with a verdict, or refuses it where there is no application
// that could hold one. A refused command leaves what a reader sees as it was.

void submit(const rules::Catalogue& catalogue, Change& change,
            const v1::SubmitApplication& command);
void amend(const rules::Catalogue& catalogue, Change& change, const v1::AmendApplication& command);
void withdraw(Change& change, const v1::WithdrawApplication& command);

/// The state of an application whose first record the processor failed on: it is there, answered
/// and held, so that nothing acknowledged is lost; submit() takes it up when the record is
/// replayed.
void hold_unread(Change& change, const v1::SubmitApplication& command);

}  // namespace guichet::cases
