// What a program outside writes onto its topic, and the record that Guichet makes of it.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>

#include <filesystem>
#include <future>
#include <optional>

#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "guichet/v1/determination.pb.h"
#include "tests/eventlog/kafka/broker.h"
#include "tests/eventlog/kafka/stranger.h"

namespace guichet::eventlog {
namespace {

using ::testing::SizeIs;

constexpr const char* kTopic = "determinations.nb-heat";
constexpr const char* kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class PartnerWire : public ::testing::Test {
 protected:
  void SetUp() override {
    GUICHET_NEEDS_BROKER();
    create_topics({.brokers = broker_address(), .security = {}, .prefix = prefix_},
                  topics::all({"nb-heat"}));
    KafkaOptions options;
    options.brokers = broker_address();
    options.prefix = prefix_;
    options.cache_folder = std::filesystem::temp_directory_path() / ("guichet-" + prefix_);
    log_ = KafkaLog::open(std::move(options));
    stranger_.emplace();
  }

  /// The record that Guichet reads where the stranger writes this.
  Record read(std::string value, std::map<std::string, std::string> headers = {},
              std::optional<std::string> key = {}) {
    const auto at = stranger_->write({.topic = prefix_ + kTopic,
                                      .key = std::move(key),
                                      .value = std::move(value),
                                      .headers = std::move(headers)});
    const auto records = log_->read(kTopic, 0, static_cast<std::uint64_t>(at), 10);
    EXPECT_THAT(records, SizeIs(1));
    const Record record = records.empty() ? Record{} : records[0];
    EXPECT_EQ(record.header.kind(), v1::KIND_UNCHECKED_DETERMINATION);
    EXPECT_EQ(record.header.actor().subject(), "program:nb-heat");
    EXPECT_EQ(record.header.tenant(), "default");
    return record;
  }

  const std::string prefix_ = fresh_prefix();
  std::unique_ptr<KafkaLog> log_;
  std::optional<Stranger> stranger_;
};

v1::Determination answer() {
  v1::Determination answer;
  answer.set_id("77");
  answer.set_request_id("0197a2c0-0000-7000-8000-000000000001/1/nb-heat");
  answer.add_lines()->set_beneficiary("household");
  answer.set_determined_at_us(1);
  return answer;
}

std::string json(const v1::Determination& answer) {
  std::string text;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(answer, &text).ok());
  return text;
}

TEST_F(PartnerWire, TakesABareDeterminationAsProtobuf) {
  const Record record = read(answer().SerializeAsString(), {}, "0197");
  EXPECT_EQ(record.header.id(), "77");
  EXPECT_EQ(record.header.key(), "0197a2c0-0000-7000-8000-000000000001");
  EXPECT_EQ(record.payload, answer().SerializeAsString());
  EXPECT_EQ(
      read(answer().SerializeAsString(), {{"content-type", "application/x-protobuf"}}).payload,
      record.payload);
}

TEST_F(PartnerWire, TakesItAsJsonWhereTheHeaderSaysSo) {
  for (const char* type : {"application/json", "application/json; charset=utf-8"}) {
    const Record record = read(json(answer()), {{"content-type", type}});
    EXPECT_EQ(record.header.key(), "0197a2c0-0000-7000-8000-000000000001");
    EXPECT_EQ(record.payload, answer().SerializeAsString());
  }
}

TEST_F(PartnerWire, KeepsTheBytesOfWhatCannotBeRead) {
  const std::string typo = R"({"request_idd": "x"})";
  for (const auto& [value, type] : std::vector<std::pair<std::string, std::string>>{
           {"garbage", ""},
           {typo, "application/json"},
           {json(answer()), ""},
           {answer().SerializeAsString(), "application/json"},
           {std::string(1'000'000, 'x'), "application/json"},
           {std::string(1'000'000, '\n'), ""}}) {
    const Record record = read(value, {{"content-type", type}}, "not \xff an id");
    EXPECT_EQ(record.payload, value);
    EXPECT_EQ(record.header.id(), "");
    EXPECT_EQ(record.header.key(), "nb-heat") << "never empty, and never the stranger's bytes";
  }
}

TEST_F(PartnerWire, TakesNothingIntoTheClearHeaderThatIsNoId) {
  v1::Determination hostile = answer();
  hostile.set_id("Marie Cormier, 046 454 286");
  hostile.set_request_id("Marie Cormier/1/nb-heat");
  hostile.set_application_id("Marie Cormier");
  const Record record = read(hostile.SerializeAsString(), {{"traceparent", "00-Marie-Cormier-01"}});
  EXPECT_EQ(record.header.id(), "");
  EXPECT_EQ(record.header.key(), "nb-heat");
  EXPECT_EQ(record.header.traceparent(), "");
}

TEST_F(PartnerWire, ContinuesAWellFormedTrace) {
  EXPECT_EQ(read(answer().SerializeAsString(), {{"traceparent", kTrace}}).header.traceparent(),
            kTrace);
}

TEST_F(PartnerWire, WhatGuichetWritesThereItselfIsOfTheSameForm) {
  Record record;
  record.topic = kTopic;
  record.header.set_kind(v1::KIND_UNCHECKED_DETERMINATION);
  record.header.set_id("77");
  record.header.set_key("0197a2c0-0000-7000-8000-000000000001");
  record.header.set_traceparent(kTrace);
  record.payload = answer().SerializeAsString();
  std::promise<bool> durable;
  ASSERT_TRUE(log_->append({record}, [&](bool well) { durable.set_value(well); }));
  ASSERT_TRUE(durable.get_future().get());
  const auto records = log_->read(kTopic, 0, 0, 10);
  ASSERT_THAT(records, SizeIs(1));
  EXPECT_EQ(records[0].payload, record.payload);
  EXPECT_EQ(records[0].header.id(), "77");
  EXPECT_EQ(records[0].header.key(), record.header.key());
  EXPECT_EQ(records[0].header.traceparent(), kTrace);
}

}  // namespace
}  // namespace guichet::eventlog
