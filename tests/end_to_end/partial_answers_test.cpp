#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/partner_program.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;

/// The family, which asks our rules and two partners that answer by files, and never in time.
class PartialAnswers : public testing::Test {
 protected:
  PartialAnswers()
      : server_({"--programs", one_.folder().string(), "--programs", two_.folder().string()}),
        client_(server_.client()) {}

  /// Applies, and waits until the deadline has passed.
  json::value apply_and_wait() {
    auto family = demo_family();
    family["programs"] = json::array{"ca-ccb", "xx-one", "xx-two"};
    return apply(client_, family);
  }

  /// The answer of a partner, as its file; it is renamed into place, as the contract says.
  void answer(const json::value& item, const std::string& program, const std::string& own_id,
              const json::value& more = {}) {
    json::object file{
        {"request_id", text(item, "id") + "/1/" + program},
        {"id", own_id},
        {"lines", json::array{json::object{
                      {"beneficiary", "household"},
                      {"status", "INELIGIBLE"},
                      {"reasons",
                       {{{"text", {{"en", "Not this year."}, {"fr", "Pas cette année."}}},
                         {"rule", "partner/" + own_id}}}}}}}};
    if (const auto* fields = more.if_object())
      for (const auto& field : *fields) file[field.key()] = field.value();
    const auto folder = server_.data() / "exchange" / program / "determinations";
    wait_for_path(folder);
    std::ofstream(folder / ("." + own_id)) << json::serialize(file);
    std::filesystem::rename(folder / ("." + own_id), folder / (own_id + ".json"));
  }

  /// Waits until the case has this revision.
  json::value wait_for_revision(const json::value& item, std::int64_t revision) {
    const std::string target = "/v1/applications/" + text(item, "id");
    for (int tries = 0; tries < 1'000; ++tries) {
      auto now = json_of(get(client_, target));
      if (now.at("revision").as_int64() >= revision) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    ADD_FAILURE() << "no revision " << revision << ": " << get(client_, target).body;
    return item;
  }

  /// The disk may be slower than the deadline: a folder or file that the server makes comes, but
  /// not always before the case is partial.
  static void wait_for_path(const std::filesystem::path& path) {
    for (int tries = 0; tries < 1'000 && !std::filesystem::exists(path); ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
  }

  PartnerProgram one_{"xx-one", "1s"};
  PartnerProgram two_{"xx-two", "1s"};
  RunningServer server_;
  cli::HttpClient client_;
};

TEST_F(PartialAnswers, AProgramThatNeverAnswersMakesItPartialAtItsDeadline) {
  const auto start = std::chrono::steady_clock::now();
  const auto item = apply_and_wait();
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_GE(took, std::chrono::milliseconds(900));
  EXPECT_LT(took, std::chrono::seconds(15));
  EXPECT_EQ(text(item, "status"), "partial");
  EXPECT_EQ(item.at("revision").as_int64(), 1);
  EXPECT_EQ(text(*line_of(item, "ca-ccb"), "status"), "eligible");
  EXPECT_EQ(text(*line_of(item, "xx-one"), "status"), "unavailable");
  EXPECT_FALSE(line_of(item, "xx-one")->at("reasons").as_array().empty());
  // What it was asked waits for it, with no more than it needs.
  const auto request =
      server_.data() / "exchange" / "xx-one" / "requests" / (text(item, "id") + "_1_xx-one.json");
  wait_for_path(request);
  std::ifstream in(request);
  const std::string asked{std::istreambuf_iterator<char>(in), {}};
  EXPECT_THAT(asked, testing::HasSubstr("net_income"));
  EXPECT_THAT(asked, testing::Not(testing::HasSubstr("Cormier")));
  EXPECT_THAT(asked, testing::Not(testing::HasSubstr("046454286")));
}

TEST_F(PartialAnswers, ALateAnswerMakesANewRevisionAndTwoAreBothKept) {
  const auto item = apply_and_wait();
  answer(item, "xx-one", "first");
  const auto second = wait_for_revision(item, 2);
  EXPECT_EQ(text(second, "status"), "partial");
  EXPECT_EQ(text(*line_of(second, "xx-one"), "status"), "ineligible");
  EXPECT_EQ(text(*line_of(second, "xx-two"), "status"), "unavailable");
  answer(item, "xx-two", "second");
  const auto third = wait_for_revision(item, 3);
  EXPECT_EQ(text(third, "status"), "complete");
  EXPECT_EQ(text(*line_of(third, "xx-one"), "status"), "ineligible");
  EXPECT_EQ(text(*line_of(third, "xx-two"), "status"), "ineligible");
  EXPECT_EQ(text(line_of(third, "xx-two")->at("reasons").at(0), "text"), "Pas cette année.");
}

TEST_F(PartialAnswers, TwoLateAnswersAtOnceAreBothKept) {
  const auto item = apply_and_wait();
  answer(item, "xx-one", "a");
  answer(item, "xx-two", "b");
  const auto last = wait_for_revision(item, 3);
  EXPECT_EQ(text(last, "status"), "complete");
}

TEST_F(PartialAnswers, ALateAnswerOutlivesARestart) {
  const auto item = apply_and_wait();
  server_.kill();
  answer(item, "xx-one", "while-away");
  server_.start();
  client_ = server_.client();
  EXPECT_EQ(text(*line_of(wait_for_revision(item, 2), "xx-one"), "status"), "ineligible");
}

TEST_F(PartialAnswers, AnAnswerThatCannotBeUsedIsRefusedAndChangesNothing) {
  const auto item = apply_and_wait();
  answer(item, "xx-one", "broken", json::object{{"lines", json::array{}}});
  const auto refused = server_.data() / "exchange" / "xx-one" / "refused" / "broken.json";
  wait_for_path(refused);
  EXPECT_EQ(json_of(get(client_, "/v1/applications/" + text(item, "id"))).at("revision"), 1);
  answer(item, "xx-one", "mended");
  EXPECT_EQ(text(*line_of(wait_for_revision(item, 2), "xx-one"), "status"), "ineligible");
}

}  // namespace
}  // namespace guichet::end_to_end
