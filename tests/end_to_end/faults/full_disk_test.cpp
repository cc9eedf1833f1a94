// The disk of the data folder has little room, or none, and then some again.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/faults/booked_load.h"

namespace guichet::end_to_end {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr std::chrono::seconds kPatience{10};
constexpr std::uint64_t kDisk = 256 * 1024 * 1024;

/// A small disk of its own under a folder, which only this process and its children see, and
/// something that takes its room.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~SmallDisk() {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mount() {
    std::filesystem::create_directories(folder_);
    static const bool own_mounts = unshare(CLONE_NEWNS) == 0 &&
                                   ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    const std::string size = "size=" + std::to_string(kDisk) + ",mode=0700";
    mounted_ = own_mounts &&
               ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) == 0;
    return mounted_;
  }

  std::uint64_t free() const {
    struct statvfs disk {};
    EXPECT_EQ(statvfs(folder_.c_str(), &disk), 0);
    return std::uint64_t{disk.f_bavail} * disk.f_frsize;
  }

  /// Takes all but so many bytes, now.
  void leave(std::uint64_t bytes) {
    const int fd = open(ballast().c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0);
    off_t size = lseek(fd, 0, SEEK_END);
    for (std::uint64_t room; (room = free()) > bytes;) {
      const auto more = static_cast<off_t>(room - bytes);
      if (posix_fallocate(fd, size, more) == 0) size += more;
    }
    close(fd);
  }

  void make_room() { std::filesystem::remove(ballast()); }

 private:
  std::filesystem::path ballast() const { return folder_ / "ballast"; }

  std::filesystem::path folder_;
  bool mounted_ = false;
};

class FullDisk : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk_.mount())
      GTEST_SKIP() << "this process may not mount a small disk (it takes root, or CAP_SYS_ADMIN)";
    server_.start();
  }

  /// Sends until it is refused for want of room; the answer.
  cli::HttpResponse until_refused(const std::string& language) {
    const auto until = steady_clock::now() + kPatience;
    auto client = server_.client();
    while (true) {
      auto answer = book_.send(client, language == "en" ? 11 : 13, language);
      if (!answer) return {};
      const bool refused = answer->body.find("problems/disk-full") != std::string::npos;
      if (refused || steady_clock::now() > until) return *answer;
      std::this_thread::sleep_for(milliseconds(20));
    }
  }

  void expect_refused() {
    auto client = server_.client();
    const auto english = until_refused("en");
    EXPECT_EQ(english.status, 503U) << english.body;
    EXPECT_THAT(english.body, HasSubstr("problems/disk-full"));
    EXPECT_THAT(english.body, HasSubstr("The server's disk is full"));
    EXPECT_NE(english.header("Retry-After"), "");
    EXPECT_THAT(until_refused("fr").body, HasSubstr("Le disque du serveur est plein"));
    const auto ready = get(client, "/readyz");
    EXPECT_EQ(ready.status, 503U);
    EXPECT_THAT(ready.body, HasSubstr("disk full"));
    EXPECT_EQ(get(client, "/healthz").status, 200U);
    EXPECT_THAT(get(client, "/metrics").body, HasSubstr("guichet_log_disk_full 1\n"));
  }

  void expect_taken_again() {
    auto client = server_.client();
    const auto until = steady_clock::now() + kPatience;
    while (get(client, "/readyz").status != 200 && steady_clock::now() < until)
      std::this_thread::sleep_for(milliseconds(20));
    EXPECT_EQ(get(client, "/readyz").status, 200U);
    EXPECT_THAT(get(client, "/metrics").body, HasSubstr("guichet_log_disk_full 0\n"));
    EXPECT_TRUE(book_.send(client, 7));
  }

  bool said(const std::string& text) const { return server_.log().find(text) != std::string::npos; }

  RunningServer server_{{}, RunningServer::Start::kLater};
  SmallDisk disk_{server_.data()};
  Book book_;
};

TEST_F(FullDisk, WithLittleRoomNothingNewIsTakenAndAllThatIsThereIsFinished) {
  {
    BookedLoad load(server_, book_, 1'000, 2);
    ASSERT_TRUE(load.wait_for(40));
  }
  disk_.leave(kDisk / 25);
  until_refused("en");
  {
    BookedLoad load(server_, book_, 500'000, 2);
    expect_refused();
    auto client = server_.client();
    book_.expect_all_kept(client);
    EXPECT_GT(load.count(503), 0U);
    EXPECT_EQ(load.count(202), 0U);
  }
  auto client = server_.client();
  book_.expect_all_completed(client);
  disk_.make_room();
  expect_taken_again();
  EXPECT_FALSE(said("no room on its disk"));
  book_.audit(server_);
}

TEST_F(FullDisk, WithNoRoomAtAllNothingIsLostAndItGoesOnWithoutARestart) {
  {
    BookedLoad load(server_, book_, 1'000);
    ASSERT_TRUE(load.wait_for(40));
    // Now and then what is under way just fits.
    const auto until = steady_clock::now() + kPatience;
    while (!said("there is no room on its disk") && steady_clock::now() < until) {
      disk_.make_room();
      load.wait_for(10);
      disk_.leave(0);
      std::this_thread::sleep_for(milliseconds(300));
    }
    expect_refused();
    // Who reads a case cannot be noted, so nobody reads one.
    auto client = server_.client();
    const auto unread = get(client, "/v1/applications/0197a2b3-0000-7000-8000-000000000000");
    EXPECT_EQ(unread.status, 503U) << unread.body;
    EXPECT_THAT(unread.body, HasSubstr("problems/not-audited"));
    EXPECT_EQ(load.count(0), 0U) << "connections were lost";
  }
  EXPECT_TRUE(said("there is no room on its disk"));
  disk_.make_room();
  expect_taken_again();
  EXPECT_TRUE(said("there is room again"));
  book_.audit(server_);
}

TEST_F(FullDisk, AKillWhileThereIsNoRoomLosesNothing) {
  {
    BookedLoad load(server_, book_, 1'000);
    ASSERT_TRUE(load.wait_for(40));
    disk_.leave(0);
    until_refused("en");
    server_.kill();
  }
  if (!server_.try_start()) {  // a start needs some room: where there is none, it says so
    EXPECT_EQ(server_.exit_code(), 1);
    EXPECT_TRUE(said("there is no room on its disk"));
  } else {
    server_.kill();
  }
  disk_.make_room();
  server_.start();
  expect_taken_again();
  book_.audit(server_);
}

}  // namespace
}  // namespace guichet::end_to_end
