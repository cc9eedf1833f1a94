#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "rules/program/program.h"
#include "schemas/values/money.h"

namespace guichet::rules {

inline constexpr std::size_t kMaxExamples = 1'000;

/// One line of a program's examples.jsonl: a household, a day, and what the program must answer.
///
///   {"name": "one young child", "day": "2026-01-01", "client": {"sin": "046454286"},
///    "residence": {"province": "NB"}, "household": {"adults": [{"role": "applicant", …}], …},
///    "expected": [{"beneficiary": "household", "status": "eligible", "annual_amount": "7997.00",
///                  "reasons": ["reasons/full"]}]}
///
/// The parts of the household are written as in an application; what is left out is zero or false.
/// `reasons`, the rules that fired, and `missing` may be left out of what is expected.
struct Example {
  struct Line {
    std::string beneficiary;
    std::string status;
    Money annual_amount;
    std::vector<std::string> reasons;
    std::vector<std::string> missing;
  };
  std::string place;  // examples.jsonl: line 3
  std::string name;
  Day day;
  v1::Facts facts;
  std::vector<Line> expected;
};

/// The examples in a program's folder; none where it has no such file.
Result<std::vector<Example>> load_examples(const std::filesystem::path& folder);

/// Where the program answers otherwise than its examples expect: one text for each difference.
std::vector<std::string> differences(const Program& program, const std::vector<Example>& examples);

}  // namespace guichet::rules
