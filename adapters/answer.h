#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/processor.h"
#include "guichet/v1/determination.pb.h"
#include "schemas/values/result.h"

// A program's answer: what makes one usable, and how it travels. The one home of both, for every
// adapter and for gateway/cases.

namespace guichet::adapters {

inline constexpr std::size_t kMaxAnswerBytes = 64 * 1024;
inline constexpr int kMaxEntitlementsPerLine = 64;
inline constexpr int kMaxReasonsPerLine = 64;
inline constexpr int kMaxMissingFieldsPerLine = 64;
inline constexpr std::size_t kMaxTextBytes = 4'000;
inline constexpr std::size_t kMaxIdBytes = 256;

/// What makes an answer usable: ids that agree; one line for the household, or one for each adult;
/// an eligible line with an amount that its entitlements add up to, in periods that do not overlap;
/// every other line without money; reasons, in both languages, wherever a person is told no; sizes
/// within the bounds above. The failure names the line, never an amount.
Result<void> check_determination(const v1::Determination& determination);

/// <request>/answer, and the program's own name of the answer where it has one.
std::string answer_id(std::string_view request_id, std::string_view own = {});

/// The record that brings a checked answer to the owner of the application.
eventlog::Output answer_record(const v1::Determination& determination);

/// A line that says, in both languages, that the program's answer could not be used.
v1::DeterminationLine failed_line(std::string_view beneficiary);

}  // namespace guichet::adapters
