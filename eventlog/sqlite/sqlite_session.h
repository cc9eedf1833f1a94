#pragma once

#include <string>
#include <vector>

#include "eventlog/log.h"
#include "eventlog/sqlite/order.h"

namespace guichet::eventlog {

/// How the process before this one stopped.
struct LastStop {
  bool in_order = true;
  std::map<std::string, Attempt, std::less<>> attempts;
};

/// A session of SqliteLog: reads the order in memory, and from the file through a connection of its
/// own what memory has no more.
class SqliteSession : public Session {
 public:
  SqliteSession(Order& order, const Topics& topics, std::uint32_t partitions,
                const LastStop& last_stop, std::filesystem::path file,
                const SessionOptions& options);
  ~SqliteSession() override;

  Polled poll(std::string_view group, std::size_t most) override;
  std::optional<Record> latest(std::string_view topic, std::string_view key) override;
  std::vector<DueState> due(std::string_view topic, Instant now, std::size_t most) override;
  std::vector<Record> scan(std::string_view topic, std::uint32_t partition, std::string_view after,
                           std::size_t most) override;
  void commit(std::vector<Record> records) override;
  void abort() override;
  std::uint64_t generation() const override { return generation_; }
  bool stopped_in_order() const override { return last_stop_.in_order; }
  std::optional<Attempt> last_attempt(std::string_view group) const override;
  void note_attempt(std::string_view group, const std::optional<Attempt>& attempt) override;
  void wait(std::chrono::milliseconds most) override;

 private:
  struct Group {
    std::string name;
    std::vector<Order::Cursor> polled;
    std::vector<Order::Cursor> committed;
  };

  void release_groups();
  std::vector<Record> read_file(Order::Cursor& cursor, std::uint64_t below, std::size_t most);

  Order& order_;
  const Topics& topics_;
  const LastStop& last_stop_;
  Connection connection_;
  std::vector<Group> groups_;
  std::uint64_t generation_ = 1;
  std::size_t turn_ = 0;
};

}  // namespace guichet::eventlog
