// A bit flips in the files of a server that is stopped, or was killed.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/faults/booked_load.h"

namespace guichet::end_to_end {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;

constexpr std::chrono::seconds kCallTime{10};

/// What a reader saw of every case while all was well, by target.
using Seen = std::map<std::string, std::string>;

std::string read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void flip(const fs::path& file, std::size_t byte, unsigned bit) {
  std::string bytes = read_whole(file);
  bytes[byte] = static_cast<char>(bytes[byte] ^ (1U << bit));
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

class FlippedBits : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    RunningServer server;
    Book book;
    {
      BookedLoad load(server, book, 1'000, 3);
      ASSERT_TRUE(load.wait_for(30));
    }
    auto client = server.client();
    book.expect_all_completed(client);
    for (const std::string& id : listed_ids(client)) {
      const std::string target = "/v1/applications/" + id;
      seen_[target] = client.send({"GET", target, {}, {}}, kCallTime).body;
    }
    seen_["/v1/applications?limit=100"] =
        client.send({"GET", "/v1/applications?limit=100", {}, {}}, kCallTime).body;
    if (const bool killed = GetParam(); killed)
      server.kill();
    else
      EXPECT_EQ(server.terminate(), 0);
    fs::copy(server.data(), kept_.path() / "data", fs::copy_options::recursive);
  }

  std::vector<fs::path> files() const {
    std::vector<fs::path> names;
    for (const auto& entry : fs::directory_iterator(kept_.path() / "data"))
      if (entry.is_regular_file() && entry.file_size() > 0)
        names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

  /// True: the damage was named, by the start or by `guichet verify`.
  bool live_with(const fs::path& file, std::size_t byte, unsigned bit) {
    SCOPED_TRACE(file.string() + ", byte " + std::to_string(byte) + ", bit " + std::to_string(bit));
    RunningServer server({}, RunningServer::Start::kLater);
    fs::copy(kept_.path() / "data", server.data(), fs::copy_options::recursive);
    flip(server.data() / file, byte, bit);
    const Ended verified = run_guichet({"verify", "--data", server.data().string()});
    EXPECT_THAT(verified.code, AnyOf(0, 1)) << verified.err;
    if (verified.code != 0) {
      EXPECT_THAT(verified.err, HasSubstr(server.data().string()));
      EXPECT_THAT(verified.err, AnyOf(HasSubstr("backup"), HasSubstr("nothing was changed")));
    }
    if (!server.try_start()) {
      EXPECT_EQ(server.exit_code(), 1) << server.log();
      EXPECT_THAT(server.log(), HasSubstr(server.data().string()));
      return true;
    }
    expect_nothing_wrong_is_served(server, verified.code != 0);
    return verified.code != 0;
  }

  void expect_nothing_wrong_is_served(RunningServer& server, bool named) {
    for (const auto& [target, body] : seen_) {
      cli::HttpResponse answer;
      try {
        auto client = server.client();
        answer = client.send({"GET", target, {}, {}}, kCallTime);
      } catch (const cli::CannotReach&) {
        // It found that it could not go on.
        EXPECT_TRUE(server.ends_within(std::chrono::seconds(5)));
        EXPECT_EQ(server.exit_code(), 74);
        EXPECT_TRUE(named) << server.log();
        return;
      }
      if (answer.status == 200) {
        EXPECT_EQ(without_account(json_of(answer)), without_account(boost::json::parse(body)))
            << target;
      } else {
        EXPECT_EQ(answer.status, 503U) << target << " " << answer.body;
        EXPECT_TRUE(named);
      }
    }
  }

  Seen seen_;
  TemporaryFolder kept_;
};

TEST_P(FlippedBits, AreNamedOrHarmlessAndNothingWrongIsServed) {
  const int flips = std::getenv("GUICHET_NIGHTLY") ? 200 : 16;
  const char* given = std::getenv("GUICHET_SEED");
  const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("again with GUICHET_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  std::map<std::string, std::pair<int, int>> tally;  // flips, named
  const auto all = files();
  for (int i = 0; i < flips && !HasFailure(); ++i) {
    // Each small file once, and the large ones for the rest.
    fs::path file = "guichet.db";
    if (static_cast<std::size_t>(i) < all.size()) {
      file = all[static_cast<std::size_t>(i)];
    } else if (GetParam() && i % 2 == 0) {
      file = "guichet.db-wal";
    }
    const std::size_t byte = random() % fs::file_size(kept_.path() / "data" / file);
    auto& [count, named] = tally[file.string()];
    ++count;
    named += live_with(file, byte, random() % 8) ? 1 : 0;
  }
  std::cout << "seed " << seed << ":";
  for (const auto& [file, counts] : tally)
    std::cout << " " << file << " " << counts.second << " of " << counts.first << " named;";
  std::cout << std::endl;
}

INSTANTIATE_TEST_SUITE_P(OfAServer, FlippedBits, testing::Bool(), [](const auto& made) {
  return made.param ? std::string("ThatWasKilled") : std::string("ThatWasStopped");
});

}  // namespace
}  // namespace guichet::end_to_end
