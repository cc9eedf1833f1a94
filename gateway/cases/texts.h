#pragma once

#include <string_view>

#include "guichet/v1/case.pb.h"

// What a person is told, in both languages, where no program gave the reason. The one home of these
// texts; only the one for an answer that could not be used is the adapters' own
// (adapters/answer.h).

namespace guichet::cases {

/// A program that was not asked, for there is no consent to ask it.
v1::DeterminationLine no_consent_line(const v1::ProgramCase& program, std::string_view beneficiary);

/// A program that was asked for by name and is not offered where the client lives, or not at all.
v1::DeterminationLine not_offered_line(std::string_view beneficiary);

/// Why a line is unavailable: the program did not answer in time.
const v1::Reason& unavailable_reason();

/// Why a screening has no answer of a program that our own rules do not answer.
const v1::Reason& not_screened_reason();

}  // namespace guichet::cases
