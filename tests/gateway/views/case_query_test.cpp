#include "gateway/views/case_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eventlog/sqlite/connection.h"
#include "eventlog/sqlite/projection.h"
#include "gateway/views/sqlite_views.h"

namespace guichet::views {
namespace {

CaseFilter filter_of(unsigned bits) {
  CaseFilter filter;
  if (bits & 1) filter.number = "K7Q4-2M9XA-C";
  if (bits & 2) filter.client = "c_8f3a";
  if (bits & 4) filter.status = "partial";
  if (bits & 8) filter.program = "nb-ctb";
  if (bits & 16) filter.desk = "snb-grand-manan";
  if (bits & 32) filter.from_us = 1'767'225'600'000'000;
  if (bits & 64) filter.to_us = 1'769'904'000'000'000;
  if (bits & 128) filter.person = "p_8f3a";
  return filter;
}

TEST(CaseQuery, EveryCombinationOfFiltersGoesThroughAnIndexAndIsNeverSorted) {
  eventlog::Connection database(":memory:", eventlog::Connection::Mode::kWrite);
  case_projection()->create(database);
  for (unsigned bits = 0; bits < 256; ++bits) {
    for (const bool from_cursor : {false, true}) {
      const auto after =
          from_cursor ? std::optional<ListPlace>({1'767'225'600'000'000, "0197"}) : std::nullopt;
      const CaseQuery query = case_query(filter_of(bits), after, 51);
      auto& plan = database.statement("EXPLAIN QUERY PLAN " + query.sql);
      std::string steps;
      while (plan.executeStep()) steps += plan.getColumn(3).getString() + "\n";
      EXPECT_THAT(steps, testing::AnyOf(testing::HasSubstr("USING INDEX case_by_"),
                                        testing::HasSubstr("USING COVERING INDEX case_by_"),
                                        testing::HasSubstr("USING PRIMARY KEY (program=?")))
          << query.sql;
      EXPECT_THAT(steps, testing::Not(testing::HasSubstr("TEMP B-TREE"))) << query.sql;
      EXPECT_EQ(steps.starts_with("SEARCH"), bits != 0 || from_cursor) << query.sql;
    }
  }
}

TEST(Cursor, GivesBackItsPlace) {
  CaseFilter filter = filter_of(4);
  filter.cursor = write_cursor(filter, {1'767'277'402'000'000, "0197a2c4-5d1e-7c3a-9b1f"});
  const auto place = read_cursor(filter);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->received_at_us, 1'767'277'402'000'000);
  EXPECT_EQ(place->id, "0197a2c4-5d1e-7c3a-9b1f");
}

TEST(Cursor, IsRefusedWhereItWasCutOrMadeUpOrBelongsToAnotherFilter) {
  CaseFilter filter = filter_of(4);
  const std::string good = write_cursor(filter, {1'767'277'402'000'000, "0197a2c4"});
  for (std::size_t cut = 1; cut < good.size(); ++cut) {
    filter.cursor = good.substr(0, cut);
    EXPECT_FALSE(read_cursor(filter)) << filter.cursor;
  }
  for (const char* made_up :
       {".", "..", "1..", "a.b.c", "99999999999999999999.x.0", "\xff\x00.."}) {
    filter.cursor = made_up;
    EXPECT_FALSE(read_cursor(filter)) << made_up;
  }
  CaseFilter other = filter_of(8);
  other.cursor = good;
  EXPECT_FALSE(read_cursor(other));
}

}  // namespace
}  // namespace guichet::views
