#include "eventlog/sqlite/sqlite_session.h"

#include <algorithm>
#include <future>
#include <utility>

#include "eventlog/sqlite/reading.h"
#include "schemas/values/invariant.h"

namespace guichet::eventlog {

SqliteSession::SqliteSession(Order& order, const Topics& topics, std::uint32_t partitions,
                             const LastStop& last_stop, std::filesystem::path file,
                             const SessionOptions& options)
    : order_(order),
      topics_(topics),
      last_stop_(last_stop),
      connection_(file, Connection::Mode::kReadOnly) {
  try {
    for (const Subscription& subscription : options.subscriptions) {
      const std::vector<Move> moves = order_.take_group(subscription.group);
      groups_.push_back({.name = subscription.group, .polled = {}, .committed = {}});
      Group& group = groups_.back();
      for (const std::string& name : subscription.topics) {
        const std::size_t topic = topics_.find(name);
        for (std::uint32_t partition = 0; partition < partitions; ++partition) {
          Order::Cursor cursor{topic, partition, 1};
          for (const Move& move : moves) {
            if (move.topic == topic && move.partition == partition) cursor.next = move.next;
          }
          group.committed.push_back(cursor);
        }
      }
      group.polled = group.committed;
    }
  } catch (...) {
    release_groups();
    throw;
  }
}

SqliteSession::~SqliteSession() {
  release_groups();
}

void SqliteSession::release_groups() {
  for (const Group& group : groups_) order_.release_group(group.name);
}

Polled SqliteSession::poll(std::string_view name, std::size_t most) {
  const auto group =
      std::ranges::find_if(groups_, [&](const Group& known) { return known.name == name; });
  GUICHET_INVARIANT(group != groups_.end());
  Polled records;
  ++turn_;  // no partition is always first
  while (records.empty()) {
    const Order::Found found = order_.collect(group->polled, turn_, most);
    if (found.in_memory.empty() && found.in_file.empty()) break;
    for (const Ordered& ordered : found.in_memory) records.add(*ordered.record, ordered.batch);
    for (const auto& [cursor, below] : found.in_file) {
      if (records.size() < most) records.add(read_file(*cursor, below, most - records.size()));
    }
  }
  return records;
}

std::vector<Record> SqliteSession::read_file(Order::Cursor& cursor, std::uint64_t below,
                                             std::size_t most) {
  const StoredTopic& topic = topics_[cursor.topic];
  std::vector<Record> read = reading(
      "topic " + topic.name + " from position " + std::to_string(cursor.next),
      [&] { return read_records(connection_, topic, cursor.partition, cursor.next, below, most); });
  cursor.next = read.size() < most ? below : read.back().position + 1;
  return read;
}

std::optional<Record> SqliteSession::latest(std::string_view topic, std::string_view key) {
  const std::size_t index = topics_.find(topic);
  GUICHET_INVARIANT(topics_[index].compacted);
  if (const std::optional<Ordered> waiting = order_.waiting_state(index, key)) {
    return *waiting->record;
  }
  return reading("topic " + topics_[index].name + ", the state of a key",
                 [&] { return read_latest(connection_, topics_[index], key); });
}

std::vector<DueState> SqliteSession::due(std::string_view topic, Instant now, std::size_t most) {
  const std::size_t index = topics_.find(topic);
  return reading("topic " + topics_[index].name + ", states that are due", [&] {
    SQLite::Statement& row = connection_.statement(
        "SELECT key, wake_at FROM states WHERE topic = ? AND wake_at > 0 AND wake_at <= ? "
        "ORDER BY wake_at, key");
    row.bind(1, topics_[index].id);
    row.bind(2, to_micros(now));
    std::vector<DueState> due = order_.due(index, now, most, [&]() -> std::optional<DueState> {
      if (!row.executeStep()) return std::nullopt;
      return DueState{row.getColumn(0).getString(), from_micros(row.getColumn(1).getInt64())};
    });
    row.reset();
    return due;
  });
}

std::vector<Record> SqliteSession::scan(std::string_view topic, std::uint32_t partition,
                                        std::string_view after, std::size_t most) {
  const std::size_t index = topics_.find(topic);
  GUICHET_INVARIANT(topics_[index].compacted);
  // In this order: a state that gets durable in between is found twice, and not missed.
  std::vector<Ordered> waiting = order_.waiting_states(index, partition, after, most);
  std::vector<Record> in_file = reading("topic " + topics_[index].name + ", states in order", [&] {
    return read_states(connection_, topics_[index], partition, after, most);
  });
  std::vector<Record> records;
  auto newer = waiting.begin();
  auto older = in_file.begin();
  while (records.size() < most && (newer != waiting.end() || older != in_file.end())) {
    const bool from_file =
        newer == waiting.end() ||
        (older != in_file.end() && older->header.key() < newer->record->header.key());
    if (from_file) {
      records.push_back(std::move(*older++));
      continue;
    }
    if (older != in_file.end() && older->header.key() == newer->record->header.key()) ++older;
    records.push_back(*newer++->record);
  }
  return records;
}

void SqliteSession::commit(std::vector<Record> records) {
  std::vector<Move> moves;
  for (Group& group : groups_) {
    for (std::size_t i = 0; i < group.polled.size(); ++i) {
      const Order::Cursor& cursor = group.polled[i];
      if (cursor.next == group.committed[i].next) continue;
      moves.push_back({group.name, cursor.topic, cursor.partition, cursor.next});
    }
    group.committed = group.polled;
  }
  if (records.empty() && moves.empty()) return;
  order_.commit(std::move(records), std::move(moves));
}

void SqliteSession::abort() {
  ++generation_;
  for (Group& group : groups_) group.polled = group.committed;
}

std::optional<Attempt> SqliteSession::last_attempt(std::string_view group) const {
  const auto found = last_stop_.attempts.find(group);
  if (found == last_stop_.attempts.end()) return std::nullopt;
  return found->second;
}

void SqliteSession::note_attempt(std::string_view group, const std::optional<Attempt>& attempt) {
  // Shared: the writer may still be in set_value when this one is already awake.
  const auto durable = std::make_shared<std::promise<void>>();
  order_.attempt({std::string(group), attempt}, [durable](bool) { durable->set_value(); });
  durable->get_future().wait();
}

void SqliteSession::wait(std::chrono::milliseconds most) {
  std::vector<const std::vector<Order::Cursor>*> cursors;
  for (const Group& group : groups_) cursors.push_back(&group.polled);
  order_.wait(cursors, most);
}

}  // namespace guichet::eventlog
