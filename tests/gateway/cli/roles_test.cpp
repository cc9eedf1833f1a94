#include "gateway/cli/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace guichet::cli {
namespace {

using testing::HasSubstr;

TEST(Roles, AreAllWhereNothingIsSaid) {
  EXPECT_TRUE(Roles{}.are_all());
  EXPECT_TRUE(parse_roles("gateway,cases,payments,adapters")->are_all());
}

TEST(Roles, NameThePrograms) {
  const Roles roles = parse_roles("cases,adapters:ca-*,adapters:nb-ctb").value();
  EXPECT_FALSE(roles.gateway);
  EXPECT_TRUE(roles.cases);
  EXPECT_TRUE(roles.adapts("ca-ccb"));
  EXPECT_TRUE(roles.adapts("nb-ctb"));
  EXPECT_FALSE(roles.adapts("nb-other"));
  EXPECT_FALSE(roles.adapts("on-ocb"));
  EXPECT_FALSE(roles.are_all());
}

TEST(Roles, WithoutAdaptersAdaptNothing) {
  EXPECT_FALSE(parse_roles("gateway")->adapts("ca-ccb"));
}

TEST(Roles, ASlipIsRefusedWithWhatThereIs) {
  for (const char* wrong : {"", "gatway", "gateway,", ",cases", "adapters:", "gateway cases"}) {
    const auto roles = parse_roles(wrong);
    ASSERT_FALSE(roles) << wrong;
    EXPECT_THAT(roles.error().message, HasSubstr("there are gateway, cases, payments, and adapters:PATTERN"));
  }
}

}  // namespace
}  // namespace guichet::cli
