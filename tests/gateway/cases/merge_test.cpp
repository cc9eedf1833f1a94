#include "gateway/cases/merge.h"

#include <gmock/gmock.h>

#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

using ::testing::ElementsAre;

std::int32_t day(const char* text) {
  return to_days(parse_day(text).value());
}

void add(v1::DeterminationLine& line, const char* due, std::int64_t cents) {
  v1::Entitlement& part = *line.add_entitlements();
  part.set_due(day(due));
  part.set_amount_cents(cents);
  line.set_annual_amount_cents(line.annual_amount_cents() + cents);
}

v1::ProgramCase& program(v1::Submission& submission, const char* id, const char* government) {
  v1::ProgramCase& program = *submission.add_programs();
  program.set_program(id);
  program.set_government(government);
  program.set_status(v1::PROGRAM_ANSWERED);
  program.add_answers();
  return program;
}

v1::DeterminationLine& eligible_line(v1::ProgramCase& program, const char* beneficiary) {
  v1::DeterminationLine& line = *program.mutable_answers(0)->add_lines();
  line.set_beneficiary(beneficiary);
  line.set_status(v1::ELIGIBLE);
  return line;
}

std::vector<std::string> lines_of(const cases::MergedCase& merged) {
  std::vector<std::string> lines;
  for (const cases::CaseLine& line : merged.lines)
    lines.push_back(line.program->program() + " " + line.beneficiary + " " + line.status);
  return lines;
}

std::vector<std::string> payments_of(const cases::MergedCase& merged) {
  std::vector<std::string> payments;
  for (const cases::CombinedPayment& payment : merged.payments) {
    std::string text = to_string(payment.date) + " " + payment.amount.to_string() + ":";
    for (const cases::PaymentPart& part : payment.parts)
      text += " " + part.program + "/" + part.government + "/" + part.beneficiary + " " +
              part.amount.to_string();
    payments.push_back(text);
  }
  return payments;
}

v1::Submission two_governments() {
  v1::Submission submission;
  submission.mutable_application()->set_effective_date(day("2026-01-05"));
  v1::DeterminationLine& nb = eligible_line(program(submission, "nb-ctb", "NB"), "household");
  add(nb, "2025-12-20", 4167);
  add(nb, "2026-01-20", 4166);
  v1::DeterminationLine& ccb = eligible_line(program(submission, "ca-ccb", "CA"), "household");
  add(ccb, "2026-02-20", 66'642);
  add(ccb, "2026-01-20", 66'641);
  add(eligible_line(program(submission, "ca-gst", "CA"), "household"), "2026-01-05", 22'050);
  return submission;
}

TEST(CaseMerge, CombinesWhatIsDueOnOneDayAndKeepsTheParts) {
  const v1::Submission submission = two_governments();
  EXPECT_THAT(payments_of(cases::merge(submission)),
              ElementsAre("2026-01-05 220.50: ca-gst/CA/household 220.50",
                          "2026-01-20 708.07: ca-ccb/CA/household 666.41 nb-ctb/NB/household 41.66",
                          "2026-02-20 666.42: ca-ccb/CA/household 666.42"));
}

TEST(CaseMerge, TheTotalIsThatOfTheWholeYearOfEveryEligibleLine) {
  const v1::Submission submission = two_governments();
  EXPECT_EQ(cases::merge(submission).annual_total.to_string(), "1636.66");
}

TEST(CaseMerge, LinesAreOrderedByProgramThenApplicantBeforeSpouse) {
  v1::Submission submission;
  program(submission, "nb-ctb", "NB").mutable_answers(0)->add_lines()->set_beneficiary("household");
  v1::ProgramCase& oas = program(submission, "ca-oas", "CA");
  eligible_line(oas, "spouse");
  eligible_line(oas, "applicant").set_status(v1::REFERRED);
  EXPECT_THAT(lines_of(cases::merge(submission)),
              ElementsAre("ca-oas applicant referred", "ca-oas spouse eligible",
                          "nb-ctb household failed"));
}

TEST(CaseMerge, PendingAndUnavailableProgramsHaveALineForEachBeneficiary) {
  Desk desk;
  desk.submit(family());
  EXPECT_THAT(lines_of(cases::merge(desk.current())),
              ElementsAre("ca-ccb household pending", "ca-oas applicant pending",
                          "ca-oas spouse pending", "nb-ctb household pending"));
  desk.tick();
  EXPECT_THAT(lines_of(cases::merge(desk.current())),
              ElementsAre("ca-ccb household unavailable", "ca-oas applicant unavailable",
                          "ca-oas spouse unavailable", "nb-ctb household unavailable"));
}

TEST(CaseMerge, TheLastAnswerCounts) {
  v1::Submission submission = two_governments();
  v1::ProgramCase& nb = *submission.mutable_programs(0);
  v1::DeterminationLine& later = *nb.add_answers()->add_lines();
  later.set_beneficiary("household");
  later.set_status(v1::INELIGIBLE);
  EXPECT_THAT(payments_of(cases::merge(submission)),
              ElementsAre("2026-01-05 220.50: ca-gst/CA/household 220.50",
                          "2026-01-20 666.41: ca-ccb/CA/household 666.41",
                          "2026-02-20 666.42: ca-ccb/CA/household 666.42"));
}

TEST(CaseMerge, TwoEntitlementsOfOneLineDueOnOneDayAreOnePart) {
  v1::Submission submission;
  v1::DeterminationLine& line = eligible_line(program(submission, "ca-ccb", "CA"), "household");
  add(line, "2026-01-20", 100);
  add(line, "2026-01-20", 50);
  add(line, "2026-02-20", 0);
  EXPECT_THAT(payments_of(cases::merge(submission)),
              ElementsAre("2026-01-20 1.50: ca-ccb/CA/household 1.50"));
}

TEST(CaseMerge, NothingComesToNothing) {
  const v1::Submission nothing;
  const cases::MergedCase merged = cases::merge(nothing);
  EXPECT_TRUE(merged.lines.empty());
  EXPECT_TRUE(merged.payments.empty());
  EXPECT_EQ(merged.annual_total, Money());
}

TEST(CaseStatusNames, AreThoseOfTheInterface) {
  EXPECT_EQ(cases::to_string(v1::CASE_RECEIVED), "received");
  EXPECT_EQ(cases::to_string(v1::CASE_DETERMINING), "determining");
  EXPECT_EQ(cases::to_string(v1::CASE_COMPLETE), "complete");
  EXPECT_EQ(cases::to_string(v1::CASE_PARTIAL), "partial");
  EXPECT_EQ(cases::to_string(v1::CASE_HELD), "held");
  EXPECT_EQ(cases::to_string(v1::CASE_WITHDRAWN), "withdrawn");
  EXPECT_EQ(cases::to_string(v1::CASE_SUPERSEDED), "superseded");
}

}  // namespace
}  // namespace guichet::testing
