#include <gmock/gmock.h>

#include <functional>

#include "adapters/partner/partner_answers.h"
#include "guichet/v1/dead_letter.pb.h"
#include "schemas/determination_json.h"
#include "tests/adapters/answers.h"

namespace guichet::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// A message on determinations.nb-ctb, as the log hands it on.
eventlog::Record message(std::string payload) {
  eventlog::Record record;
  record.topic = topics::determinations("nb-ctb");
  record.position = 17;
  record.header.set_kind(v1::KIND_UNCHECKED_DETERMINATION);
  record.header.set_key("nb-ctb");
  record.header.set_recorded_at_us(1'767'276'202'000'000);
  record.payload = std::move(payload);
  return record;
}

eventlog::Record message(const v1::Determination& answer) {
  eventlog::Record record = message(answer.SerializeAsString());
  record.header.set_key(answer.request_id().substr(0, answer.request_id().find('/')));
  record.header.set_id(answer.id());
  return record;
}

std::vector<eventlog::Output> taken(const eventlog::Record& record) {
  return adapters::PartnerAnswers().handle(record);
}

/// The dead letter that is all that comes of it.
v1::DeadLetter refused(const eventlog::Record& record) {
  const auto outputs = taken(record);
  EXPECT_THAT(outputs, SizeIs(1));
  EXPECT_EQ(outputs.at(0).topic, "dead-letters");
  v1::DeadLetter letter;
  EXPECT_TRUE(letter.ParseFromString(outputs.at(0).payload));
  EXPECT_EQ(letter.place(), "adapters/partner");
  EXPECT_EQ(letter.program(), "nb-ctb");
  EXPECT_EQ(letter.topic(), "determinations.nb-ctb");
  EXPECT_EQ(letter.position(), 17);
  EXPECT_EQ(letter.record().payload(), record.payload) << "kept whole";
  return letter;
}

TEST(PartnerAnswers, AUsableOneGoesToTheOwnerOfTheApplication) {
  const auto outputs = taken(message(good_answer()));
  ASSERT_THAT(outputs, SizeIs(1));
  EXPECT_EQ(outputs[0].topic, "cases-inbox");
  EXPECT_EQ(outputs[0].kind, v1::KIND_DETERMINATION);
  EXPECT_EQ(outputs[0].key, good_answer().application_id());
  EXPECT_EQ(outputs[0].id, good_answer().id());
  EXPECT_EQ(outputs[0].payload, good_answer().SerializeAsString());
}

TEST(PartnerAnswers, OnlyTheRequestAndTheLinesMustBeThere) {
  v1::Determination bare;
  bare.set_request_id(kRequest);
  *bare.mutable_lines() = good_answer().lines();
  const auto outputs = taken(message(bare));
  ASSERT_THAT(outputs, SizeIs(1));
  EXPECT_EQ(outputs[0].topic, "cases-inbox");
  EXPECT_EQ(outputs[0].key, good_answer().application_id());
  EXPECT_EQ(outputs[0].id, std::string(kRequest) + "/answer");
}

TEST(PartnerAnswers, OwnNamesAreCompleted) {
  v1::Determination correction = good_answer();
  correction.set_id("78");
  correction.set_supersedes("77");
  v1::Determination passed;
  ASSERT_TRUE(passed.ParseFromString(taken(message(correction)).at(0).payload));
  EXPECT_EQ(passed.id(), std::string(kRequest) + "/answer/78");
  EXPECT_EQ(passed.supersedes(), std::string(kRequest) + "/answer/77");
}

TEST(PartnerAnswers, TheSameMessageMakesTheSameRecords) {
  for (const eventlog::Record& record :
       {message(good_answer()), message("garbage"), message(v1::Determination())}) {
    const auto first = taken(record);
    const auto second = taken(record);
    ASSERT_THAT(second, SizeIs(1));
    EXPECT_EQ(first[0].id, second[0].id);
    EXPECT_EQ(first[0].payload, second[0].payload);
  }
}

TEST(PartnerAnswers, WhatCannotBeUsedIsADeadLetterWithAReason) {
  using D = v1::Determination;
  const std::vector<std::pair<const char*, std::function<void(D&)>>> faults = {
      {"request_id: ", [](D& d) { d.clear_request_id(); }},
      {"another program",
       [](D& d) { d.set_request_id("0197a2c0-0000-7000-8000-000000000001/1/ca-ccb"); }},
      {"not that of the request", [](D& d) { d.set_program("ca-ccb"); }},
      {"not that of the request", [](D& d) { d.set_application_id("another"); }},
      {"not that of the request", [](D& d) { d.set_submission(2); }},
      {"id may have", [](D& d) { d.set_id("../77"); }},
      {"supersedes", [](D& d) { d.set_supersedes("of another request/answer"); }},
      {"Guichet's own", [](D& d) { d.mutable_lines(0)->set_status(v1::FAILED); }},
      {"Guichet's own", [](D& d) { d.set_dead_letter_id("d_1"); }},
      {"add up", [](D& d) { d.mutable_lines(0)->set_annual_amount_cents(1); }},
      {"there is no line", [](D& d) { d.clear_lines(); }},
      {"larger than", [](D& d) { d.set_program_version(std::string(100'000, 'x')); }},
  };
  for (const auto& [says, make] : faults) {
    v1::Determination answer = good_answer();
    make(answer);
    const v1::DeadLetter letter = refused(message(answer));
    EXPECT_EQ(letter.failure_class(), "unusable_answer") << says;
    EXPECT_THAT(letter.text(), HasSubstr(says));
  }
}

TEST(PartnerAnswers, WhatCannotBeReadIsADeadLetterThatNamesNoApplication) {
  for (const std::string& bytes :
       {std::string("garbage"), std::string(1'000'000, '\xff'), std::string("\0\0", 2)}) {
    const v1::DeadLetter letter = refused(message(bytes));
    EXPECT_EQ(letter.failure_class(), "undecodable");
    EXPECT_EQ(letter.application_id(), "");
  }
}

TEST(PartnerAnswers, AMistypedFieldIsNamedWithoutRepeatingAValue) {
  const v1::DeadLetter typo = refused(message(R"({"request_idd": "046454286"})"));
  EXPECT_THAT(typo.text(), HasSubstr("request_idd"));
  EXPECT_THAT(typo.text(), Not(HasSubstr("046454286")));
  const v1::DeadLetter type = refused(message(R"({"lines": [{"status": "046454286"}]})"));
  EXPECT_THAT(type.text(), HasSubstr("lines[0].status"));
  EXPECT_THAT(type.text(), Not(HasSubstr("046454286")));
}

TEST(PartnerAnswers, JsonWithoutItsHeaderIsToldSo) {
  EXPECT_THAT(refused(message(json_of(good_answer()))).text(), HasSubstr("content-type"));
}

TEST(PartnerAnswers, BeyondTheBoundNothingIsRead) {
  const std::string bytes = "{" + std::string(kMaxDeterminationBytes, ' ') + "}";
  EXPECT_THAT(refused(message(bytes)).text(), HasSubstr("larger than"));
}

TEST(PartnerAnswers, AnyOtherKindOfRecordIsRefused) {
  eventlog::Record record = message(good_answer());
  record.header.set_kind(v1::KIND_DETERMINATION);
  EXPECT_EQ(refused(record).failure_class(), "unknown_kind");
}

}  // namespace
}  // namespace guichet::testing
