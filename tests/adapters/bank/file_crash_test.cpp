// A process that writes a file, killed at each of its system calls, and each of them failing: the
// file is there whole or not at all, and the next try leaves the same bytes, once.

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/adapters/bank/payments.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::bank {
namespace {

using testing::Payments;
using testing::written;

constexpr int kPayments = 200;  // three pieces of 64 KiB
constexpr int kMostCalls = 100;

class BankFileCrash : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // nobody traces who is traced
    if (std::system("strace -qq -o /dev/null true >/dev/null 2>&1") != 0)
      GTEST_SKIP() << "strace is not there, or may not trace (ptrace is refused)";
  }

  /// Runs the writer; strace interferes as told. Whether it ended well.
  bool write(const std::string& interference) const {
    const std::string inject =
        interference.empty() ? "" : "strace -qq -f -o /dev/null -e inject=" + interference + " ";
    const std::string command = inject + GUICHET_BANK_TOOL + " store " + folder_.string() + " " +
                                std::to_string(kPayments) + " >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  /// Names without a leading dot: what is carried to the bank.
  std::vector<std::filesystem::path> files(bool hidden) const {
    std::vector<std::filesystem::path> found;
    if (!std::filesystem::exists(folder_)) return found;
    for (const auto& entry : std::filesystem::directory_iterator(folder_))
      if (entry.path().filename().string().starts_with(".") == hidden)
        found.push_back(entry.path());
    return found;
  }

  void expect_whole_or_none() const {
    ASSERT_LE(files(false).size(), 1u);
    for (const auto& file : files(false)) expect_whole(file);
  }

  void expect_one_whole() const {
    ASSERT_EQ(files(false).size(), 1u);
    EXPECT_TRUE(files(true).empty());
    expect_whole(files(false)[0]);
  }

  void expect_whole(const std::filesystem::path& file) const {
    std::ifstream in(file, std::ios::binary);
    EXPECT_TRUE(std::string(std::istreambuf_iterator<char>(in), {}) == bytes_);
  }

  /// `what` at the first, second, third of these calls, until the writer is done before the next.
  int interfere(const std::string& calls, const std::string& what) {
    SCOPED_TRACE(calls + " " + what);
    for (int n = 1; n <= kMostCalls; ++n) {
      std::filesystem::remove_all(folder_);
      const bool done = write(calls + ":" + what + ":when=" + std::to_string(n));
      expect_whole_or_none();
      EXPECT_TRUE(write("")) << calls << " " << what << " " << n;
      expect_one_whole();
      if (done || HasFailure()) return n - 1;
    }
    ADD_FAILURE() << "never done";
    return 0;
  }

  eventlog::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path() / "bank";
  const std::string bytes_ = written(Payments(kPayments));
};

TEST_F(BankFileCrash, KilledAtAnyCallLeavesNothingThatCouldBeSentTwice) {
  // Killed as it enters the call: what comes before is done, and nothing after it.
  EXPECT_GE(interfere("mkdir", "signal=KILL"), 1);
  EXPECT_GE(interfere("openat", "signal=KILL"), 4);
  EXPECT_GE(interfere("unlinkat", "signal=KILL"), 1);
  EXPECT_GE(interfere("write", "signal=KILL"), 3);
  EXPECT_GE(interfere("fsync", "signal=KILL"), 3);
  EXPECT_GE(interfere("getdents64", "signal=KILL"), 1);
  EXPECT_GE(interfere("renameat,renameat2", "signal=KILL"), 1);
  EXPECT_GE(interfere("close", "signal=KILL"), 4);
}

TEST_F(BankFileCrash, ACallThatFailsIsReportedAndMendedByTheNextTry) {
  EXPECT_GE(interfere("write", "error=ENOSPC"), 3);
  EXPECT_GE(interfere("fsync", "error=EIO"), 3);
  EXPECT_GE(interfere("renameat,renameat2", "error=EIO"), 1);
  EXPECT_GE(interfere("mkdir", "error=EACCES"), 1);
  EXPECT_GE(interfere("unlinkat", "error=EIO"), 1);
}

}  // namespace
}  // namespace guichet::bank
