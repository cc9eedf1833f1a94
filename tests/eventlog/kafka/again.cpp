#include "tests/eventlog/kafka/again.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace guichet::eventlog {

Again::Again(const std::string& test, const std::map<std::string, std::string>& words) {
  std::vector<std::string> arguments = {"again", "--gtest_filter=" + test,
                                        "--gtest_also_run_disabled_tests", "--gtest_brief=1"};
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<std::string> settings;
  for (const auto& [name, word] : words) settings.push_back(name + "=" + word);
  std::vector<char*> environment;
  for (std::string& setting : settings) environment.push_back(setting.data());
  for (char** inherited = environ; *inherited != nullptr; ++inherited)
    environment.push_back(*inherited);
  environment.push_back(nullptr);
  if (posix_spawn(&pid_, "/proc/self/exe", nullptr, nullptr, argv.data(), environment.data()) != 0)
    throw std::runtime_error("another process of this test cannot be started");
}

Again::~Again() {
  if (pid_ < 0) return;
  signal(SIGKILL);
  wait();
}

void Again::signal(int number) const {
  kill(pid_, number);
}

int Again::wait() {
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  return status;
}

}  // namespace guichet::eventlog
