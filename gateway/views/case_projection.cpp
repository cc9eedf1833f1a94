#include <set>

#include "eventlog/sqlite/projection.h"
#include "gateway/cases/merge.h"
#include "gateway/views/case_view.h"
#include "gateway/views/payment_projection.h"
#include "gateway/views/sqlite_views.h"
#include "schemas/topics.h"
#include "schemas/values/invariant.h"

namespace guichet::views {
namespace {

using eventlog::Connection;
using eventlog::Record;

// Each index ends in the order of lists, so that no list is sorted: it is read in order up to its
// limit. gateway/views/case_query.cpp chooses between them.
constexpr const char* kTables = R"(
  DROP TABLE IF EXISTS case_view;
  DROP TABLE IF EXISTS case_program;
  CREATE TABLE case_view (
    id TEXT PRIMARY KEY, number TEXT NOT NULL, client TEXT NOT NULL, person TEXT NOT NULL,
    desk TEXT NOT NULL,
    programs TEXT NOT NULL, received_at INTEGER NOT NULL, status TEXT NOT NULL,
    version INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX case_by_time ON case_view (received_at, id);
  CREATE INDEX case_by_number ON case_view (number, received_at, id);
  CREATE INDEX case_by_client ON case_view (client, received_at, id);
  CREATE INDEX case_by_person ON case_view (person, received_at, id);
  CREATE INDEX case_by_desk ON case_view (desk, received_at, id);
  CREATE INDEX case_by_status ON case_view (status, received_at, id);
  CREATE TABLE case_program (
    program TEXT, received_at INTEGER, id TEXT,
    PRIMARY KEY (program, received_at, id)) WITHOUT ROWID;
)";

/// What the tables hold of one case.
struct Row {
  std::string client;
  std::string person;
  std::string desk;
  std::string programs;  // ids, sorted, separated by spaces
  std::int64_t received_at = 0;
  std::int64_t version = 0;
};

std::string programs_of(const v1::Submission& submission) {
  std::set<std::string> ids;
  for (const v1::ProgramCase& program : submission.programs()) ids.insert(program.program());
  std::string joined;
  for (const std::string& id : ids) joined += (joined.empty() ? "" : " ") + id;
  return joined;
}

class CaseProjection : public eventlog::Projection {
 public:
  std::string version() const override { return "cases/2 payments/1"; }

  void create(Connection& database) override {
    database.execute(kTables);
    create_payment_tables(database);
  }

  void apply(Connection& database, std::span<const Record* const> records) override {
    for (const Record* record : records) {
      if (record->topic == topics::kCases) apply(database, *record);
      apply_to_payment_tables(database, *record);
    }
  }

 private:
  static void apply(Connection& database, const Record& record) {
    const auto view = case_of(record);
    GUICHET_INVARIANT(view);
    const v1::CaseState& state = *view->state;
    const std::string& id = record.header.key();
    const std::string status = view->held ? "held" : cases::to_string(state.current().status());
    const v1::Application& application = state.current().application();
    const Row now{state.client_id(),
                  application.client().person_key(),
                  application.channel().desk(),
                  programs_of(state.current()),
                  state.received_at_us(),
                  static_cast<std::int64_t>(view->version)};

    const auto before = find(database, id);
    if (before && before->version >= now.version) return;
    if (before && before->client == now.client && before->person == now.person &&
        before->desk == now.desk && before->programs == now.programs &&
        before->received_at == now.received_at) {
      // The usual step: only one index moves.
      auto& update =
          database.statement("UPDATE case_view SET status = ?, version = ? WHERE id = ?");
      update.bind(1, status);
      update.bind(2, now.version);
      update.bind(3, id);
      update.exec();
      return;
    }
    if (before) forget_programs(database, id, *before);
    insert(database, id, state.number(), status, now);
  }

  static std::optional<Row> find(Connection& database, const std::string& id) {
    auto& query = database.statement(
        "SELECT client, person, desk, programs, received_at, version FROM case_view WHERE id = ?");
    query.bind(1, id);
    if (!query.executeStep()) return std::nullopt;
    Row row{query.getColumn(0).getString(), query.getColumn(1).getString(),
            query.getColumn(2).getString(), query.getColumn(3).getString(),
            query.getColumn(4).getInt64(),  query.getColumn(5).getInt64()};
    query.reset();
    return row;
  }

  static void insert(Connection& database, const std::string& id, const std::string& number,
                     const std::string& status, const Row& row) {
    auto& insert = database.statement(
        "INSERT OR REPLACE INTO case_view "
        "(id, number, client, person, desk, programs, received_at, status, version) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, id);
    insert.bind(2, number);
    insert.bind(3, row.client);
    insert.bind(4, row.person);
    insert.bind(5, row.desk);
    insert.bind(6, row.programs);
    insert.bind(7, row.received_at);
    insert.bind(8, status);
    insert.bind(9, row.version);
    insert.exec();
    for_each_program(database, id, row, "INSERT INTO case_program VALUES (?, ?, ?)");
  }

  static void forget_programs(Connection& database, const std::string& id, const Row& row) {
    for_each_program(database, id, row,
                     "DELETE FROM case_program WHERE program = ? AND received_at = ? AND id = ?");
  }

  static void for_each_program(Connection& database, const std::string& id, const Row& row,
                               const char* sql) {
    for (std::size_t at = 0; at < row.programs.size();) {
      const std::size_t end = std::min(row.programs.find(' ', at), row.programs.size());
      auto& statement = database.statement(sql);
      statement.bind(1, row.programs.substr(at, end - at));
      statement.bind(2, row.received_at);
      statement.bind(3, id);
      statement.exec();
      at = end + 1;
    }
  }
};

}  // namespace

std::unique_ptr<eventlog::Projection> case_projection() {
  return std::make_unique<CaseProjection>();
}

}  // namespace guichet::views
