#include "gateway/views/sqlite_views.h"

#include <algorithm>
#include <limits>
#include <variant>

#include "eventlog/log.h"
#include "eventlog/sqlite/reading.h"
#include "gateway/views/case_query.h"
#include "schemas/topics.h"
#include "schemas/values/invariant.h"

namespace guichet::views {
namespace {

class SqliteViews : public Views {
 public:
  SqliteViews(const eventlog::Log& log, eventlog::ReadPool& readers, Covers covers)
      : log_(log), readers_(readers), covers_(std::move(covers)) {}

  std::optional<CaseView> find(const std::string& application_id) const override {
    const auto record = log_.latest(topics::kCases, application_id);
    if (!record) return std::nullopt;
    auto view = case_of(*record);
    GUICHET_INVARIANT(view);
    return view;
  }

  Result<CasePage> list(const CaseFilter& filter) const override {
    std::optional<ListPlace> after;
    if (!filter.cursor.empty()) {
      auto place = read_cursor(filter);
      if (!place) return place.error();
      after = *place;
    }
    const unsigned limit = std::clamp(filter.limit, 1U, kMaxPage);
    // One more than the page holds tells whether there is a next one.
    std::vector<ListPlace> places = query(case_query(filter, after, limit + 1));
    CasePage page;
    if (places.size() > limit) {
      places.resize(limit);
      page.next = write_cursor(filter, places.back());
    }
    for (const ListPlace& place : places)
      if (auto view = find(place.id)) page.items.push_back(std::move(*view));
    return page;
  }

  std::vector<std::string> stopped_clients(const std::string& after,
                                           unsigned limit) const override {
    return eventlog::reading("what lists are read from", [&] {
      auto connection = readers_.lease();
      auto& statement = connection->statement(
          "SELECT client FROM stopped_client WHERE client > ? ORDER BY client LIMIT ?");
      statement.bind(1, after);
      statement.bind(2, limit);
      std::vector<std::string> clients;
      while (statement.executeStep()) clients.push_back(statement.getColumn(0).getString());
      return clients;
    });
  }

  std::vector<RejectedPayment> rejected(const std::string& run,
                                        const std::optional<RejectedPlace>& after,
                                        unsigned limit) const override {
    return eventlog::reading("what lists are read from", [&] {
      auto connection = readers_.lease();
      auto& statement = connection->statement(
          run.empty()
              ? "SELECT client, payment FROM rejected_payment WHERE (at_us, id) < (?2, ?3) "
                "AND ?1 = '' ORDER BY at_us DESC, id DESC LIMIT ?4"
              : "SELECT client, payment FROM rejected_payment WHERE run = ?1 AND (at_us, id) < "
                "(?2, ?3) ORDER BY at_us DESC, id DESC LIMIT ?4");
      statement.bind(1, run);
      statement.bind(2, after ? after->at_us : std::numeric_limits<std::int64_t>::max());
      statement.bind(3, after ? after->id : std::string());
      statement.bind(4, limit);
      std::vector<RejectedPayment> rejected;
      while (statement.executeStep()) {
        RejectedPayment& row = rejected.emplace_back();
        row.client = statement.getColumn(0).getString();
        GUICHET_INVARIANT(row.payment.ParseFromArray(statement.getColumn(1).getBlob(),
                                                     statement.getColumn(1).getBytes()));
      }
      return rejected;
    });
  }

  bool covers(std::uint32_t partition, std::uint64_t position) const override {
    return covers_(partition, position);
  }

 private:
  std::vector<ListPlace> query(const CaseQuery& query) const {
    return eventlog::reading("what lists are read from", [&] { return rows_of(query); });
  }

  std::vector<ListPlace> rows_of(const CaseQuery& query) const {
    auto connection = readers_.lease();
    auto& statement = connection->statement(query.sql);
    int at = 0;
    for (const auto& value : query.values)
      std::visit([&](const auto& bound) { statement.bind(++at, bound); }, value);
    std::vector<ListPlace> places;
    while (statement.executeStep())
      places.push_back({statement.getColumn(1).getInt64(), statement.getColumn(0).getString()});
    return places;
  }

  const eventlog::Log& log_;
  eventlog::ReadPool& readers_;
  Covers covers_;
};

}  // namespace

std::unique_ptr<Views> sqlite_views(const eventlog::Log& log, eventlog::ReadPool& readers,
                                    Covers covers) {
  return std::make_unique<SqliteViews>(log, readers, std::move(covers));
}

}  // namespace guichet::views
