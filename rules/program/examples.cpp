#include "rules/program/examples.h"

#include <fstream>

#include "rules/program/facts_reader.h"

namespace guichet::rules {
namespace {

constexpr const char* kExamplesFile = "examples.jsonl";
const std::vector<std::string_view> kStatuses = {"eligible", "ineligible", "needs_information",
                                                 "referred"};

std::string_view status_of(v1::DeterminationStatus status) {
  switch (status) {
    case v1::ELIGIBLE:
      return kStatuses[0];
    case v1::INELIGIBLE:
      return kStatuses[1];
    case v1::NEEDS_INFORMATION:
      return kStatuses[2];
    case v1::REFERRED:
      return kStatuses[3];
    default:
      return "failed";
  }
}

Example::Line read_line(const Node& node, Mistakes& mistakes) {
  Section section(node, mistakes);
  const std::vector<std::string_view> beneficiaries = {"household", "applicant", "spouse"};
  Example::Line line;
  line.beneficiary = beneficiaries[read_choice(
      section.required("beneficiary", "household, applicant or spouse"), beneficiaries, mistakes)];
  line.status =
      kStatuses[read_choice(section.required("status", "such as eligible"), kStatuses, mistakes)];
  if (const Node* amount = section.optional("annual_amount"))
    line.annual_amount = read_money(*amount, mistakes);
  if (const Node* reasons = section.optional("reasons"))
    line.reasons = read_texts(*reasons, mistakes);
  if (const Node* missing = section.optional("missing"))
    line.missing = read_texts(*missing, mistakes);
  return line;
}

Example read_example(const Node& node, Mistakes& mistakes) {
  Section section(node, mistakes);
  Example example;
  example.place = node.place;
  example.name = read_text(section.required("name", "what it shows"), mistakes);
  example.day = read_day(section.required("day", "the effective day"), mistakes);
  const Node* client = section.optional("client");
  const Node* residence = section.optional("residence");
  example.facts = read_facts(client, residence, section.optional("household"), mistakes);
  for (const Node& line : read_list(section.required("expected", "a list of lines"), mistakes))
    example.expected.push_back(read_line(line, mistakes));
  return example;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

void compare(const v1::DeterminationLine& got, const Example::Line& expected,
             const std::string& place, std::vector<std::string>& found) {
  const auto check = [&](std::string_view what, std::string_view answer, std::string_view wanted) {
    if (answer != wanted)
      found.push_back(place + ": " + expected.beneficiary + ": " + std::string(what) + " is " +
                      std::string(answer) + ", expected " + std::string(wanted));
  };
  std::vector<std::string> reasons;
  for (const v1::Reason& reason : got.reasons()) reasons.push_back(reason.rule());
  check("beneficiary", got.beneficiary(), expected.beneficiary);
  check("status", status_of(got.status()), expected.status);
  check("annual_amount", Money::of_cents(got.annual_amount_cents()).to_string(),
        expected.annual_amount.to_string());
  if (!expected.reasons.empty()) check("reasons", joined(reasons), joined(expected.reasons));
  if (!expected.missing.empty())
    check("missing", joined({got.missing_fields().begin(), got.missing_fields().end()}),
          joined(expected.missing));
}

}  // namespace

Result<std::vector<Example>> load_examples(const std::filesystem::path& folder) {
  std::vector<Example> examples;
  std::ifstream file(folder / kExamplesFile);
  Mistakes mistakes;
  std::string text;
  for (std::size_t number = 1; std::getline(file, text); ++number) {
    const std::string place = std::string(kExamplesFile) + ": line " + std::to_string(number);
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (text.size() > kMaxFileBytes || examples.size() == kMaxExamples)
      return Failure{place + ": too large; at most " + std::to_string(kMaxExamples) +
                     " examples of " + std::to_string(kMaxFileBytes) + " bytes"};
    const Result<Node> node = read_json(place, text);
    if (!node) return node.error();
    examples.push_back(read_example(*node, mistakes));
  }
  if (!mistakes.none()) return mistakes.failure();
  return examples;
}

std::vector<std::string> differences(const Program& program, const std::vector<Example>& examples) {
  std::vector<std::string> found;
  for (const Example& example : examples) {
    const std::string place = example.place + " (" + example.name + ")";
    const auto lines = program.determine(example.facts, example.day);
    if (!lines) {
      found.push_back(place + ": " + lines.error().message);
    } else if (lines->size() != example.expected.size()) {
      found.push_back(place + ": " + std::to_string(lines->size()) + " lines, expected " +
                      std::to_string(example.expected.size()));
    } else {
      for (std::size_t i = 0; i < lines->size(); ++i)
        compare((*lines)[i], example.expected[i], place, found);
    }
  }
  return found;
}

}  // namespace guichet::rules
