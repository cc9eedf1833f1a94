#pragma once

#include <sys/types.h>

#include <map>
#include <string>

namespace guichet::eventlog {

/// Another process of this test program, which runs one of its disabled tests: for what must be
/// killed. The test finds the words in its environment.
///
///   Again member("KafkaGroups.DISABLED_Member", {{"GUICHET_TEST_NAME", "a"}});
///   member.signal(SIGKILL);
class Again {
 public:
  Again(const std::string& test, const std::map<std::string, std::string>& words);
  /// Kills it where it still runs.
  ~Again();
  Again(const Again&) = delete;
  Again& operator=(const Again&) = delete;

  void signal(int number) const;
  /// Its status, as waitpid gives it.
  int wait();

 private:
  pid_t pid_ = -1;
};

}  // namespace guichet::eventlog
