#include "eventlog/host.h"
#include "eventlog/dead_letter.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>
#include <set>
#include <thread>

#include "eventlog/dead_letter.h"
#include "eventlog/memory/memory_log.h"
#include "eventlog/partition.h"
#include "schemas/values/moment.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/tally.h"

namespace guichet::eventlog {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

std::vector<std::string> payloads(const std::vector<Record>& records, const std::string& key = "") {
  std::vector<std::string> all;
  for (const Record& record : records) {
    if (key.empty() || record.header.key() == key) all.push_back(record.payload);
  }
  return all;
}

v1::DeadLetter letter_of(const Record& record) {
  v1::DeadLetter letter;
  EXPECT_TRUE(letter.ParseFromString(record.payload));
  return letter;
}

/// The tally application on a log in memory, driven by hand.
class HostTest : public testing::Test {
 protected:
  HostTest() { start(); }

  void start(std::vector<Stage> stages = {}) {
    host_.reset();
    if (stages.empty()) stages = tally_stages(faults_);
    host_ = std::make_unique<Host>(
        log_, "main", std::move(stages), [this] { return now_; },
        [this](const std::string& line) { printed_.push_back(line); });
  }

  /// What a crash leaves, with the same code or newer.
  void restart(std::vector<Stage> stages = {}) {
    host_.reset();
    log_.restart();
    start(std::move(stages));
  }

  void send(std::vector<Record> records) { ASSERT_TRUE(log_.append(std::move(records), nullptr)); }

  /// Steps until there is nothing to do, and makes everything durable.
  int settle() {
    int steps = 0;
    while (host_->step()) {
      ++steps;
      EXPECT_LT(steps, 10'000) << "the host never comes to rest";
      if (steps == 10'000) break;
    }
    log_.sync();
    return steps;
  }

  std::vector<Record> events() { return read_all(log_, kEvents); }
  std::vector<Record> dead_letters() { return read_all(log_, topics::kDeadLetters); }

  v1::KeyState key_state(const std::string& key) {
    v1::KeyState state;
    const std::optional<Record> record = log_.latest(kTallies, key);
    EXPECT_TRUE(record && state.ParseFromString(record->payload));
    return state;
  }

  static Record replay(const std::string& key) {
    Record made = command(key, "replay of " + key);
    made.header.set_kind(v1::KIND_REPLAY);
    return made;
  }

  std::shared_ptr<TallyFaults> faults_ = std::make_shared<TallyFaults>();
  Instant now_ = from_micros(kTallyStart);
  MemoryLog log_{{.topics = tally_topics(), .manual_sync = true, .most_waiting_records = 100'000}};
  std::vector<std::string> printed_;
  std::unique_ptr<Host> host_;
};

TEST_F(HostTest, RunsStagesUntilNothingIsLeft) {
  send({command("k", "1"), command("k", "2"), command("l", "3")});
  settle();
  EXPECT_THAT(payloads(events(), "k"),
              ElementsAre("1", "2", "1/request/answer", "2/request/answer"));
  EXPECT_THAT(payloads(events(), "l"), ElementsAre("3", "3/request/answer"));
  EXPECT_THAT(dead_letters(), IsEmpty());
}

TEST_F(HostTest, OutputsInheritTimeTenantTraceAndActorFromTheirInput) {
  Record input = command("k", "1");
  input.header.set_traceparent("00-trace");
  input.header.mutable_actor()->set_subject("a.cormier");
  input.header.set_recorded_at_us(kTallyStart - 5);
  send({input});
  settle();
  const std::vector<Record> requests = read_all(log_, kRequests);
  ASSERT_THAT(requests, SizeIs(1));
  for (const Record& record : {events()[0], requests[0], *log_.latest(kTallies, "k")}) {
    EXPECT_EQ(record.header.recorded_at_us(), kTallyStart - 5);
    EXPECT_EQ(record.header.tenant(), "default");
    EXPECT_EQ(record.header.traceparent(), "00-trace");
    EXPECT_EQ(record.header.actor().subject(), "a.cormier");
    EXPECT_EQ(record.header.schema_version(), 1U);
  }
}

TEST_F(HostTest, AKeyThatChangesOftenInAPassGetsOneStateRecord) {
  send({command("k", "1"), command("k", "2"), command("k", "3")});
  host_->step();
  log_.sync();
  EXPECT_EQ(log_.latest(kTallies, "k")->header.id(), "k/v1");
  EXPECT_EQ(log_.latest(kTallies, "k")->header.kind(), v1::KIND_KEY_STATE);
  EXPECT_EQ(key_state("k").version(), 1U);
  test::Tally tally;
  tally.ParseFromString(key_state("k").state());
  EXPECT_EQ(tally.sequence(), 3U);
  settle();
  EXPECT_EQ(log_.latest(kTallies, "k")->header.id(), "k/v2");
}

TEST_F(HostTest, GoesOnWithTheStateThatWasWritten) {
  send({command("k", "1")});
  settle();
  restart();
  send({command("k", "1"), command("k", "2")});
  settle();
  EXPECT_THAT(ids(events()), ElementsAre("k/e1", "k/e2", "k/e3", "k/e4"));
}

TEST_F(HostTest, AFaultHoldsItsKeyAndParksWhatFollows) {
  send({command("k", "1"), command("k", "2", "boom"), command("k", "3"), command("other", "4")});
  settle();
  EXPECT_THAT(payloads(events(), "k"), ElementsAre("1", "held"));
  EXPECT_THAT(payloads(events(), "other"), ElementsAre("4", "4/request/answer"));
  ASSERT_THAT(dead_letters(), SizeIs(1));
  const v1::DeadLetter letter = letter_of(dead_letters()[0]);
  EXPECT_EQ(letter.kind(), v1::DeadLetter::FAULT);
  EXPECT_EQ(letter.failure_class(), "processor_fault");
  EXPECT_EQ(letter.text(), "boom");
  EXPECT_EQ(letter.place(), "tally");
  EXPECT_EQ(letter.record().header().id(), "2");
  EXPECT_EQ(letter.id(), dead_letters()[0].header.id());
  EXPECT_THAT(letter.id(), StartsWith("d_"));
  EXPECT_EQ(letter.id().size(), 34U);

  const v1::KeyState state = key_state("k");
  EXPECT_EQ(state.held().dead_letter_id(), letter.id());
  EXPECT_EQ(state.held().since_us(), kTallyStart);
  ASSERT_EQ(state.parked_size(), 3);  // the one that failed, the next, the answer to the first
  EXPECT_EQ(state.parked(0).envelope().header().id(), "2");
  EXPECT_EQ(state.parked(1).envelope().header().id(), "3");
  EXPECT_EQ(state.parked(2).envelope().header().id(), "1/request/answer");
  EXPECT_EQ(log_.latest(kTallies, "k")->header.wake_at_us(), 0);
}

TEST_F(HostTest, AFaultFindsTheStateThatItMetThoughStatesChangeInPlace) {
  send({command("k", "1"), command("k", "2"), command("k", "3", "boom")});  // one pass
  host_->step();
  log_.sync();
  ASSERT_FALSE(log_.latest(kTallies, "k")) << "to be done again, with copies";
  host_->step();
  log_.sync();
  ASSERT_TRUE(key_state("k").has_held());
  test::Tally tally;
  tally.ParseFromString(key_state("k").state());
  EXPECT_THAT(tally.handled(), ElementsAre("1", "2"));
  EXPECT_THAT(payloads(events(), "k"), ElementsAre("1", "2", "held"));
}

TEST_F(HostTest, AFaultOfTheFirstRecordHoldsAKeyThatHasNoStateYet) {
  faults_->hold_broken = true;
  send({command("k", "1", "boom"), command("k", "2")});
  settle();
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_TRUE(key_state("k").has_held());
  EXPECT_EQ(key_state("k").parked_size(), 2);
  EXPECT_EQ(key_state("k").state(), "");
  faults_->broken = false;
  restart();
  send({replay("k")});
  settle();
  EXPECT_THAT(payloads(events()), ElementsAre("1", "2", "1/request/answer", "2/request/answer"));
}

TEST_F(HostTest, AReplayHandlesWhatIsParkedInOrderAlsoAfterARestart) {
  send({command("k", "1", "boom"), command("k", "2"), command("k", "3")});
  settle();
  restart();
  send({command("k", "4")});
  settle();
  faults_->broken = false;
  send({replay("k"), command("k", "5"), replay("k")});
  settle();
  EXPECT_THAT(payloads(events()),
              ElementsAre("held", "1", "2", "3", "4", "5", "1/request/answer", "2/request/answer",
                          "3/request/answer", "4/request/answer", "5/request/answer"));
  EXPECT_FALSE(key_state("k").has_held());
  EXPECT_EQ(key_state("k").parked_size(), 0);
  EXPECT_THAT(dead_letters(), SizeIs(1));
  const std::uint64_t version = key_state("k").version();
  send({replay("k")});  // once more: no effect
  settle();
  EXPECT_EQ(key_state("k").version(), version);
}

TEST_F(HostTest, AReplayThatFailsHoldsAgainWithWhatIsLeft) {
  send(
      {command("k", "1", "boom"), command("k", "2"), command("k", "3", "boom"), command("k", "4")});
  settle();
  send({replay("k")});  // nothing was mended: the same fault, the same dead letter
  settle();
  EXPECT_TRUE(key_state("k").has_held());
  EXPECT_EQ(key_state("k").parked_size(), 4);
  ASSERT_THAT(dead_letters(), SizeIs(2));
  EXPECT_EQ(dead_letters()[0].header.id(), dead_letters()[1].header.id());
  EXPECT_EQ(dead_letters()[0].payload, dead_letters()[1].payload);
}

TEST_F(HostTest, AFaultInTheMiddleOfAReplayKeepsTheRestInOrder) {
  send(
      {command("k", "1", "boom"), command("k", "2"), command("k", "3", "boom"), command("k", "4")});
  settle();
  faults_->broken = false;
  send({replay("k")});
  host_->step();  // takes the replay
  faults_->broken = true;
  class HalfMended : public TallyProcessor {
   public:
    using TallyProcessor::TallyProcessor;
    Step take(std::shared_ptr<test::Tally> tally, const Record& input) const override {
      if (input.header.id() == "3") throw std::runtime_error("still");
      Record copy = input;
      copy.payload.clear();
      return TallyProcessor::take(std::move(tally), copy);
    }
  };
  std::vector<Stage> stages = tally_stages(faults_);
  std::get<KeyedStage>(stages[0]).processor = std::make_shared<HalfMended>(faults_);
  start(std::move(stages));
  settle();
  const v1::KeyState state = key_state("k");
  EXPECT_TRUE(state.has_held());
  ASSERT_GE(state.parked_size(), 2);
  EXPECT_EQ(state.parked(0).envelope().header().id(), "3");
  EXPECT_EQ(state.parked(1).envelope().header().id(), "4");
  EXPECT_THAT(payloads(events()), ElementsAre("held", "1", "2", "held"));
}

TEST_F(HostTest, ParkingIsBoundedAndWhatDoesNotFitIsADeadLetter) {
  send({command("k", "first", "boom")});
  for (int i = 1; i < 100; ++i) send({command("k", std::to_string(i))});
  const std::string big(kMaxParkedBytes / 3, 'x');
  for (int i = 0; i < 5; ++i) send({command("l", "l" + std::to_string(i), i == 0 ? "boom" : big)});
  send({command("m", "huge", "boom"), command("m", "m1", std::string(kMaxParkedBytes + 1, 'x'))});
  settle();
  EXPECT_EQ(key_state("k").parked_size(), static_cast<int>(kMaxParkedRecords));
  EXPECT_EQ(key_state("l").parked_size(), 3);
  EXPECT_EQ(key_state("m").parked_size(), 1);
  std::map<std::string, int> classes;
  for (const Record& record : dead_letters()) {
    const v1::DeadLetter letter = letter_of(record);
    ++classes[letter.failure_class()];
    if (letter.failure_class() == "parking_full") {
      EXPECT_EQ(letter.kind(), v1::DeadLetter::REFUSED);
      EXPECT_FALSE(letter.record().header().id().empty());
    }
  }
  EXPECT_EQ(classes["processor_fault"], 3);
  EXPECT_EQ(classes["parking_full"], 36 + 2 + 1);
}

TEST_F(HostTest, ManyReplaysDrainInBoundedCommits) {
  constexpr int kKeys = 5;
  for (int key = 0; key < kKeys; ++key) {
    const std::string name = "k" + std::to_string(key);
    send({command(name, name + ".0", "boom")});
    for (int i = 1; i < 60; ++i) send({command(name, name + "." + std::to_string(i))});
  }
  settle();
  faults_->broken = false;
  for (int key = 0; key < kKeys; ++key) send({replay("k" + std::to_string(key))});
  host_->step();
  log_.sync();
  EXPECT_THAT(events(), SizeIs(kKeys));  // held, five times
  host_->step();
  log_.sync();
  EXPECT_LE(events().size(), kKeys + kMaxReplayedPerPass);
  send({command("k4", "k4.late")});
  settle();
  for (int key = 0; key < kKeys; ++key) {
    const std::string name = "k" + std::to_string(key);
    std::vector<std::string> handled = payloads(events(), name);
    ASSERT_GE(handled.size(), 121U);
    for (int i = 0; i < 60; ++i) EXPECT_EQ(handled[1 + i], name + "." + std::to_string(i));
    EXPECT_EQ(key_state(name).parked_size(), 0);
  }
}

TEST_F(HostTest, WhatCannotBeDecodedOrHasNoKeyIsADeadLetterAndBlocksNothing) {
  Record raw;
  raw.topic = kInbox;
  raw.payload = "\x01 not an envelope";
  Record no_key = command("", "no key");
  Record control = command("k", "control");
  control.header.set_kind(v1::KIND_CONTROL);
  Record raw_request = raw;
  raw_request.topic = kRequests;
  send({raw, no_key, control, raw_request, command("k", "1")});
  settle();
  std::multiset<std::string> classes;
  for (const Record& record : dead_letters()) {
    classes.insert(letter_of(record).failure_class());
    EXPECT_GT(record.header.recorded_at_us(), 0);
  }
  EXPECT_THAT(classes, ElementsAre("undecodable", "undecodable", "undecodable", "unknown_control"));
  EXPECT_EQ(letter_of(dead_letters()[0]).original(), raw.payload);
  EXPECT_THAT(payloads(events()), ElementsAre("1", "1/request/answer"));
}

TEST_F(HostTest, ATimeThatCannotBeMakesADeadLetterAndBlocksNothing) {
  std::vector<Record> records;
  for (const std::int64_t us : {std::numeric_limits<std::int64_t>::max(),
                                std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}}) {
    records.push_back(command("k", std::to_string(us)));
    records.back().header.set_recorded_at_us(us);
  }
  records.push_back(command("k", "1"));
  send(records);
  settle();
  ASSERT_THAT(dead_letters(), SizeIs(3));
  for (const Record& record : dead_letters()) {
    EXPECT_EQ(letter_of(record).failure_class(), "undecodable");
    EXPECT_TRUE(is_moment(record.header.recorded_at_us()));
    EXPECT_GT(record.header.recorded_at_us(), 0);
  }
  EXPECT_THAT(payloads(events(), "k"), ElementsAre("1", "1/request/answer"));
}

TEST_F(HostTest, EachDeadLetterIsALineThatNamesTheRecordAndRepeatsNothingOfIt) {
  Record raw;
  raw.topic = kRequests;
  raw.payload = "Marie Cormier, 046454286";
  send({command("k", "1"), raw});
  settle();
  const v1::DeadLetter letter = letter_of(dead_letters().at(0));
  EXPECT_THAT(
      printed_,
      ElementsAre("dead letter " + letter.id() + " class=undecodable place=" + letter.place() +
                  " topic=requests partition=0 position=" + std::to_string(letter.position())));
}

TEST_F(HostTest, ARepeatThatIsDroppedIsALineThatNamesTheRecord) {
  send({command("k", "1"), command("k", "1")});
  settle();
  const auto position = read_all(log_, kInbox).at(1).position;
  EXPECT_THAT(printed_, ElementsAre("nothing new, dropped: topic=inbox partition=0 position=" +
                                    std::to_string(position)));
}

TEST_F(HostTest, ADeadLetterKeepsARecordOfAMegabyteWholeAndOfALargerOneTheHead) {
  Record large;
  large.topic = kRequests;
  large.payload = std::string(1'000'000, 'x');
  Record too_large = large;
  too_large.payload = std::string(kMaxKeptBytes + 1, 'x');
  send({large, too_large, too_large});
  settle();
  ASSERT_THAT(dead_letters(), SizeIs(3));
  const v1::DeadLetter whole = letter_of(dead_letters()[0]);
  EXPECT_EQ(whole.original(), large.payload);
  EXPECT_EQ(whole.whole_bytes(), 0U);
  const v1::DeadLetter head = letter_of(dead_letters()[1]);
  EXPECT_EQ(head.original(), std::string(kKeptHeadBytes, 'x'));
  EXPECT_EQ(head.whole_bytes(), too_large.payload.size());
  EXPECT_THAT(head.whole_xxh128(), SizeIs(32));
  EXPECT_THAT(head.text(), HasSubstr("3145729 bytes"));
}

TEST_F(HostTest, AStateThatCannotBeReadHoldsItsKeyAndIsKept) {
  Record broken = command("k", "k/v7");
  v1::KeyState stored;
  stored.set_version(7);
  stored.set_state("\xff\xff no tally");
  broken.topic = kTallies;
  broken.payload = stored.SerializeAsString();
  send({broken, command("k", "1")});
  settle();
  EXPECT_EQ(key_state("k").version(), 8U);
  EXPECT_EQ(key_state("k").state(), "\xff\xff no tally");
  EXPECT_TRUE(key_state("k").has_held());
  EXPECT_THAT(dead_letters(), SizeIs(1));
}

TEST_F(HostTest, AStateWhoseTimeHasComeGetsOneTick) {
  send({command("k", "1w")});
  settle();
  EXPECT_THAT(payloads(events()), ElementsAre("1w", "1w/request/answer"));
  now_ = from_micros(kTallyStart + kTallyWait + 7);
  EXPECT_LE(settle(), 2);
  EXPECT_THAT(payloads(events()), Contains(StartsWith("k/tick/")).Times(1));
  for (const Record& record : read_all(log_, kInbox)) {
    if (record.header.kind() != v1::KIND_TICK) continue;
    EXPECT_EQ(record.header.recorded_at_us(), to_micros(now_));
    EXPECT_EQ(record.header.actor().subject(), "guichet");
    EXPECT_EQ(record.header.tenant(), "default");
  }
}

TEST_F(HostTest, ATickThatChangesNothingIsNotSentAgainAndAgain) {
  class Deaf : public TallyProcessor {
   public:
    Step take(std::shared_ptr<test::Tally> tally, const Record& input) const override {
      if (input.header.kind() == v1::KIND_TICK) return {};
      return TallyProcessor::take(std::move(tally), input);
    }
  };
  std::vector<Stage> stages = tally_stages();
  std::get<KeyedStage>(stages[0]).processor = std::make_shared<Deaf>();
  start(stages);
  send({command("k", "1w")});
  settle();
  now_ += std::chrono::hours(1);
  settle();
  settle();
  int ticks = 0;
  for (const Record& record : read_all(log_, kInbox)) {
    ticks += record.header.kind() == v1::KIND_TICK ? 1 : 0;
  }
  EXPECT_EQ(ticks, 1);
}

TEST_F(HostTest, AHeldKeyGetsNoTickBeforeItIsReleased) {
  send({command("k", "1w"), command("k", "2", "boom")});
  settle();
  now_ += std::chrono::hours(1);
  settle();
  EXPECT_THAT(payloads(events()), ElementsAre("1w", "held"));
  faults_->broken = false;
  send({replay("k")});
  settle();
  EXPECT_THAT(payloads(events()), Contains(StartsWith("k/tick/")).Times(1));
}

TEST_F(HostTest, ManyStatesDueAtOnceAllGetTheirTick) {
  constexpr std::size_t kKeys = 10'000;  // more than are cached, and than tick in a pass
  for (std::size_t i = 0; i < kKeys; ++i) {
    send({command("k" + std::to_string(i), std::to_string(i) + "w")});
    if (i % 1000 == 0) settle();
  }
  settle();
  now_ += std::chrono::hours(1);
  host_->step();
  log_.sync();
  std::size_t ticks = 0;
  for (const Record& record : log_.read(kInbox, 0, 0, 100'000)) {
    ticks += record.header.kind() == v1::KIND_TICK ? 1 : 0;
  }
  EXPECT_EQ(ticks, kMaxTicksPerPass);
  settle();
  std::set<std::string> ticked;
  for (const Record& event : log_.read(kEvents, 0, 0, 100'000)) {
    if (event.payload.find("/tick/") != std::string::npos) {
      EXPECT_TRUE(ticked.insert(event.header.key()).second);
    }
  }
  EXPECT_EQ(ticked.size(), kKeys);
}

TEST_F(HostTest, ALogThatIsAwayNowAndThenLosesAndRepeatsNothing) {
  log_.set_faults({.repeated_delivery = 0, .refused_append = 0, .unavailable = 100});
  std::vector<std::string> sent;
  for (int i = 0; i < 300; ++i) {
    try {
      log_.append({command("k" + std::to_string(i % 5), std::to_string(i))}, nullptr);
      sent.push_back(std::to_string(i));
    } catch (const LogUnavailable&) {
    }
    try {
      host_->step();
    } catch (const LogUnavailable&) {
    }
  }
  log_.set_faults({});
  settle();
  EXPECT_THAT(dead_letters(), IsEmpty());
  std::map<std::string, int> sequence;
  for (const Record& event : events()) {
    const std::string& key = event.header.key();
    EXPECT_EQ(event.header.id(), key + "/e" + std::to_string(++sequence[key]));
  }
  EXPECT_THAT(events(), SizeIs(2 * sent.size()));
}

/// Fails as the test wants.
class Moody : public Handler {
 public:
  std::vector<Output> handle(const Record& input) override {
    tried.push_back(input.header.id());
    if (away.contains(input.header.id())) throw TryAgainLater("away");
    if (failing.contains(input.header.id())) throw std::runtime_error("cannot");
    if (strange.contains(input.header.id())) throw 42;
    return Answerer().handle(input);
  }
  std::set<std::string> away;
  std::set<std::string> failing;
  std::set<std::string> strange;
  std::vector<std::string> tried;
};

class HandlerTest : public HostTest {
 protected:
  HandlerTest() { start({PlainStage{"moody", {kRequests}, moody_}}); }

  void request(std::initializer_list<const char*> wanted) {
    for (const char* id : wanted) {
      Record made = command("k", id);
      made.topic = kRequests;
      send({made});
    }
  }

  std::shared_ptr<Moody> moody_ = std::make_shared<Moody>();
};

TEST_F(HandlerTest, AHandlerThatFailsMakesADeadLetterAndTheNextRecordsTurnComes) {
  moody_->failing = {"2"};
  moody_->strange = {"3"};
  request({"1", "2", "3", "4"});
  settle();
  EXPECT_THAT(ids(read_all(log_, kInbox)), ElementsAre("1/answer", "4/answer"));
  ASSERT_THAT(dead_letters(), SizeIs(2));
  EXPECT_EQ(letter_of(dead_letters()[0]).failure_class(), "handler_fault");
  EXPECT_EQ(letter_of(dead_letters()[0]).text(), "cannot");
}

TEST_F(HandlerTest, WhatIsTriedLaterKeepsItsPlaceAndBacksOff) {
  moody_->away = {"3"};
  request({"1", "2", "3", "4"});
  settle();
  EXPECT_THAT(ids(read_all(log_, kInbox)), ElementsAre("1/answer", "2/answer"));
  moody_->tried.clear();
  for (int i = 0; i < 1000; ++i) {  // ten minutes
    now_ += std::chrono::milliseconds(600);
    settle();
  }
  EXPECT_THAT(moody_->tried, Each("3"));
  EXPECT_GE(moody_->tried.size(), 20U);  // at the latest after 30 s
  EXPECT_LE(moody_->tried.size(), 30U);
  now_ -= std::chrono::hours(24);  // the clock is set back: no day of waiting
  moody_->away.clear();
  settle();
  now_ += std::chrono::seconds(31);
  settle();
  EXPECT_THAT(ids(read_all(log_, kInbox)),
              ElementsAre("1/answer", "2/answer", "3/answer", "4/answer"));
}

TEST(Host, RunsOnItsOwnThreadUntilStopped) {
  MemoryLog log({.topics = tally_topics()});
  Host host(log, "main", tally_stages(), [] { return from_micros(kTallyStart); });
  std::jthread thread([&](std::stop_token stop) { host.run(stop); });
  for (int i = 0; i < 200; ++i) {
    append(log, {command("k" + std::to_string(i % 3), std::to_string(i))});
  }
  EXPECT_TRUE(eventually([&] { return log.read(kEvents, 0, 0, 1000).size() == 400; }));
}

/// Goes through all keys when it is told so, and says which it saw.
class RollCall : public TallyProcessor {
 public:
  using TallyProcessor::TallyProcessor;
  bool takes_control() const override { return true; }
  std::optional<Scan> scan_of(const google::protobuf::MessageLite& state) const override {
    const auto& tally = static_cast<const test::Tally&>(state);
    if (tally.handled_size() == 0 || tally.handled(0) != "calling") return std::nullopt;
    Scan scan;
    scan.after = tally.handled(1);
    scan.cause.ParseFromString(tally.cause());
    return scan;
  }
  void scanned_to(google::protobuf::MessageLite& state, std::string_view key) const override {
    static_cast<test::Tally&>(state).set_handled(1, std::string(key));
  }
  Step visit(google::protobuf::MessageLite& scanner, const ScannedKey& seen) const override {
    if (seen.key == "broken" && !seen.held) throw std::runtime_error("no answer");
    auto& calling = static_cast<test::Tally&>(scanner);
    calling.add_handled(std::string(seen.key) + (seen.held ? "?" : ""));
    if (seen.held) return {};
    auto tally = std::make_shared<test::Tally>();
    tally->CheckTypeAndMergeFrom(*seen.state);
    tally->add_handled("called");
    return {.state = tally,
            .outputs = {{.topic = kEvents,
                         .key = std::string(seen.key),
                         .id = std::string(seen.key) + "/called",
                         .kind = v1::KIND_CASE_EVENT,
                         .payload = "called"}}};
  }
  std::vector<Output> scan_ended(google::protobuf::MessageLite& scanner) const override {
    auto& calling = static_cast<test::Tally&>(scanner);
    calling.set_handled(0, "called all");
    std::string all;
    for (int i = 2; i < calling.handled_size(); ++i) all += calling.handled(i) + " ";
    return {{.topic = kEvents,
             .key = "roll",
             .id = "roll",
             .kind = v1::KIND_CASE_EVENT,
             .payload = all}};
  }

 protected:
  Step take(std::shared_ptr<test::Tally> tally, const Record& input) const override {
    if (input.header.kind() != v1::KIND_CONTROL) return TallyProcessor::take(tally, input);
    if (tally->handled_size() > 0) return {};
    tally->add_handled("calling");
    tally->add_handled("");  // after which key it goes on
    tally->set_cause(input.header.SerializeAsString());
    return {.state = tally, .outputs = {}};
  }
};

class ScanTest : public HostTest {
 protected:
  ScanTest() { start(stages()); }
  std::vector<Stage> stages() {
    return {KeyedStage{.group = "tally",
                       .inbox = kInbox,
                       .state_topic = kTallies,
                       .processor = std::make_shared<RollCall>(faults_)}};
  }
  static Record call() {
    Record control = command(key_of_partition(0, 1), "call");
    control.header.set_kind(v1::KIND_CONTROL);
    control.header.mutable_actor()->set_subject("a.cormier");
    control.header.set_recorded_at_us(kTallyStart + 7);
    return control;
  }
};

TEST_F(ScanTest, ShowsEveryOtherKeyOnceInTheOrderOfKeys) {
  send({command("m", "1"), command("k", "2"), command("l", "3"), call(), call()});
  settle();
  EXPECT_THAT(payloads(events(), "roll"), ElementsAre("k l m "));
  EXPECT_THAT(payloads(events(), "l"), ElementsAre("3", "called"));
  test::Tally tally;
  tally.ParseFromString(key_state("l").state());
  EXPECT_THAT(tally.handled(), ElementsAre("3", "called"));
  for (const Record& event : events()) {
    if (event.payload != "called" && event.header.key() != "roll") continue;
    EXPECT_EQ(event.header.recorded_at_us(), kTallyStart + 7) << "not the time of who asked";
    EXPECT_EQ(event.header.actor().subject(), "a.cormier");
  }
  EXPECT_THAT(dead_letters(), IsEmpty());
}

TEST_F(ScanTest, GoesOnInBoundedCommitsWhateverCrashesBetween) {
  const auto name = [](std::size_t n) { return "k" + std::to_string(10'000 + n); };
  constexpr std::size_t kKeys = 3 * kMaxScannedPerPass + 7;
  std::string all;
  for (std::size_t i = 0; i < kKeys; ++i) {
    send({command(name(i), "c" + std::to_string(i))});
    all += name(i) + " ";
  }
  settle();
  send({call()});
  for (int crash = 0; crash < 10; ++crash) {
    host_->step();
    if (crash % 2 == 0) log_.sync();  // else the step is lost
    restart(stages());
  }
  settle();
  EXPECT_THAT(payloads(events(), "roll"), ElementsAre(all));
  std::map<std::string, int> called;
  for (const Record& event : events())
    if (event.payload == "called") ++called[event.header.key()];
  EXPECT_EQ(called.size(), kKeys);
  for (const auto& [key, times] : called) EXPECT_EQ(times, 1) << key;
}

TEST_F(ScanTest, AKeyThatIsHeldOrFailsIsSeenAsHeldAndLeftAsItIs) {
  send({command("a", "1"), command("broken", "2"), command("held", "3", "boom"), command("z", "4"),
        call()});
  settle();
  EXPECT_THAT(payloads(events(), "roll"), ElementsAre("a broken? held? z "));
  EXPECT_THAT(payloads(events(), "broken"), ElementsAre("2"));
  ASSERT_THAT(dead_letters(), SizeIs(2));
  EXPECT_EQ(letter_of(dead_letters()[1]).failure_class(), "scan_fault");
  EXPECT_EQ(letter_of(dead_letters()[1]).record().header().key(), "broken");
}

TEST(Partitions, EachHasAKeyOfItsOwn) {
  for (const std::uint32_t partitions : {1U, 2U, 6U, 48U})
    for (std::uint32_t partition = 0; partition < partitions; ++partition)
      EXPECT_EQ(partition_of(key_of_partition(partition, partitions), partitions), partition);
  EXPECT_EQ(key_of_partition(0, 1), "partition-0-0");
}

}  // namespace
}  // namespace guichet::eventlog
