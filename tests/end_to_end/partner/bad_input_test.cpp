// What strangers may write onto the topics of a running server: nothing stops, each is a dead
// letter or a repeat that is dropped, and the log says which in one line.

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "guichet/v1/determination.pb.h"
#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/partner/on_kafka.h"
#include "tests/eventlog/kafka/stranger.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr const char* kSomeone = "Marie Cormier, 046454286";

v1::Determination no_to(const std::string& request_id, const char* because = "Not this year.") {
  v1::Determination answer;
  answer.set_request_id(request_id);
  v1::DeterminationLine& line = *answer.add_lines();
  line.set_beneficiary("household");
  line.set_status(v1::INELIGIBLE);
  line.add_reasons()->mutable_text()->set_en(because);
  line.mutable_reasons(0)->mutable_text()->set_fr("Pas cette année.");
  return answer;
}

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class BadInput : public ::testing::Test {
 protected:
  void SetUp() override {
    GUICHET_NEEDS_BROKER();
    kafka_.emplace();
    stranger_.emplace();
    client_.emplace(kafka_->server().client());
  }

  /// Sends the family, asks our rules and the partner, and does not wait for them.
  std::string submit() {
    json::object family = demo_family();
    family["programs"] = json::array{"ca-ccb", kPartnersProgram};
    const auto answer = post(*client_, "/v1/applications", family);
    EXPECT_EQ(answer.status, 202) << answer.body;
    return text(json_of(answer), "id");
  }
  std::string request_of(const std::string& application, int submission = 1) {
    return application + "/" + std::to_string(submission) + "/" + kPartnersProgram;
  }
  void write(const std::string& value, const std::string& content_type = "") {
    stranger_->write({.topic = kafka_->program_topic("determinations"),
                      .value = value,
                      .headers = {{"content-type", content_type}}});
  }
  void write(const v1::Determination& answer) { write(answer.SerializeAsString()); }

  json::value read(const std::string& application) {
    return json_of(get(*client_, "/v1/applications/" + application, {{"Accept-Language", "en"}}));
  }
  std::string status(const std::string& application) {
    return text(*line_of(read(application), kPartnersProgram), "status");
  }
  std::vector<std::string> classes(std::size_t letters) {
    std::vector<std::string> all;
    for (const v1::DeadLetter& letter : kafka_->dead_letters(letters)) {
      all.push_back(letter.failure_class());
      EXPECT_THAT(log(),
                  HasSubstr("dead letter " + letter.id() + " class=" + letter.failure_class() +
                            " place=" + letter.place() + " topic=" + letter.topic() +
                            " partition=0 position=" + std::to_string(letter.position())));
      EXPECT_THAT(letter.text(), ::testing::Not(HasSubstr("Cormier")));
    }
    return all;
  }
  std::string log() { return kafka_->server().log(); }

  std::optional<OnKafka> kafka_;
  std::optional<eventlog::Stranger> stranger_;
  std::optional<cli::HttpClient> client_;
};

TEST_F(BadInput, OnEveryTopicStopsNothingAlsoAMegabyteOfIt) {
  const std::string before = submit();
  const std::string megabyte = std::string(kSomeone) + std::string(1'000'000, '\xff');
  for (const char* topic : {"cases-inbox", "requests.ca-ccb", "determinations.nb-gm-heating",
                            "events", "cases", "payments-inbox", "accounts", "ledger", "runs-inbox",
                            "runs", "payments-instructions", "dead-letters"})
    for (const std::string& value : {std::string(kSomeone), megabyte, std::string()})
      for (const std::optional<std::string>& key :
           {std::optional<std::string>(), std::optional(before),
            std::optional<std::string>("\xff")})
        // A compacted topic takes nothing without a key: the broker sees to that.
        if (key || (topic != std::string_view("cases") && topic != std::string_view("accounts") &&
                    topic != std::string_view("runs")))
          stranger_->write({.topic = kafka_->topic(topic), .key = key, .value = value});

  // Everything goes on.
  const std::string after = submit();
  write(no_to(request_of(before)));
  write(no_to(request_of(after)));
  for (const std::string& application : {before, after})
    EXPECT_EQ(text(wait_for_status(*client_, application, "complete"), "id"), application);

  // Each of those that somebody reads for its content is kept whole; instructions are read where an
  // account pays. The same bytes under another
  // key are another letter: the topic's place is in its id.
  std::map<std::string, int> by_topic;
  for (const v1::DeadLetter& letter : kafka_->dead_letters(5 * 9 + 3 * 6)) {
    ++by_topic[letter.topic()];
    const std::string& kept = letter.has_record() ? letter.record().payload() : letter.original();
    EXPECT_THAT(kept.size(), ::testing::AnyOf(0U, std::string(kSomeone).size(), megabyte.size()));
    EXPECT_THAT(log(), HasSubstr("dead letter " + letter.id()));
  }
  EXPECT_THAT(
      by_topic,
      UnorderedElementsAre(::testing::Pair("cases-inbox", 9), ::testing::Pair("requests.ca-ccb", 9),
                           ::testing::Pair("determinations.nb-gm-heating", 9),
                           ::testing::Pair("payments-inbox", 9), ::testing::Pair("runs-inbox", 9),
                           ::testing::Pair("cases", 6), ::testing::Pair("accounts", 6),
                           ::testing::Pair("runs", 6)));

  const auto events = get(*client_, "/v1/events");
  EXPECT_EQ(events.status, 200) << events.body;
  EXPECT_THAT(events.body, HasSubstr(before));
  EXPECT_THAT(events.body, HasSubstr(after));

  // Nor does it stop a restore of all states.
  EXPECT_EQ(kafka_->server().terminate(), 0);
  for (const auto& file : std::filesystem::directory_iterator(kafka_->server().data()))
    if (file.path().string().find(".db") != std::string::npos) std::filesystem::remove(file.path());
  kafka_->server().start();
  client_.emplace(kafka_->server().client());
  EXPECT_TRUE(eventually([&] { return get(*client_, "/readyz").status == 200; }));
  EXPECT_EQ(text(read(before), "status"), "complete");
  const std::string later = submit();
  write(no_to(request_of(later)));
  EXPECT_EQ(text(wait_for_status(*client_, later, "complete"), "id"), later);
}

TEST_F(BadInput, AnswersThatNobodyAskedForAreDeadLetters) {
  const std::string application = submit();
  write(no_to(request_of("0197a2c0-0000-7000-8000-00000000dead")));  // never was
  write(no_to(request_of(application, 2)));                          // no such submission
  write(no_to(application + "/1/ca-ccb"));                           // another program's
  EXPECT_THAT(classes(3),
              UnorderedElementsAre("unknown_request", "unknown_request", "unusable_answer"));
  EXPECT_EQ(status(application), "pending");
  write(no_to(request_of(application)));
  wait_for_status(*client_, application, "complete");
}

TEST_F(BadInput, AnswersOfAWrongFormAreDeadLettersAndTheRightOneStillCounts) {
  const std::string application = submit();
  const std::string request = "{\"request_id\": \"" + request_of(application) + "\", ";
  write(request + R"("lines": [{"status": "MAYBE"}]})", "application/json");
  write(request + R"("lines": "Marie Cormier"})", "application/json");
  write(request + R"("line": []})", "application/json");
  write(request + R"("lines": []})", "application/json");
  write(request + R"("lines": []})");  // no content-type
  v1::Determination cheap = no_to(request_of(application));
  cheap.mutable_lines(0)->set_annual_amount_cents(1);
  write(cheap);
  EXPECT_THAT(classes(6),
              UnorderedElementsAre("undecodable", "undecodable", "undecodable", "undecodable",
                                   "unusable_answer", "unusable_answer"));
  EXPECT_EQ(status(application), "pending");
  write(no_to(request_of(application)));
  wait_for_status(*client_, application, "complete");
  EXPECT_EQ(status(application), "ineligible");
}

TEST_F(BadInput, TenTimesTheSameHasOneEffectAndAContradictionGoesToAPerson) {
  const std::string application = submit();
  const v1::Determination answer = no_to(request_of(application));
  for (int i = 0; i < 10; ++i) write(answer);
  const json::value decided = wait_for_status(*client_, application, "complete");
  EXPECT_TRUE(eventually([&] {
    return count(log(), "nothing new, dropped: topic=cases-inbox") == 9;
  })) << log();
  EXPECT_EQ(read(application).at("revision"), decided.at("revision"));

  write(no_to(request_of(application), "Never."));  // the same id, other content
  v1::Determination unmarked = no_to(request_of(application), "Never.");
  unmarked.set_id("2");
  write(unmarked);
  EXPECT_THAT(classes(2), UnorderedElementsAre("same_id_other_content", "contradictory_answer"));
  EXPECT_EQ(read(application).at("revision"), decided.at("revision"));

  v1::Determination correction = no_to(request_of(application), "Next year.");
  correction.set_id("3");
  correction.set_supersedes(request_of(application) + "/answer");
  write(correction);
  EXPECT_TRUE(eventually([&] { return read(application).at("revision").as_int64() == 2; }));
  EXPECT_THAT(json::serialize(read(application)), HasSubstr("Next year."));
}

}  // namespace
}  // namespace guichet::end_to_end
