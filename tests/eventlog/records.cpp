#include "tests/eventlog/records.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

namespace guichet::eventlog {

using namespace std::chrono_literals;

Record record(std::string topic, std::string key, std::string id, std::string payload) {
  Record made;
  made.topic = std::move(topic);
  made.header.set_key(std::move(key));
  made.header.set_id(std::move(id));
  made.header.set_kind(v1::KIND_CASE_EVENT);
  made.header.set_recorded_at_us(1'767'277'402'000'000);
  made.payload = std::move(payload);
  return made;
}

Record state(std::string topic, std::string key, std::string payload, std::int64_t wake_at_us) {
  Record made = record(std::move(topic), key, key + "/" + payload, payload);
  made.header.set_kind(v1::KIND_KEY_STATE);
  made.header.set_wake_at_us(wake_at_us);
  return made;
}

void append(Log& log, std::vector<Record> records) {
  auto durable = std::make_shared<std::promise<bool>>();
  while (!log.append(records, [durable](bool is) { durable->set_value(is); })) {
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_TRUE(durable->get_future().get());
}

std::vector<Record> read_all(const Log& log, std::string_view topic, std::uint32_t partition) {
  std::vector<Record> all;
  std::uint64_t from = 0;
  while (true) {
    std::vector<Record> some = log.read(topic, partition, from, 7);
    if (some.empty()) return all;
    from = some.back().position + 1;
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
}

std::vector<std::string> ids(const std::vector<Record>& records) {
  std::vector<std::string> all;
  for (const Record& record : records) all.push_back(record.header.id());
  return all;
}

std::vector<std::string> ids(const Polled& records) {
  return ids(records.copy());
}

std::vector<Record> poll_all(Session& session, std::string_view group, std::size_t most,
                             std::size_t expected) {
  using std::chrono::steady_clock;
  constexpr std::chrono::seconds kMostPatience{30};
  std::vector<Record> all;
  const auto patient_until = steady_clock::now() + (settle_time > 0ms ? kMostPatience : 0s);
  auto last = steady_clock::now();
  while (true) {
    std::vector<Record> some = session.poll(group, most).copy();
    EXPECT_LE(some.size(), most);
    if (!some.empty()) {
      last = steady_clock::now();
      std::move(some.begin(), some.end(), std::back_inserter(all));
    } else if (steady_clock::now() - last >= settle_time &&
               (all.size() >= expected || steady_clock::now() >= patient_until)) {
      return all;
    } else {
      session.wait(10ms);
    }
  }
}

std::vector<Record> poll_some(Session& session, std::string_view group, std::size_t most) {
  std::vector<Record> some = session.poll(group, most).copy();
  for (int i = 0; some.empty() && settle_time > 0ms && i < 1000; ++i) {
    session.wait(10ms);
    some = session.poll(group, most).copy();
  }
  EXPECT_LE(some.size(), most);
  return some;
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 10'000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

}  // namespace guichet::eventlog
