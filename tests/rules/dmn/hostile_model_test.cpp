#include <gtest/gtest.h>

#include "rules/dmn/definitions.h"
#include "tests/rules/dmn/models.h"

namespace guichet::dmn {
namespace {

using testing::HasSubstr;

std::string repeat(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(HostileModel, WithEntitiesOfItsOwnIsRefused) {
  const std::string laughs =
      "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b "
      "\"&a;&a;&a;&a;&a;&a;&a;&a;\">"
      "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>" +
      model_of(decision("x", "", "<literalExpression><text>\"&c;\"</text></literalExpression>"));
  EXPECT_THAT(failure(laughs), HasSubstr("no document type"));
  EXPECT_THAT(failure("<!DOCTYPE d SYSTEM \"file:///etc/passwd\">" + model_of("")),
              HasSubstr("no document type"));
}

TEST(HostileModel, ThatIsTooLargeIsRefused) {
  EXPECT_THAT(failure(std::string(kMaxModelSize + 1, ' ')), HasSubstr("at most"));
}

TEST(HostileModel, ThatStandsTooDeepInItselfIsRefused) {
  EXPECT_THAT(
      failure(model_of(decision("x", "", repeat("<list>", 1000) + repeat("</list>", 1000)))),
      HasSubstr("more than 64 expressions"));
  EXPECT_THAT(failure(model_of(repeat("<itemDefinition name=\"t\">", 1) +
                               repeat("<itemComponent name=\"c\">", 1000) +
                               repeat("</itemComponent>", 1000) + "</itemDefinition>")),
              HasSubstr("too deep"));
  EXPECT_THAT(failure(repeat("<a>", 200'000) + repeat("</a>", 200'000)),
              HasSubstr("<definitions>"));
  std::string chain;
  for (int i = 0; i < 1000; ++i)
    chain += decision("d" + std::to_string(i),
                      i == 0 ? "" : needs("requiredDecision", "d" + std::to_string(i - 1)),
                      literal(i == 0 ? "1" : "d" + std::to_string(i - 1) + " + 1"));
  EXPECT_EQ(decide(*compiled(chain), "d999"), "1000");
}

TEST(HostileModel, ThatIsBrokenIsRefused) {
  const std::string whole = model_of(
      input("n", "number") + decision("answer", needs("requiredInput", "n"), literal("n + 1")));
  ASSERT_EQ(failure(whole), "compiled");
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(failure(whole.substr(0, length)), "compiled") << length;
}

TEST(HostileModel, NeedsItsImports) {
  EXPECT_THAT(failure(model_of("<import name=\"a\" namespace=\"elsewhere\" "
                               "importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/>")),
              HasSubstr("no model of namespace 'elsewhere' is found"));
}

}  // namespace
}  // namespace guichet::dmn
