#include "gateway/http/settlement_page.h"

#include <gmock/gmock.h>

namespace guichet::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Statements hostile() {
  Statements all{.month = std::chrono::year{2026} / 7,
                 .paying_government = "CA",
                 .position = "at:1",
                 .statements = {},
                 .total_cents = -100};
  payments::SettlementLine line{
      .payments = 1, .paid_cents = 100, .returns = 1, .returned_cents = 200};
  all.statements.push_back({.government = "<b>NB",
                            .lines = {{"=1+1", "@SUM(\"A\") <script>alert(1)</script>", line}},
                            .owed_cents = -100});
  return all;
}

TEST(SettlementPage, LetsNoNameBecomeMarkup) {
  const std::string page = settlement_html(hostile(), Language::en);
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page, HasSubstr("<html lang=\"en\">"));
}

TEST(SettlementPage, LetsNoCellBecomeAFormula) {
  const std::string table = settlement_csv(hostile(), Language::fr);
  EXPECT_THAT(table, HasSubstr("\"'=1+1\",\"'@SUM(\"\"A\"\") <script>"));
  EXPECT_THAT(table, HasSubstr(",1,1.00,1,2.00,-1.00\r\n"));  // an amount stays a number
  EXPECT_THAT(table, HasSubstr("\"mois\",\"de\",\"à\""));
}

TEST(SettlementPage, SaysWhereNothingWasPaid) {
  Statements none;
  none.month = std::chrono::year{2026} / 7;
  none.paying_government = "CA";
  EXPECT_THAT(settlement_html(none, Language::fr), HasSubstr("Rien n’a été payé ce mois-ci."));
}

}  // namespace
}  // namespace guichet::http
