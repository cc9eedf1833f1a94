#include "eventlog/sqlite/acknowledged_mark.h"
#include "eventlog/sqlite/data_folder.h"
#include "eventlog/sqlite/segment.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "eventlog/sqlite/store.h"

namespace guichet::eventlog {

namespace {

std::uint64_t number(const SQLite::Column& column) {
  return static_cast<std::uint64_t>(column.getInt64());
}

std::string_view blob(const SQLite::Column& column) {
  return {static_cast<const char*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

std::string place(const std::string& topic, std::uint32_t partition, std::uint64_t first,
                  std::uint64_t last) {
  std::string text = "topic " + topic + ", partition " + std::to_string(partition) + ", position " +
                     std::to_string(first);
  if (last != first) text += " to " + std::to_string(last);
  return text;
}

/// The number of records, or none where they are not what the row says.
std::optional<std::uint64_t> records_in(std::string_view bytes, std::uint64_t first,
                                        std::uint64_t last) {
  std::uint64_t count = 0;
  std::uint64_t end = 0;
  try {
    for_each_record(bytes, first, 0, "", 0, [&](Record&& record) {
      ++count;
      end = record.position;
      return true;
    });
  } catch (const DamagedError&) {
    return std::nullopt;
  }
  if (end != last) return std::nullopt;
  return count;
}

std::string check_segments(Connection& connection, const StoredTopic& topic,
                           std::uint32_t partition, VerifyReport& report) {
  StreamHead found;
  SQLite::Statement& row = connection.statement(
      "SELECT first, last, count, checksum, chain, records FROM segments "
      "WHERE topic = ? AND partition = ? ORDER BY last");
  row.bind(1, topic.id);
  row.bind(2, partition);
  while (row.executeStep()) {
    const std::uint64_t first = number(row.getColumn(0));
    const std::uint64_t last = number(row.getColumn(1));
    const std::uint64_t count = number(row.getColumn(2));
    const std::uint64_t checksum = number(row.getColumn(3));
    const std::uint64_t chain = number(row.getColumn(4));
    const std::string_view bytes = blob(row.getColumn(5));
    const std::string where = place(topic.name, partition, first, last);
    if (segment_checksum(bytes) != checksum) {
      return where + ": the records are not those that were written (checksum)";
    }
    if (segment_chain(found.chain, first, last, count, checksum) != chain || first <= found.last) {
      return where + ": does not follow what stands before it (chain)";
    }
    if (records_in(bytes, first, last) != count) return where + ": cannot be decoded";
    found = {.last = last, .segments = found.segments + 1, .chain = chain};
    ++report.segments;
    report.records += count;
  }
  const StreamHead& head = topic.partitions[partition];
  if (head.chain != found.chain || head.segments != found.segments || head.last != found.last) {
    return place(topic.name, partition, found.last + 1, head.last) +
           ": segments are missing at the end";
  }
  return "";
}

std::string check_states(Connection& connection, VerifyReport& report) {
  SQLite::Statement& row = connection.statement(
      "SELECT position, partition, key, wake_at, checksum, record, name, compacted "
      "FROM states LEFT JOIN topics USING (topic) ORDER BY position");
  while (row.executeStep()) {
    const std::uint64_t position = number(row.getColumn(0));
    const std::string_view bytes = blob(row.getColumn(5));
    const std::string where =
        place(row.getColumn(6).getString(), row.getColumn(1).getUInt(), position, position);
    if (state_checksum(bytes, position) != number(row.getColumn(4))) {
      return where + ": the state is not that which was written (checksum)";
    }
    Record record;
    try {
      read_state(bytes, record);
    } catch (const DamagedError&) {
      return where + ": cannot be decoded";
    }
    if (record.header.key() != row.getColumn(2).getString() ||
        record.header.wake_at_us() != row.getColumn(3).getInt64() ||
        row.getColumn(7).getInt() != 1) {
      return where + ": the row and the state in it differ";
    }
    ++report.states;
  }
  return "";
}

/// What SQLite itself finds: pages, indexes.
std::string check_structure(Connection& connection) {
  SQLite::Statement& row = connection.statement("PRAGMA integrity_check(1)");
  if (!row.executeStep()) return "";
  const std::string found = row.getColumn(0).getString();
  return found == "ok" ? "" : "the structure of the file: " + found;
}

}  // namespace

Result<VerifyReport> verify_sqlite_log(const std::filesystem::path& folder) {
  Result<DataFolder> locked = DataFolder::lock(folder, DataFolder::Missing::kFail);
  if (!locked) return locked.error();
  return verify_sqlite_log(*locked);
}

Result<VerifyReport> verify_sqlite_log(const DataFolder& locked) {
  const Result<bool> there = locked.check();
  if (!there) return there.error();
  if (!*there) return Failure{locked.file().string() + ": there is no such file to check"};
  const Result<std::unique_ptr<Store>> store = open_store(locked.file(), {}, nullptr);
  if (!store) return store.error();
  VerifyReport report;
  if (const auto marked = AcknowledgedMark::check(locked.mark(), (*store)->last_position());
      !marked) {
    report.damage = marked.error().message;
    return report;
  }
  try {
    // First without the checksums of pages, so that what is damaged has a name; then with them.
    Connection connection(locked.file(), Connection::Mode::kUnchecked);
    const Topics& topics = (*store)->topics();
    for (std::size_t i = 0; i < topics.size() && report.damage.empty(); ++i) {
      if (topics[i].compacted) continue;
      for (std::uint32_t p = 0; p < (*store)->partitions() && report.damage.empty(); ++p) {
        report.damage = check_segments(connection, topics[i], p, report);
      }
    }
    if (report.damage.empty()) report.damage = check_states(connection, report);
    if (report.damage.empty()) {
      Connection checked(locked.file(), Connection::Mode::kReadOnly);
      report.damage = check_structure(checked);
    }
  } catch (const SQLite::Exception& error) {
    report.damage = "the structure of the file: " + describe(error);
  }
  return report;
}

Result<void> rebuild_projection(const std::filesystem::path& folder, Projection& projection) {
  Result<DataFolder> locked = DataFolder::lock(folder, DataFolder::Missing::kFail);
  if (!locked) return locked.error();
  const Result<bool> there = locked->check();
  if (!there) return there.error();
  if (!*there) return Failure{locked->file().string() + ": there is no such file"};
  const Result<std::unique_ptr<Store>> store = open_store(locked->file(), {}, nullptr);
  if (!store) return store.error();
  try {
    (*store)->rebuild(projection);
  } catch (const std::exception& error) {
    return Failure{locked->file().string() + ": the views cannot be made anew: " + error.what()};
  }
  return {};
}

}  // namespace guichet::eventlog
