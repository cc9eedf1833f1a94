#include "gateway/views/payment_projection.h"

#include "eventlog/key_snapshot.h"
#include "guichet/v1/payments.pb.h"
#include "schemas/topics.h"

namespace guichet::views {
namespace {

constexpr const char* kTables = R"(
  DROP TABLE IF EXISTS stopped_client;
  DROP TABLE IF EXISTS rejected_payment;
  CREATE TABLE stopped_client (client TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE rejected_payment (
    at_us INTEGER, id TEXT, run TEXT NOT NULL, client TEXT NOT NULL, payment BLOB NOT NULL,
    PRIMARY KEY (at_us, id)) WITHOUT ROWID;
  CREATE INDEX rejected_by_run ON rejected_payment (run, at_us, id);
)";

void keep_stop(eventlog::Connection& database, const std::string& client,
               const v1::ClientAccount& account) {
  auto& statement = database.statement(account.stops_size() > 0
                                           ? "INSERT OR IGNORE INTO stopped_client VALUES (?)"
                                           : "DELETE FROM stopped_client WHERE client = ?");
  statement.bind(1, client);
  statement.exec();
}

/// A rejected payment stays one, so that its row never changes.
void keep_rejected(eventlog::Connection& database, const std::string& client,
                   const v1::ClientAccount& account) {
  for (const v1::Payment& payment : account.payments()) {
    if (payment.status() != v1::REJECTED) continue;
    auto& statement =
        database.statement("INSERT OR IGNORE INTO rejected_payment VALUES (?, ?, ?, ?, ?)");
    const std::string bytes = payment.SerializeAsString();
    statement.bind(1, payment.at_us());
    statement.bind(2, payment.id());
    statement.bind(3, payment.run_id());
    statement.bind(4, client);
    statement.bind(5, bytes.data(), static_cast<int>(bytes.size()));
    statement.exec();
  }
}

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
  keep_stop(database, record.header.key(), state.client());
  keep_rejected(database, record.header.key(), state.client());
}

}  // namespace guichet::views
