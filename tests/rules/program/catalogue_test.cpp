#include <gtest/gtest.h>

#include "rules/program/load.h"

namespace guichet::rules {
namespace {

const std::string kPrograms = std::string(GUICHET_SOURCE_DIR) + "/rules/programs";

TEST(Catalogue, HoldsTheProgramsOfTheFolderById) {
  const auto catalogue = load_catalogue({kPrograms});
  ASSERT_TRUE(catalogue) << catalogue.error().message;
  EXPECT_EQ(catalogue->ids(),
            (std::vector<std::string>{"ca-ccb", "ca-gst", "ca-oas", "nb-ctb", "on-ocb"}));
  const auto program = catalogue->find("nb-ctb");
  ASSERT_TRUE(program);
  EXPECT_EQ(program->manifest().name.en,
            "New Brunswick Child Tax Benefit and Working Income Supplement");
  EXPECT_TRUE(program->manifest().offered_where("NB"));
  EXPECT_FALSE(program->manifest().offered_where("ON"));
  EXPECT_TRUE(catalogue->find("ca-ccb")->manifest().offered_where("NU"));
  EXPECT_EQ(program->manifest().version.substr(0, 7), "sha256:");
  EXPECT_EQ(program->manifest().version.size(), 7u + 64u);
  EXPECT_EQ(catalogue->find("nb-ctb", program->manifest().version), program);
  EXPECT_FALSE(catalogue->find("nb-ctb", "sha256:0"));
  EXPECT_FALSE(catalogue->find("qc-fa"));
}

TEST(Catalogue, SaysFromWhichDayFiguresAreKnown) {
  const Catalogue catalogue = load_catalogue({kPrograms}).value();
  EXPECT_EQ(catalogue.find("ca-ccb")->manifest().figures_from, parse_day("2022-07-01").value());
  EXPECT_EQ(catalogue.find("ca-gst")->manifest().figures_from, parse_day("2022-07-01").value());
  EXPECT_EQ(catalogue.find("ca-oas")->manifest().figures_from, parse_day("2022-01-01").value());
  EXPECT_EQ(catalogue.find("on-ocb")->manifest().figures_from, parse_day("2022-07-01").value());
  EXPECT_EQ(catalogue.find("nb-ctb")->manifest().figures_from, parse_day("2023-01-01").value());
}

}  // namespace
}  // namespace guichet::rules
