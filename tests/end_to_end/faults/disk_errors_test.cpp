// Each write and sync of the server in turn fails, once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/faults/booked_load.h"

namespace guichet::end_to_end {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr int kDiskFailed = 74;
constexpr std::size_t kApplications = 25;
constexpr std::chrono::seconds kEnds{10};

bool nightly() {
  return std::getenv("GUICHET_NIGHTLY") != nullptr;
}

/// A server behind strace, which lets the N-th call of a kind fail in each of its threads: the
/// first thread starts and stops it, another one writes the log.
class DiskErrors : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  void SetUp() override {
    if (std::system("strace -qq -o /dev/null true >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "strace is not there, or may not trace (ptrace is refused)";
  }

  static std::vector<std::string> failing(const std::string& call, const std::string& error,
                                          int n) {
    // -D: the server stays the child of this test.
    return {"strace",
            "-D",
            "-f",
            "-qq",
            "--seccomp-bpf",
            "-o",
            "/dev/null",
            "-e",
            "trace=" + call,
            "-e",
            "inject=" + call + ":error=" + error + ":when=" + std::to_string(n)};
  }

  /// One life with one fault, and another without.
  void live(int n) {
    const auto& [call, error] = GetParam();
    SCOPED_TRACE(call + " number " + std::to_string(n) + " fails with " + error);
    RunningServer server({}, RunningServer::Start::kLater);
    Book book;
    server.set_wrapper(failing(call, error, n));
    server.set_environment({"ASAN_OPTIONS=detect_leaks=0"});  // nobody traces who is traced
    bool died = !server.try_start();
    if (died) {
      ++died_at_start_;
      EXPECT_THAT(server.exit_code(), AnyOf(1, kDiskFailed)) << server.log();
    } else {
      BookedLoad load(server, book, 1'000, 2);
      while (!died && book.acknowledged() < kApplications)
        died = server.ends_within(std::chrono::milliseconds(20));
      load.stop();
      const bool stopping = !died;
      if (died) {
        ++died_under_load_;
        EXPECT_EQ(server.exit_code(), kDiskFailed);
      } else if (server.terminate() != 0) {
        ++died_stopping_;
        EXPECT_EQ(server.exit_code(), kDiskFailed);
        died = true;
      }
      if (died && !stopping) {
        EXPECT_THAT(server.log(), HasSubstr("cannot be written"));
      }
    }
    if (died) {
      EXPECT_THAT(server.log(), HasSubstr(server.data().string()));
    }
    server.set_wrapper({});
    server.start();
    if (HasFailure()) return;
    {
      auto client = server.client();
      EXPECT_TRUE(book.send(client, 7));
    }
    book.audit(server);
  }

  int died_at_start_ = 0;
  int died_under_load_ = 0;
  int died_stopping_ = 0;
};

TEST_P(DiskErrors, NothingAcknowledgedIsLostAndTheNextStartGoesOn) {
  const auto& [call, error] = GetParam();
  // The start has 4 fsyncs, some 25 fdatasyncs and 110 writes in the first thread; the rest is load
  // in another, and the stop.
  const int most = call == "fsync" ? 5 : call == "fdatasync" ? 40 : 240;
  const int step = nightly() || call == "fsync" ? 1 : call == "fdatasync" ? 6 : 30;
  int lives = 0;
  for (int n = 1; n <= most && !HasFailure(); n += step) {
    live(n);
    ++lives;
  }
  std::cout << call << " " << error << ": " << lives << " lives; ended at the start "
            << died_at_start_ << ", under load " << died_under_load_ << ", while stopping "
            << died_stopping_ << std::endl;
}

INSTANTIATE_TEST_SUITE_P(Each, DiskErrors,
                         testing::Combine(testing::Values("fdatasync", "fsync", "pwrite64"),
                                          testing::Values("EIO", "ENOSPC")),
                         [](const auto& made) {
                           return std::get<0>(made.param) + "_" + std::get<1>(made.param);
                         });

}  // namespace
}  // namespace guichet::end_to_end
