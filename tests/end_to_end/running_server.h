#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/cli/http_client.h"

namespace guichet::end_to_end {

/// A folder that is gone at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// What a program that ended had written, and its exit code (128 + the signal that ended it).
struct Ended {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs the real `guichet` with these arguments, to its end.
Ended run_guichet(const std::vector<std::string>& arguments, const std::string& input = "",
                  const std::vector<std::string>& environment = {});

/// The real `guichet serve`, on a free port, with a data folder of its own.
///
///   RunningServer server;                       // or ({"--programs", folder})
///   server.client().send({"GET", "/readyz"}, 5s);
///   server.kill();                              // as a power button would
///   server.start();                             // again, on the same data
class RunningServer {
 public:
  enum class Start { kNow, kLater };
  explicit RunningServer(std::vector<std::string> arguments = {}, Start start = Start::kNow);
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  /// For the next start.
  void set_arguments(std::vector<std::string> arguments) { arguments_ = std::move(arguments); }
  /// For the next start: a command that ends by becoming the one that follows it, such as
  /// {"prlimit", "--nofile=64"}.
  void set_wrapper(std::vector<std::string> wrapper) { wrapper_ = std::move(wrapper); }
  /// For the next start: NAME=value.
  void set_environment(std::vector<std::string> variables) { environment_ = std::move(variables); }
  /// Returns once it listens; fails the test, with its log, where it does not in time.
  void start();
  /// As `start`; false where it ended instead, with `exit_code()`.
  bool try_start();
  /// SIGKILL.
  void kill();
  /// Sends SIGTERM and waits; the exit code.
  int terminate();
  /// Waits for it to end by itself; false where it still runs after so long.
  bool ends_within(std::chrono::milliseconds time);
  /// Of the last process that ended: 128 + the signal that ended it, where one did.
  int exit_code() const { return exit_code_; }
  pid_t process() const { return process_; }

  const std::string& url() const { return url_; }
  const std::filesystem::path& data() const { return data_; }
  cli::HttpClient client() const;
  /// Everything it wrote to standard error, over all starts.
  std::string log() const;

 private:
  int wait();

  TemporaryFolder folder_;
  std::filesystem::path data_;
  std::vector<std::string> arguments_;
  std::vector<std::string> wrapper_;
  std::vector<std::string> environment_;
  std::string url_;
  pid_t process_ = -1;
  int exit_code_ = 0;
};

}  // namespace guichet::end_to_end
