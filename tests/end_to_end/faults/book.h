#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {

/// What callers sent, each application under a key of its own, and what they were answered. Finds
/// every promise of the server that it does not keep. Any thread.
class Book {
 public:
  /// The n-th application of a bench, sent under its key; notes the answer, and fails the test
  /// where it contradicts an earlier one. None where the connection was lost.
  std::optional<cli::HttpResponse> send(cli::HttpClient& client, std::uint64_t n,
                                        const std::string& language = "en");

  std::vector<std::uint64_t> sent() const;
  std::size_t acknowledged() const;

  /// Every acknowledged application is there, as it was answered: its id, number and client, and,
  /// once it was read complete, all of it but the client's account.
  void expect_all_kept(cli::HttpClient& client);
  /// What there is becomes complete without anything being sent.
  void expect_all_completed(cli::HttpClient& client);
  /// Sends everything again; each key finds its application, and nothing is there twice, or that
  /// nobody sent. What each application gets is what its screening says.
  void expect_nothing_doubled(const RunningServer& server);
  /// All three, and `guichet verify` finds nothing once the server has stopped.
  void audit(RunningServer& server);

 private:
  void send_again(cli::HttpClient& client, std::uint64_t n);

  struct Entry {
    std::string id;      // empty: not acknowledged
    std::string number;  // of the telephone
    std::string client;
    std::string complete;  // as it was read first
  };
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Entry> entries_;  // by n
};

/// The ids of all cases, page by page; fails the test where one comes twice.
std::vector<std::string> listed_ids(cli::HttpClient& client);

}  // namespace guichet::end_to_end
