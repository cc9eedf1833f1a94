#include "tests/end_to_end/reference_households.h"

#include <gtest/gtest.h>

#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {
namespace {

TEST(ReferenceHouseholds, EveryFigureComesOutOfTheApiAndOfAScreening) {
  RunningServer server;
  const int compared =
      expect_reference_figures([&] { return server.client(); }, kReferenceHouseholds);
  RecordProperty("figures", compared);
  EXPECT_EQ(compared, 1'498);  // every figure of the file for these programs
}

}  // namespace
}  // namespace guichet::end_to_end
