#include "gateway/cli/case_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "gateway/cli/problem_text.h"
#include "gateway/cli/terminal.h"

namespace guichet::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const char* kCase = R"({
  "id": "0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11", "number": "K7Q4-2M9XA-C", "submission": 1,
  "revision": 1, "status": "complete", "received_at": "2026-01-01T14:03:22Z",
  "programs": [
    {"program": "ca-ccb", "name": "Allocation canadienne pour enfants", "government": "CA",
     "status": "eligible", "annual_amount": "7997.00", "payments_per_year": 12,
     "beneficiary": "household", "reasons": [{"text": "Votre enfant a moins de six ans."}]},
    {"program": "ca-oas", "name": "Sécurité de la vieillesse", "government": "CA",
     "status": "ineligible", "annual_amount": "0.00", "payments_per_year": 12,
     "beneficiary": "applicant", "reasons": [{"text": "Vous avez 31 ans; il faut en avoir 65."}]},
    {"program": "nb-ctb", "name": "Prestation fiscale pour enfants", "government": "NB",
     "status": "eligible", "annual_amount": "500.00", "payments_per_year": 12,
     "beneficiary": "household", "reasons": []}],
  "annual_total": "8497.00",
  "payments": [{"date": "2026-01-20", "amount": "708.07", "parts": [
    {"program": "ca-ccb", "government": "CA", "amount": "666.41"},
    {"program": "nb-ctb", "government": "NB", "amount": "41.66"}]}]})";

std::string printed(const std::string& json, const char* language, std::size_t width = 100) {
  std::ostringstream out;
  print_case(out, boost::json::parse(json), words(language), width);
  return out.str();
}

TEST(CaseText, SaysInFrenchWhoPaysHowMuchWhyAndWhen) {
  const std::string text = printed(kCase, "fr");
  EXPECT_THAT(text,
              AllOf(HasSubstr("Demande K7Q4-2M9XA-C · complète · reçue le 1er janvier 2026"),
                    HasSubstr("7\u00a0997,00\u00a0$"), HasSubstr("chaque mois"),
                    HasSubstr("Votre enfant a moins de six ans."),
                    HasSubstr("Sécurité de la vieillesse (demandeur)"), HasSubstr("non admissible"),
                    HasSubstr("il faut en avoir 65"), HasSubstr("8\u00a0497,00\u00a0$")));
  EXPECT_THAT(text, AllOf(HasSubstr("20 janvier 2026"), HasSubstr("708,07\u00a0$"),
                          HasSubstr("666,41\u00a0$"), HasSubstr("41,66\u00a0$"),
                          HasSubstr("Nouveau-Brunswick")));
}

TEST(CaseText, SaysItInEnglish) {
  EXPECT_THAT(printed(kCase, "en"),
              AllOf(HasSubstr("Application K7Q4-2M9XA-C · complete · received on January 1, 2026"),
                    HasSubstr("$7,997.00"), HasSubstr("every month"), HasSubstr("not eligible"),
                    HasSubstr("January 20, 2026"), HasSubstr("New Brunswick")));
}

TEST(CaseText, FitsTheTerminal) {
  for (const std::size_t width : {60U, 80U, 120U}) {
    std::istringstream in(printed(kCase, "fr", width));
    for (std::string line; std::getline(in, line);) EXPECT_LE(display_width(line), width) << line;
  }
}

TEST(CaseText, ACaseThatWaitsSaysHowToLookAgain) {
  EXPECT_THAT(printed(R"({"id": "0197", "number": "N", "status": "determining", "programs": [],
                          "received_at": "2026-01-01T14:03:22Z"})",
                      "en"),
              HasSubstr("guichet show 0197 --wait 10s"));
}

TEST(CaseText, WhatIsMissingOrOfAnotherTypeDoesNotBreakIt) {
  for (const char* odd : {"{}", "[]", "null", R"({"programs": 1, "payments": {"a": 2}})",
                          R"({"programs": [null, {"reasons": "x", "annual_amount": 3}]})"})
    EXPECT_NO_THROW(printed(odd, "fr")) << odd;
}

TEST(ProblemText, NamesEachBadFieldAndWhatToDo) {
  const std::string body =
      R"({"type": "https://guichet.example/problems/bad-fields", "title": "Some fields are not right",
          "detail": "Each field that is not right is named.",
          "errors": [{"pointer": "#/household/adults/1/net_income", "detail": "not an amount"}]})";
  EXPECT_THAT(problem_text(400, body, words("en")),
              AllOf(HasSubstr("Some fields are not right"),
                    HasSubstr("#/household/adults/1/net_income  not an amount"),
                    HasSubstr("What to do: correct the fields above")));
  EXPECT_THAT(problem_text(400, body, words("fr")), HasSubstr("Que faire : corrigez"));
}

TEST(ProblemText, AnAnswerThatIsNoProblemStillSaysItsStatus) {
  EXPECT_THAT(problem_text(502, "<html>", words("en")),
              AllOf(HasSubstr("HTTP 502"), Not(HasSubstr("html"))));
}

}  // namespace
}  // namespace guichet::cli
