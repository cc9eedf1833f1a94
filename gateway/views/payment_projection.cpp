#include "gateway/views/payment_projection.h"

#include "eventlog/key_snapshot.h"
#include "guichet/v1/payments.pb.h"
#include "schemas/topics.h"

namespace guichet::views {
namespace {

constexpr const char* kTables = R"(
  DROP TABLE IF EXISTS stopped_client;
  CREATE TABLE stopped_client (client TEXT PRIMARY KEY) WITHOUT ROWID;
)";

}  // namespace

void create_payment_tables(eventlog::Connection& database) {
  database.execute(kTables);
}

void apply_to_payment_tables(eventlog::Connection& database, const eventlog::Record& record) {
  if (record.topic != topics::kAccounts) return;
  const auto key = eventlog::snapshot_of(record, v1::AccountState::default_instance());
  if (!key) return;  // its owner holds such a key, and says so
  const auto& state = static_cast<const v1::AccountState&>(*key->state);
  if (!state.has_client()) return;
  auto& statement = database.statement(state.client().stops_size() > 0
                                           ? "INSERT OR IGNORE INTO stopped_client VALUES (?)"
                                           : "DELETE FROM stopped_client WHERE client = ?");
  statement.bind(1, record.header.key());
  statement.exec();
}

}  // namespace guichet::views
