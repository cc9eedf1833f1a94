#include "adapters/rules/rules_adapter.h"

#include <gmock/gmock.h>

#include "guichet/v1/dead_letter.pb.h"
#include "tests/adapters/answers.h"
#include "tests/gateway/cases/fake_program.h"

namespace guichet::testing {
namespace {

using adapters::RulesAdapter;
using ::testing::HasSubstr;

/// A program whose rules do what a test wants.
class Rules : public FakeProgram {
 public:
  using Result = guichet::Result<std::vector<v1::DeterminationLine>>;
  explicit Rules(std::function<Result()> make) : FakeProgram("nb-ctb"), make_(std::move(make)) {}
  Result determine(const v1::Facts&, Day) const override { return make_(); }

 private:
  std::function<Result()> make_;
};

RulesAdapter adapter_of(std::shared_ptr<const rules::Program> program) {
  return RulesAdapter(std::make_shared<rules::Catalogue>(
      std::vector<std::shared_ptr<const rules::Program>>{std::move(program)}));
}

v1::Determination answer_in(const eventlog::Output& output) {
  EXPECT_EQ(output.topic, "cases-inbox");
  EXPECT_EQ(output.kind, v1::KIND_DETERMINATION);
  v1::Determination answer;
  EXPECT_TRUE(answer.ParseFromString(output.payload));
  EXPECT_EQ(output.id, answer.id());
  EXPECT_EQ(output.key, answer.application_id());
  return answer;
}

/// The letter and the failed answer that an adapter makes of what went wrong.
void expect_failed(RulesAdapter adapter, const std::string& why) {
  const auto outputs = adapter.handle(request_record());
  ASSERT_EQ(outputs.size(), 2);
  v1::DeadLetter letter;
  ASSERT_TRUE(letter.ParseFromString(outputs[0].payload));
  EXPECT_EQ(outputs[0].topic, "dead-letters");
  EXPECT_EQ(letter.failure_class(), "rule_error");
  EXPECT_EQ(letter.place(), "adapters/rules");
  EXPECT_EQ(letter.program(), "nb-ctb");
  EXPECT_THAT(letter.text(), HasSubstr(why));
  EXPECT_EQ(letter.record().header().id(), kRequest);
  const v1::Determination answer = answer_in(outputs[1]);
  EXPECT_EQ(answer.dead_letter_id(), letter.id());
  ASSERT_EQ(answer.lines_size(), 1);
  EXPECT_EQ(answer.lines(0).status(), v1::FAILED);
  EXPECT_TRUE(adapters::check_determination(answer));
}

TEST(RulesAdapter, AnswersWithACheckedDeterminationInTheNameOfTheRequest) {
  RulesAdapter adapter = adapter_of(std::make_shared<FakeProgram>("nb-ctb"));
  const auto outputs = adapter.handle(request_record());
  ASSERT_EQ(outputs.size(), 1);
  const v1::Determination answer = answer_in(outputs[0]);
  EXPECT_EQ(answer.id(), std::string(kRequest) + "/answer");
  EXPECT_EQ(answer.request_id(), kRequest);
  EXPECT_EQ(answer.program_version(), "sha256:nb-ctb");
  EXPECT_EQ(answer.determined_at_us(), request_record().header.recorded_at_us());
  EXPECT_EQ(answer.lines(0).annual_amount_cents(), 120'000);
  EXPECT_TRUE(adapters::check_determination(answer));
}

TEST(RulesAdapter, MakesTheSameBytesOfTheSameRequestWheneverItIsHandled) {
  RulesAdapter adapter = adapter_of(std::make_shared<FakeProgram>("nb-ctb"));
  eventlog::Record again = request_record();
  again.position = 99;
  again.header.set_recorded_at_us(again.header.recorded_at_us() + 1);
  EXPECT_EQ(adapter.handle(request_record())[0].payload, adapter.handle(again)[0].payload);
}

TEST(RulesAdapter, RulesThatBreakMakeAFailedAnswerAndADeadLetter) {
  expect_failed(adapter_of(std::make_shared<Rules>(
                    []() -> Rules::Result { return Failure{"the table has no rule"}; })),
                "the table has no rule");
}

TEST(RulesAdapter, RulesThatThrowAreRulesThatBreak) {
  expect_failed(adapter_of(std::make_shared<Rules>(
                    []() -> Rules::Result { throw std::runtime_error("out of steps"); })),
                "out of steps");
}

TEST(RulesAdapter, AnAnswerThatWouldNotBeUsableIsAFailedOne) {
  expect_failed(adapter_of(std::make_shared<Rules>(
                    []() -> Rules::Result { return std::vector<v1::DeterminationLine>{}; })),
                "there is no line");
}

TEST(RulesAdapter, AVersionThatIsNotThereMakesAFailedAnswer) {
  auto newer = std::make_shared<FakeProgram>("nb-ctb");
  newer->edit().version = "sha256:newer";
  expect_failed(adapter_of(newer), "not in the catalogue");
}

TEST(RulesAdapter, WhatIsNoRequestIsADeadLetter) {
  RulesAdapter adapter = adapter_of(std::make_shared<FakeProgram>("nb-ctb"));
  const auto refused = [&](const eventlog::Record& record, const char* failure_class) {
    const auto outputs = adapter.handle(record);
    ASSERT_EQ(outputs.size(), 1);
    v1::DeadLetter letter;
    ASSERT_TRUE(letter.ParseFromString(outputs[0].payload));
    EXPECT_EQ(letter.failure_class(), failure_class);
  };
  eventlog::Record record = request_record();
  record.payload = "\xFF";
  refused(record, "undecodable");
  record = request_record();
  record.header.set_key("another");
  refused(record, "undecodable");
  record = request_record();
  record.header.set_id("another");
  refused(record, "undecodable");
  record = request_record();
  record.header.set_kind(v1::KIND_TICK);
  refused(record, "unknown_kind");
}

TEST(RulesAdapter, PaysNobody) {
  RulesAdapter adapter = adapter_of(std::make_shared<FakeProgram>("nb-ctb"));
  const auto outputs = adapter.pay(request_record());
  ASSERT_EQ(outputs.size(), 1);
  EXPECT_EQ(outputs[0].kind, v1::KIND_DEAD_LETTER);
}

}  // namespace
}  // namespace guichet::testing
