#include "adapters/answer.h"

#include <gmock/gmock.h>

#include <functional>

#include "adapters/request.h"
#include "tests/adapters/answers.h"

namespace guichet::testing {
namespace {

using adapters::check_determination;
using adapters::RequestId;
using ::testing::HasSubstr;

std::string fault(const v1::Determination& answer) {
  const auto usable = check_determination(answer);
  return usable ? "" : usable.error().message;
}

TEST(UsableAnswers, AreThoseThatAddUp) {
  EXPECT_EQ(fault(good_answer()), "");
}

TEST(UsableAnswers, MayBeOnePerAdult) {
  v1::Determination answer = good_answer();
  answer.mutable_lines(0)->set_beneficiary("spouse");
  v1::DeterminationLine& line = *answer.add_lines();
  line.set_beneficiary("applicant");
  line.set_status(v1::INELIGIBLE);
  *line.add_reasons() = because();
  EXPECT_EQ(fault(answer), "");
}

TEST(UsableAnswers, AReferralNeedsNoReason) {
  v1::Determination answer = good_answer();
  answer.clear_lines();
  answer.add_lines()->set_beneficiary("household");
  answer.mutable_lines(0)->set_status(v1::REFERRED);
  EXPECT_EQ(fault(answer), "");
}

TEST(UsableAnswers, AFailedLineSaysSoInBothLanguages) {
  v1::Determination answer = good_answer();
  answer.clear_lines();
  *answer.add_lines() = adapters::failed_line("household");
  EXPECT_EQ(fault(answer), "");
}

struct Fault {
  const char* says;
  std::function<void(v1::Determination&)> make;
};

v1::DeterminationLine& line(v1::Determination& answer) {
  return *answer.mutable_lines(0);
}

TEST(UnusableAnswers, AreNamedByWhatIsWrongWithThem) {
  using D = v1::Determination;
  const std::vector<Fault> faults = {
      {"there is no line", [](D& d) { d.clear_lines(); }},
      {"add up", [](D& d) { line(d).mutable_entitlements(0)->set_amount_cents(24'999); }},
      {"add up", [](D& d) { line(d).clear_entitlements(); }},
      {"beneficiary", [](D& d) { line(d).set_beneficiary("child"); }},
      {"beneficiary", [](D& d) { line(d).set_beneficiary(""); }},
      {"a second line", [](D& d) { *d.add_lines() = d.lines(0); }},
      {"beside one for an adult",
       [](D& d) {
         *d.add_lines() = d.lines(0);
         d.mutable_lines(1)->set_beneficiary("spouse");
       }},
      {"above zero", [](D& d) { line(d).set_annual_amount_cents(0); }},
      {"above zero", [](D& d) { line(d).set_annual_amount_cents(-1); }},
      {"above zero", [](D& d) { line(d).set_annual_amount_cents(INT64_MAX); }},
      {"out of range", [](D& d) { line(d).mutable_entitlements(0)->set_amount_cents(-1); }},
      {"out of range", [](D& d) { line(d).mutable_entitlements(0)->set_amount_cents(INT64_MAX); }},
      {"overlap",
       [](D& d) { line(d).mutable_entitlements(1)->set_from(line(d).entitlements(0).to()); }},
      {"overlap", [](D& d) { line(d).mutable_entitlements()->SwapElements(0, 1); }},
      {"overlap", [](D& d) { line(d).mutable_entitlements(0)->set_from(INT32_MIN); }},
      {"ends before it begins", [](D& d) { line(d).mutable_entitlements(0)->set_to(20'269); }},
      {"ends before it begins", [](D& d) { line(d).mutable_entitlements(1)->set_to(INT32_MAX); }},
      {"due date", [](D& d) { line(d).mutable_entitlements(0)->set_due(INT32_MAX); }},
      {"too many entitlements",
       [](D& d) {
         for (int i = 0; i < adapters::kMaxEntitlementsPerLine; ++i) line(d).add_entitlements();
       }},
      {"status", [](D& d) { line(d).set_status(v1::DETERMINATION_STATUS_UNSPECIFIED); }},
      {"status", [](D& d) { line(d).set_status(static_cast<v1::DeterminationStatus>(99)); }},
      {"not eligible",
       [](D& d) {
         line(d).set_status(v1::INELIGIBLE);
         *line(d).add_reasons() = because();
       }},
      {"no reason",
       [](D& d) {
         d.clear_lines();
         d.add_lines()->set_beneficiary("household");
         line(d).set_status(v1::INELIGIBLE);
       }},
      {"both languages",
       [](D& d) { line(d).add_reasons()->mutable_text()->set_en("Only in English."); }},
      {"control characters",
       [](D& d) {
         *line(d).add_reasons() = because();
         line(d).mutable_reasons(0)->mutable_text()->set_fr("\x1b[2J");
       }},
      {"too long",
       [](D& d) {
         *line(d).add_reasons() = because();
         line(d).mutable_reasons(0)->mutable_text()->set_fr(
             std::string(adapters::kMaxTextBytes + 1, 'x'));
       }},
      {"too many reasons",
       [](D& d) {
         for (int i = 0; i <= adapters::kMaxReasonsPerLine; ++i) *line(d).add_reasons() = because();
       }},
      {"too many missing",
       [](D& d) {
         for (int i = 0; i <= adapters::kMaxMissingFieldsPerLine; ++i)
           line(d).add_missing_fields("client.sin");
       }},
      {"no name of a field",
       [](D& d) { line(d).add_missing_fields(std::string(adapters::kMaxIdBytes + 1, 'x')); }},
      {"larger than",
       [](D& d) { d.set_program_version(std::string(adapters::kMaxAnswerBytes, 'x')); }},
      {"too long", [](D& d) { d.set_program_version(std::string(300, 'x')); }},
      {"not the id of a request", [](D& d) { d.set_request_id("nonsense"); }},
      {"not that of the request", [](D& d) { d.set_submission(2); }},
      {"not that of the request", [](D& d) { d.set_program("ca-ccb"); }},
      {"not that of the request", [](D& d) { d.set_application_id("another"); }},
      {"<request>/answer", [](D& d) { d.set_id(""); }},
      {"<request>/answer", [](D& d) { d.set_id(d.request_id() + "/answer/"); }},
      {"<request>/answer", [](D& d) { d.set_id(d.request_id() + "/answered"); }},
      {"before 1970", [](D& d) { d.set_determined_at_us(-1); }},
  };
  for (const Fault& wrong : faults) {
    v1::Determination answer = good_answer();
    wrong.make(answer);
    EXPECT_THAT(fault(answer), HasSubstr(wrong.says)) << answer.DebugString();
  }
}

TEST(RequestIds, AreReadAsTheyAreWritten) {
  const auto id = RequestId::parse(kRequest);
  ASSERT_TRUE(id);
  EXPECT_EQ(id->application, "0197a2c0-0000-7000-8000-000000000001");
  EXPECT_EQ(id->submission, 1);
  EXPECT_EQ(id->program, "nb-ctb");
  EXPECT_EQ(id->to_string(), kRequest);
}

TEST(RequestIds, OfAnyOtherFormAreRefused) {
  for (const char* bad :
       {"", "/", "//", "a/1", "a/1/", "/1/p", "a/0/p", "a/01/p", "a/+1/p", "a/-1/p", "a/x/p",
        "a/1/p/q", "a/4294967296/p", "../1/p", "a/1/..", "a b/1/p", "a/1/p\n", "a.b/1/p"})
    EXPECT_FALSE(RequestId::parse(bad)) << bad;
}

}  // namespace
}  // namespace guichet::testing
