#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eventlog/sqlite/connection.h"
#include "eventlog/sqlite/data_folder.h"
#include "eventlog/sqlite/store.h"

namespace guichet::eventlog::migrating {

/// Where a group stands in a topic: it consumed all below `next`.
struct GroupPosition {
  std::string group;
  std::uint64_t next;
};

/// The file of a stopped server, as it is read here.
class Source {
 public:
  static Result<std::unique_ptr<Source>> open(const DataFolder& folder);

  const Topics& topics() const { return store_->topics(); }
  std::vector<GroupPosition> groups_of(std::size_t topic) const;

  /// Calls with all records of a topic, in order, some at a time. Throws DamagedError and
  /// SQLite::Exception.
  void for_each_batch(std::size_t topic, const std::function<void(std::vector<Record>)>& call);

 private:
  Source(std::unique_ptr<Store> store, const std::filesystem::path& file);

  std::unique_ptr<Store> store_;
  std::vector<Move> groups_;
  Connection connection_;
};

}  // namespace guichet::eventlog::migrating
