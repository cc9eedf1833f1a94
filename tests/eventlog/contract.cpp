#include "tests/eventlog/contract.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace guichet::eventlog {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

namespace {

HomeOptions with_topics() {
  return {.topics = {{"in"}, {"out"}, {"other"}, {"states", true}, {"more-states", true}}};
}

SessionOptions reader(std::string group, std::vector<std::string> topics) {
  return {.name = "reader-of-" + group,
          .subscriptions = {{group, std::move(topics)}},
          .state_topics = {"states"}};
}

std::vector<std::string> keys(const std::vector<DueState>& due) {
  std::vector<std::string> all;
  for (const DueState& state : due) all.push_back(state.key);
  return all;
}

}  // namespace

TEST_P(LogContract, WhatIsAppendedIsReadWholeAndInOrder) {
  const auto home = GetParam().make(with_topics());
  Record full = record("in", "key", "id", std::string("\0\xff binary", 9));
  full.header.set_tenant("tenant");
  full.header.set_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  full.header.mutable_actor()->set_subject("a.cormier");
  full.header.mutable_actor()->add_roles("clerk");
  full.header.set_consent_id("consent");
  full.header.set_schema_version(1);
  full.header.set_key_id("k1");
  append(home->log(), {full, record("in", "key", "empty", "")});
  append(home->log(), {record("in", "key", "large", std::string(300'000, 'x'))});

  const std::vector<Record> all = read_all(home->log(), "in");
  EXPECT_THAT(ids(all), ElementsAre("id", "empty", "large"));
  EXPECT_EQ(all[0].header.SerializeAsString(), full.header.SerializeAsString());
  EXPECT_EQ(all[0].payload, full.payload);
  EXPECT_EQ(all[1].payload, "");
  EXPECT_EQ(all[2].payload, std::string(300'000, 'x'));
  EXPECT_EQ(all[0].topic, "in");
  EXPECT_LT(all[0].position, all[1].position);
  EXPECT_LT(all[1].position, all[2].position);
}

TEST_P(LogContract, ReadingCanBeginAtATime) {
  const auto home = GetParam().make(with_topics());
  const auto now = [] {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  };
  const auto append_some = [&](const std::string& name, int count) {
    for (int i = 0; i < count; ++i) {
      Record timed = record("in", "key", name + std::to_string(i), "");
      timed.header.set_recorded_at_us(to_micros(now()));
      append(home->log(), {timed});
    }
  };
  const auto from = [&](Instant instant) {
    return ids(home->log().read("in", 0, home->log().first_at("in", 0, instant), 1'000));
  };
  EXPECT_THAT(from(now()), IsEmpty());
  append_some("early-", 100);
  std::this_thread::sleep_for(20ms);
  const Instant between = now();
  std::this_thread::sleep_for(20ms);
  append_some("late-", 3);
  EXPECT_THAT(from(between), ElementsAre("late-0", "late-1", "late-2"));
  EXPECT_THAT(from(from_micros(0)), SizeIs(103));
  EXPECT_THAT(from(now() + 1h), IsEmpty());
}

TEST_P(LogContract, ATimeIsThatOfTheRecordAndNotOfItsWriting) {
  const auto home = GetParam().make(with_topics());
  Log& log = home->log();
  const Instant start = from_micros(1'767'277'402'000'000);  // long ago
  const auto at = [&](std::string id, std::chrono::seconds later) {
    Record made = record("in", "key", std::move(id));
    made.header.set_recorded_at_us(to_micros(start + later));
    return made;
  };
  const auto first_from = [&](std::chrono::seconds later) {
    const auto found = log.read("in", 0, log.first_at("in", 0, start + later), 1);
    return found.empty() ? "none" : found[0].header.id();
  };
  append(log, {at("a", 0s), at("b", 10s), record("other", "key", "between"), at("c", 10s)});
  for (int i = 0; i < 150; ++i) append(log, {at("many-" + std::to_string(i), 20s)});
  append(log, {at("d", 30s)});
  EXPECT_EQ(first_from(-1s), "a");
  EXPECT_EQ(first_from(1s), "b");
  EXPECT_EQ(first_from(10s), "b");
  EXPECT_EQ(first_from(11s), "many-0");
  EXPECT_EQ(first_from(30s), "d");
  EXPECT_EQ(first_from(31s), "none");
}

TEST_P(LogContract, ReadingCanBeginAtTheEnd) {
  const auto home = GetParam().make(with_topics());
  Log& log = home->log();
  for (const std::string id : {"1", "2"}) {
    const std::uint64_t end = log.first_at("in", 0, Instant::max());
    EXPECT_THAT(log.read("in", 0, end, 10), IsEmpty());
    append(log, {record("in", "key", id)});
    EXPECT_THAT(ids(log.read("in", 0, end, 10)), ElementsAre(id));
  }
}

TEST_P(LogContract, RecordsWithoutAReadableHeaderAreKeptAsTheyCame) {
  const auto home = GetParam().make(with_topics());
  Record raw;
  raw.topic = "in";
  raw.payload = "not an envelope";
  append(home->log(), {raw});
  const std::vector<Record> all = read_all(home->log(), "in");
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].header.kind(), v1::KIND_UNSPECIFIED);
  EXPECT_EQ(all[0].payload, "not an envelope");
}

TEST_P(LogContract, AKeyHasOnePartitionAndAPartitionKeepsItsOrder) {
  for (const std::uint32_t partitions : GetParam().partitions) {
    HomeOptions options = with_topics();
    options.partitions = partitions;
    const auto home = GetParam().make(options);
    ASSERT_EQ(home->log().partitions(), partitions);
    for (int i = 0; i < 200; ++i) {
      append(home->log(), {record("in", "key" + std::to_string(i % 10), std::to_string(i))});
    }
    std::map<std::string, std::uint32_t> partition_of;
    std::size_t count = 0;
    for (std::uint32_t partition = 0; partition < partitions; ++partition) {
      int last = -1;
      for (const Record& record : read_all(home->log(), "in", partition)) {
        EXPECT_EQ(record.partition, partition);
        EXPECT_TRUE(partition_of.try_emplace(record.header.key(), partition).first->second ==
                    partition);
        EXPECT_LT(last, std::stoi(record.header.id()));
        last = std::stoi(record.header.id());
        ++count;
      }
    }
    EXPECT_EQ(count, 200U);
  }
}

TEST_P(LogContract, AScanFindsTheKeysOfAPartitionInTheirOrder) {
  for (const std::uint32_t partitions : GetParam().partitions) {
    HomeOptions options = with_topics();
    options.partitions = partitions;
    const auto home = GetParam().make(options);
    constexpr int kKeys = 40;
    const auto commit = [&](Session& session, int from, const std::string& payload) {
      std::vector<Record> states;
      for (int i = from; i < kKeys; i += 2)
        states.push_back(state("states", "key" + std::to_string(100 + i), payload));
      states.push_back(state("more-states", "key", payload));
      session.commit(std::move(states));
    };
    const auto own = [&] {
      auto session = home->log().open_session(reader("group", {"in"}));
      for (int i = 0; i < 100; ++i) append(home->log(), {record("in", std::to_string(i), "")});
      poll_all(*session, "group", 100, 100);  // so that every partition is this session's
      return session;
    };
    const auto check = [&](Session& session, const std::string& even, const std::string& odd) {
      std::set<std::string> found;
      for (std::uint32_t partition = 0; partition < partitions; ++partition) {
        std::string after;
        for (;;) {
          const std::vector<Record> some = session.scan("states", partition, after, 3);
          ASSERT_LE(some.size(), 3U);
          for (const Record& record : some) {
            EXPECT_LT(after, record.header.key());
            after = record.header.key();
            EXPECT_EQ(record.partition, partition);
            EXPECT_EQ(record.payload, after.back() % 2 == 0 ? even : odd);
            EXPECT_TRUE(found.insert(after).second);
          }
          if (some.size() < 3) break;
        }
      }
      EXPECT_EQ(found.size(), static_cast<std::size_t>(kKeys));
    };
    {
      const auto session = own();
      commit(*session, 0, "one");
      commit(*session, 1, "one");
      check(*session, "one", "one");
      commit(*session, 1, "two");
      check(*session, "one", "two");
    }
    home->restart();
    const auto session = own();
    check(*session, "one", "two");
    commit(*session, 0, "three");
    check(*session, "three", "two");
  }
}

TEST_P(LogContract, ManyThreadsAppendAndEachIsAcknowledgedInOrder) {
  const auto home = GetParam().make(with_topics());
  constexpr int kThreads = 8;
  constexpr int kEach = 200;
  std::mutex mutex;
  std::map<int, std::vector<int>> acknowledged;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < kEach; ++i) {
          const std::string name = std::to_string(thread) + "." + std::to_string(i);
          while (!home->log().append({record("in", std::to_string(thread), name + "a"),
                                      record("in", std::to_string(thread), name + "b")},
                                     [&, thread, i](bool durable) {
                                       const std::lock_guard lock(mutex);
                                       if (durable) acknowledged[thread].push_back(i);
                                     })) {
            std::this_thread::yield();
          }
        }
      });
    }
  }
  ASSERT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    std::size_t all = 0;
    for (const auto& [thread, done] : acknowledged) all += done.size();
    return all == kThreads * kEach;
  }));
  for (const auto& [thread, done] : acknowledged) EXPECT_TRUE(std::ranges::is_sorted(done));
  std::map<std::string, std::vector<std::string>> by_thread;
  const std::vector<Record> all = read_all(home->log(), "in");
  for (std::size_t i = 0; i < all.size(); i += 2) {  // what is appended as one stands together
    const std::string& id = all[i].header.id();
    EXPECT_EQ(id.substr(0, id.size() - 1) + "b", all[i + 1].header.id());
    by_thread[all[i].header.key()].push_back(id);
  }
  for (const auto& [thread, found] : by_thread) {
    ASSERT_THAT(found, SizeIs(kEach));
    for (int i = 0; i < kEach; ++i) EXPECT_EQ(found[i], thread + "." + std::to_string(i) + "a");
  }
}

TEST_P(LogContract, AppendIsRefusedWhenTooMuchWaitsAndNothingOfItIsTaken) {
  if (!GetParam().tails_hold_back) GTEST_SKIP() << "nothing of this home waits for a tail";
  HomeOptions options = with_topics();
  options.most_waiting_records = 100;
  const auto home = GetParam().make(options);
  std::promise<void> go_on;
  std::shared_future<void> stuck(go_on.get_future());
  const auto tail = home->log().tail({"other"}, [&](std::span<const Record>) { stuck.wait(); });
  ASSERT_TRUE(home->log().append({record("other", "k", "stick")}, nullptr));

  std::atomic<int> acknowledged = 0;
  int taken = 0;
  bool refused = false;
  for (int i = 0; i < 1000 && !refused; ++i) {
    refused = !home->log().append(
        {record("in", "k", "a" + std::to_string(i)), record("in", "k", "b" + std::to_string(i))},
        [&](bool durable) { acknowledged += durable ? 1 : 0; });
    if (!refused) ++taken;
  }
  EXPECT_TRUE(refused);
  EXPECT_LE(taken, 150);
  go_on.set_value();
  EXPECT_TRUE(eventually([&] { return acknowledged == taken; }));
  EXPECT_THAT(read_all(home->log(), "in"), SizeIs(2 * taken));
}

TEST_P(LogContract, PollGivesEachRecordOnceToEachGroup) {
  const auto home = GetParam().make(with_topics());
  std::vector<Record> records;
  for (int i = 0; i < 25; ++i) records.push_back(record("in", "k", std::to_string(i)));
  append(home->log(), records);
  append(home->log(), {record("other", "k", "x"), record("other", "k", "y")});

  const auto session = home->log().open_session(
      {.name = "two-groups", .subscriptions = {{"one", {"in"}}, {"two", {"in", "other"}}}});
  EXPECT_THAT(ids(poll_some(*session, "one", 3)), ElementsAre("0", "1", "2"));
  EXPECT_THAT(ids(poll_some(*session, "one", 2)), ElementsAre("3", "4"));
  EXPECT_THAT(poll_all(*session, "one", 10), SizeIs(20));
  EXPECT_THAT(poll_all(*session, "one", 10), IsEmpty());
  EXPECT_THAT(poll_all(*session, "two", 10), SizeIs(27));
  append(home->log(), {record("in", "k", "late")});
  EXPECT_THAT(ids(poll_all(*session, "one")), ElementsAre("late"));
}

TEST_P(LogContract, CommittedInputIsNotPolledAgainAndOtherInputIs) {
  const auto home = GetParam().make(with_topics());
  append(home->log(), {record("in", "k", "1"), record("in", "k", "2"), record("in", "k", "3")});
  {
    const auto session = home->log().open_session(reader("g", {"in"}));
    EXPECT_THAT(ids(poll_some(*session, "g", 1)), ElementsAre("1"));
    session->commit({});
    EXPECT_THAT(ids(poll_some(*session, "g", 1)), ElementsAre("2"));
  }
  {
    const auto session = home->log().open_session(reader("g", {"in"}));
    EXPECT_THAT(ids(poll_some(*session, "g", 1)), ElementsAre("2"));
    session->commit({record("out", "k", "of 2")});
  }
  home->restart();
  const auto session = home->log().open_session(reader("g", {"in"}));
  EXPECT_THAT(ids(poll_all(*session, "g")), ElementsAre("3"));
  EXPECT_THAT(ids(read_all(home->log(), "out")), ElementsAre("of 2"));
}

TEST_P(LogContract, AbortForgetsWhatWasPolledAndSaysSo) {
  const auto home = GetParam().make(with_topics());
  append(home->log(), {record("in", "k", "1"), record("in", "k", "2")});
  const auto session = home->log().open_session(reader("g", {"in"}));
  poll_some(*session, "g", 1);
  session->commit({});
  EXPECT_THAT(ids(poll_some(*session, "g", 5)), ElementsAre("2"));
  const std::uint64_t before = session->generation();
  session->abort();
  EXPECT_GT(session->generation(), before);
  EXPECT_THAT(ids(poll_some(*session, "g", 5)), ElementsAre("2"));
}

TEST_P(LogContract, OneSessionAtATimeReadsForAGroup) {
  if (GetParam().shares_groups) GTEST_SKIP() << "the partitions of a group are shared";
  const auto home = GetParam().make(with_topics());
  auto first = home->log().open_session(reader("g", {"in"}));
  EXPECT_THROW(home->log().open_session(reader("g", {"in"})), LogUnavailable);
  first.reset();
  EXPECT_NO_THROW(home->log().open_session(reader("g", {"in"})));
}

TEST_P(LogContract, ASessionSeesWhatItCommittedAtOnceAndItsOutputsCanBePolled) {
  const auto home = GetParam().make(with_topics());
  const auto session = home->log().open_session(
      {.name = "s", .subscriptions = {{"g", {"out"}}}, .state_topics = {"states"}});
  EXPECT_FALSE(session->latest("states", "k"));
  session->commit({state("states", "k", "v1"), record("out", "k", "o"), state("states", "k", "v2"),
                   state("states", "l", "l1")});
  EXPECT_EQ(session->latest("states", "k")->payload, "v2");
  EXPECT_EQ(session->latest("states", "l")->payload, "l1");
  EXPECT_FALSE(session->latest("more-states", "k"));
  EXPECT_THAT(ids(poll_some(*session, "g", 5)), ElementsAre("o"));
  session->commit({state("states", "k", "v3")});
  EXPECT_EQ(session->latest("states", "k")->payload, "v3");
  EXPECT_TRUE(eventually([&] {
    const std::optional<Record> durable = home->log().latest("states", "k");
    return durable && durable->payload == "v3";
  }));
  EXPECT_FALSE(home->log().latest("states", "unknown"));
}

TEST_P(LogContract, ACompactedTopicKeepsTheNewestOfEachKey) {
  const auto home = GetParam().make(with_topics());
  {
    const auto session = home->log().open_session(reader("g", {"in"}));
    for (int version = 0; version < 20; ++version) {
      for (const char* key : {"a", "b", "c"}) {
        session->commit({state("states", key, std::string(key) + std::to_string(version))});
      }
    }
    session->commit({state("states", "a", "a-last")});
  }
  for (int restarted = 0; restarted < 2; ++restarted) {
    std::map<std::string, std::string> newest;
    ASSERT_TRUE(eventually([&] {
      std::uint64_t next = 0;
      for (const Record& record : read_all(home->log(), "states")) {
        EXPECT_GE(record.position, next);
        next = record.position + 1;
        newest[record.header.key()] = record.payload;
      }
      return newest["a"] == "a-last";
    }));
    EXPECT_EQ(newest["b"], "b19");
    EXPECT_EQ(newest["c"], "c19");
    EXPECT_EQ(home->log().latest("states", "b")->payload, "b19");
    EXPECT_EQ(home->log().latest("states", "b")->header.kind(), v1::KIND_KEY_STATE);
    home->restart();
  }
}

TEST_P(LogContract, DueGivesTheSoonestFirstAndFollowsEachChange) {
  const auto home = GetParam().make(with_topics());
  const Instant now = from_micros(1000);
  for (int restarted = 0; restarted < 2; ++restarted) {
    const auto session = home->log().open_session(reader("g", {"in"}));
    poll_all(*session, "g");  // where partitions are shared, it has its own now
    session->commit({state("states", "later", "1", 1001), state("states", "never", "1", 0),
                     state("states", "third", "1", 900), state("states", "first", "1", 10),
                     state("states", "second", "1", 500), state("more-states", "other", "1", 1)});
    for (int durable = 0; durable < 2; ++durable) {  // the same, on disk or not yet
      EXPECT_THAT(keys(session->due("states", now, 10)), ElementsAre("first", "second", "third"));
      EXPECT_THAT(keys(session->due("states", now, 2)), ElementsAre("first", "second"));
      EXPECT_EQ(session->due("states", now, 1)[0].wake_at, from_micros(10));
      EXPECT_TRUE(eventually([&] { return home->log().statistics().waiting_records == 0; }));
    }
    session->commit({state("states", "first", "2", 0), state("states", "third", "2", 20),
                     state("states", "later", "2", 950)});
    for (int durable = 0; durable < 2; ++durable) {
      EXPECT_THAT(keys(session->due("states", now, 10)), ElementsAre("third", "second", "later"));
      EXPECT_TRUE(eventually([&] { return home->log().statistics().waiting_records == 0; }));
    }
  }
  home->restart();
  const auto session = home->log().open_session(reader("g", {"in"}));
  poll_all(*session, "g");
  EXPECT_THAT(keys(session->due("states", now, 10)), ElementsAre("third", "second", "later"));
}

TEST_P(LogContract, TailsGetWhatBecomesDurableInOrderAndOnlyThen) {
  const auto home = GetParam().make(with_topics());
  append(home->log(), {record("in", "k", "before")});
  std::mutex mutex;
  std::vector<std::string> seen;
  std::atomic<bool> all_durable = true;
  auto tail = home->log().tail({"in", "states"}, [&](std::span<const Record> records) {
    const std::vector<Record> durable = read_all(home->log(), "in");
    const std::lock_guard lock(mutex);
    for (const Record& record : records) {
      seen.push_back(record.header.id());
      if (record.topic == "in" && durable.back().position < record.position) all_durable = false;
    }
  });
  append(home->log(), {record("in", "k", "1"), record("out", "k", "no"), record("in", "k", "2")});
  {
    const auto session = home->log().open_session(reader("g", {"out"}));
    session->commit({record("in", "k", "3"), state("states", "k", "s")});
  }
  append(home->log(), {record("in", "k", "4")});
  EXPECT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return seen.size() == 5;
  }));
  tail.reset();
  append(home->log(), {record("in", "k", "after")});
  EXPECT_EQ(std::erase(seen, "k/s"), 1U);  // of another topic: its place is not said
  EXPECT_THAT(seen, ElementsAre("1", "2", "3", "4"));
  EXPECT_TRUE(all_durable);
}

TEST_P(LogContract, WaitReturnsWhenThereIsSomethingToPoll) {
  const auto home = GetParam().make(with_topics());
  const auto session = home->log().open_session(reader("g", {"in"}));
  const auto start = std::chrono::steady_clock::now();
  session->wait(20ms);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 15ms);
  std::jthread other([&] {
    std::this_thread::sleep_for(20ms);
    append(home->log(), {record("in", "k", "1")});
  });
  while (session->poll("g", 1).empty()) session->wait(10s);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_P(LogContract, ALongBacklogIsPolledWholeAfterARestart) {
  for (const std::uint32_t partitions : GetParam().partitions) {
    HomeOptions options = with_topics();
    options.partitions = partitions;
    const auto home = GetParam().make(options);
    constexpr int kBatches = 120;
    constexpr int kEach = 250;
    const std::string payload(1024, 'p');
    for (int batch = 0; batch < kBatches; ++batch) {
      std::vector<Record> records;
      for (int i = 0; i < kEach; ++i) {
        const std::string n = std::to_string(batch * kEach + i);
        records.push_back(record(i % 50 == 0 ? "other" : "in", "k" + n, n, payload));
      }
      append(home->log(), std::move(records));
    }
    for (int restarted = 0; restarted < 2; ++restarted) {
      const auto session = home->log().open_session(reader("g", {"in", "other"}));
      std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> next;
      std::size_t count = 0;
      for (const Record& record : poll_all(*session, "g", 512, kBatches * kEach)) {
        std::uint64_t& after = next[{record.topic, record.partition}];
        EXPECT_GE(record.position, after);
        after = record.position + 1;
        ++count;
      }
      EXPECT_EQ(count, std::size_t{kBatches * kEach});
      session->abort();
      if (restarted == 0) {
        // Half of it again, from where it was left.
        std::size_t half = 0;
        while (half < kBatches * kEach / 2) half += poll_some(*session, "g", 100).size();
        session->abort();
      }
    }
    home->restart();
    const auto session = home->log().open_session(reader("g", {"in", "other"}));
    EXPECT_THAT(poll_all(*session, "g", 512, kBatches * kEach), SizeIs(kBatches * kEach));
  }
}

TEST_P(LogContract, AChainOfStagesUnderLoadLosesAndRepeatsNothing) {
  const auto home = GetParam().make(with_topics());
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = std::to_string(thread) + "." + std::to_string(i);
        while (!home->log().append({record("in", "k" + std::to_string(i % 7), id)}, nullptr)) {
          std::this_thread::yield();
        }
      }
    });
  }
  const auto consume = [&](const std::string& from, const std::string& to) {
    const auto session =
        home->log().open_session({.name = from,
                                  .subscriptions = {{"g-" + from, {from}}},
                                  .state_topics = {from == "in" ? "states" : "more-states"}});
    const std::string counters = from == "in" ? "states" : "more-states";
    int left = kThreads * kEach;
    for (int pass = 0; left > 0; ++pass) {
      const Polled inputs = session->poll("g-" + from, 64);
      if (inputs.empty()) {
        session->wait(1s);
        continue;
      }
      if (pass % 5 == 0) {
        session->abort();
        continue;
      }
      std::vector<Record> made;
      std::map<std::string, int> counts;
      for (const Record& input : inputs) {
        const std::string& key = input.header.key();
        if (!counts.contains(key)) {
          const std::optional<Record> before = session->latest(counters, key);
          counts[key] = before ? std::stoi(before->payload) : 0;
        }
        ++counts[key];
        made.push_back(record(to, key, input.header.id(), std::to_string(counts[key])));
      }
      for (const auto& [key, count] : counts) {
        made.push_back(state(counters, key, std::to_string(count)));
      }
      session->commit(std::move(made));
      left -= static_cast<int>(inputs.size());
    }
  };
  std::jthread second([&] { consume("out", "other"); });
  consume("in", "out");
  second.join();
  threads.clear();
  home->restart();
  for (const char* topic : {"out", "other"}) {
    std::map<std::string, int> counts;
    for (const Record& record : read_all(home->log(), topic)) {
      EXPECT_EQ(record.payload, std::to_string(++counts[record.header.key()]));
    }
    int all = 0;
    for (const auto& [key, count] : counts) all += count;
    EXPECT_EQ(all, kThreads * kEach);
  }
}

TEST_P(LogContract, StatisticsCountWhatWasWritten) {
  const auto home = GetParam().make(with_topics());
  append(home->log(), {record("in", "k", "1", std::string(500, 'x')), record("in", "k", "2")});
  const LogStatistics statistics = home->log().statistics();
  EXPECT_GE(statistics.commits, 1U);
  EXPECT_EQ(statistics.records, 2U);
  EXPECT_GE(statistics.bytes, 500U);
  EXPECT_EQ(statistics.waiting_records, 0U);
}

}  // namespace guichet::eventlog
