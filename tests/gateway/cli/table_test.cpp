#include "gateway/cli/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "gateway/cli/terminal.h"

namespace guichet::cli {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Terminal, AccentsAndNoBreakSpacesTakeOneColumn) {
  EXPECT_EQ(display_width("État"), 4U);
  EXPECT_EQ(display_width("7\u00a0997,00\u00a0$"), 10U);
}

TEST(Terminal, TextIsBrokenAtSpacesAndAnAmountStaysWhole) {
  EXPECT_THAT(wrap("Votre revenu de 46\u00a0610,00\u00a0$ dépasse", 16),
              ElementsAre("Votre revenu de", "46\u00a0610,00\u00a0$", "dépasse"));
  EXPECT_THAT(wrap("ééééééé", 3), ElementsAre("ééé", "ééé", "é"));
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
}

TEST(Terminal, WhatCouldSteerItIsNotPrinted) {
  EXPECT_EQ(printable("a\x1b[31mb\u009bc\n"), "a\uFFFD[31mb\uFFFDc\uFFFD");
  EXPECT_EQ(printable("Île-du-Prince-Édouard"), "Île-du-Prince-Édouard");
}

TEST(Table, NumbersStandAtTheRight) {
  Table table({{"Program", Table::left}, {"A year", Table::right}});
  table.row({"Canada Child Benefit", "$7,997.00"});
  table.row({"GST credit", "$882.00"});
  std::ostringstream out;
  table.print(out, 80);
  EXPECT_THAT(lines_of(out.str()),
              ElementsAre("Program                  A year", "────────────────────  ─────────",
                          "Canada Child Benefit  $7,997.00", "GST credit              $882.00"));
}

TEST(Table, IsNoWiderThanTheTerminal) {
  Table table({{"Programme", Table::left, true},
               {"Payé par", Table::left, true},
               {"Par année", Table::right}});
  table.row({"Prestation fiscale pour enfants du Nouveau-Brunswick", "Nouveau-Brunswick",
             "500,00\u00a0$"});
  table.note(
      "Votre revenu familial de 19 400,00 $ est en dessous de 20 000,00 $, donc le montant "
      "est entier.");
  for (const std::size_t width : {40U, 60U, 80U, 120U}) {
    std::ostringstream out;
    table.print(out, width);
    for (const std::string& line : lines_of(out.str()))
      EXPECT_LE(display_width(line), width) << line;
  }
}

}  // namespace
}  // namespace guichet::cli
