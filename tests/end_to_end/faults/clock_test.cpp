// The clock of the machine is set, while the server runs and between two runs.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/partner_program.h"
#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::int64_t kDay = 86'400;
constexpr milliseconds kDeadline{2'000};  // of the program that never answers
constexpr milliseconds kPatience{20'000};

class Clock : public testing::Test {
 protected:
  Clock() { set(0); }

  void start(const std::string& zone = "UTC") {
    // The preloaded library stands before that of a sanitizer.
    server_.set_environment({"LD_PRELOAD=" GUICHET_BINARY_DIR
                             "/tests/end_to_end/faults/libguichet_set_clock.so",
                             "GUICHET_TEST_CLOCK=" + (folder_.path() / "clock").string(),
                             "TZ=" + zone, "ASAN_OPTIONS=verify_asan_link_order=0"});
    server_.start();
  }

  /// Ahead of the clock of the machine; negative: behind it. At once, also of a server that runs.
  void set(std::int64_t seconds) {
    const int file = open((folder_.path() / "clock").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    EXPECT_EQ(pwrite(file, &seconds, sizeof seconds, 0), static_cast<ssize_t>(sizeof seconds));
    close(file);
  }
  /// To this time, in UTC.
  void set_to(std::int64_t seconds_since_1970) { set(seconds_since_1970 - std::time(nullptr)); }

  struct Sent {
    std::string id;
    std::string received_at;
    steady_clock::time_point at;
  };
  Sent send(const std::string& key) {
    auto client = server_.client();
    const auto at = steady_clock::now();
    auto family = demo_family();
    if (today_) family.erase("effective_date");
    const auto answer = post(client, "/v1/applications", family, {{"Idempotency-Key", key}});
    EXPECT_EQ(answer.status, 202U) << answer.body;
    const auto item = json_of(answer);
    return {text(item, "id"), text(item, "received_at"), at};
  }

  /// Its deadline comes once, when it is due, whatever the clock says.
  void expect_partial_at_its_deadline(const Sent& sent, milliseconds earliest = kDeadline) {
    auto client = server_.client();
    std::string status;
    while ((status = text(json_of(get(client, "/v1/applications/" + sent.id)), "status")) !=
               "partial" &&
           steady_clock::now() - sent.at < kPatience)
      std::this_thread::sleep_for(milliseconds(20));
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - sent.at);
    EXPECT_EQ(status, "partial");
    EXPECT_GE(took + milliseconds(300), earliest);
  }

  void expect_sane_metrics() {
    auto client = server_.client();
    std::istringstream lines(get(client, "/metrics").body);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('#') || line.find(' ') == std::string::npos) continue;
      EXPECT_NE(line[line.rfind(' ') + 1], '-') << line;
    }
  }

  std::vector<std::string> listed() {
    auto client = server_.client();
    std::vector<std::string> ids;
    const auto page = json_of(get(client, "/v1/applications"));
    for (const auto& item : page.at("items").as_array()) ids.push_back(text(item, "id"));
    return ids;
  }

  bool today_ = false;
  PartnerProgram partner_{"xx-slow", "2s"};
  RunningServer server_{{"--programs", partner_.folder().string()}, RunningServer::Start::kLater};

 private:
  TemporaryFolder folder_;
};

TEST_F(Clock, ADayBackNeitherHoldsDeadlinesNorBringsThemEarly) {
  start();
  const Sent before = send("before");
  set(-kDay);
  const Sent after = send("after");
  EXPECT_NE(before.id, after.id);
  EXPECT_EQ(send("before").id, before.id);
  EXPECT_GE(after.received_at, before.received_at);
  expect_partial_at_its_deadline(before);
  expect_partial_at_its_deadline(after);
  EXPECT_EQ(listed(), (std::vector{after.id, before.id}));
  EXPECT_THAT(server_.log(), HasSubstr("the clock was set back"));
  expect_sane_metrics();
  EXPECT_EQ(server_.terminate(), 0);
  start();
  const Sent again = send("again");
  EXPECT_LT(again.received_at, before.received_at);  // a new process believes the clock
  EXPECT_EQ(send("before").id, before.id);
  expect_partial_at_its_deadline(again);
  expect_sane_metrics();
  EXPECT_EQ(server_.terminate(), 0);
  EXPECT_EQ(run_guichet({"verify", "--data", server_.data().string()}).code, 0);
}

TEST_F(Clock, ADayForwardHoldsNothing) {
  start();
  const Sent before = send("before");
  set(kDay);
  const Sent after = send("after");
  EXPECT_GT(after.received_at.substr(0, 10), before.received_at.substr(0, 10));
  EXPECT_EQ(send("before").id, before.id);
  expect_partial_at_its_deadline(before, milliseconds(0));
  expect_partial_at_its_deadline(after);
  EXPECT_EQ(listed(), (std::vector{after.id, before.id}));
  expect_sane_metrics();
  EXPECT_EQ(server_.terminate(), 0);
}

TEST_F(Clock, ThroughTheChangesOfTheHourDeadlinesAndDaysStand) {
  struct Change {
    std::int64_t at;  // two seconds before it, in seconds since 1970
    const char* utc;
    int today;  // in Moncton, in days since 1970
  };
  today_ = true;
  for (const Change& change :
       {Change{1'772'949'598, "2026-03-08T05:59", 20'520},     // to summer time, at 02:00
        Change{1'793'509'198, "2026-11-01T04:59", 20'758},     // and back, at 02:00
        Change{1'772'942'398, "2026-03-08T03:59", 20'519}}) {  // the day before ends
    set_to(change.at);
    start("America/Moncton");
    const Sent sent = send(std::to_string(change.at));
    EXPECT_THAT(sent.received_at, StartsWith(change.utc));
    expect_partial_at_its_deadline(sent);
    const auto asked =
        server_.data() / "exchange" / "xx-slow" / "requests" / (sent.id + "_1_xx-slow.json");
    for (int tries = 0; tries < 500 && !std::filesystem::exists(asked); ++tries)
      std::this_thread::sleep_for(milliseconds(20));
    std::ifstream in(asked);
    EXPECT_THAT((std::string{std::istreambuf_iterator<char>(in), {}}),
                HasSubstr("\"effective_date\": " + std::to_string(change.today)));
    expect_sane_metrics();
    EXPECT_EQ(server_.terminate(), 0);
  }
}

}  // namespace
}  // namespace guichet::end_to_end
