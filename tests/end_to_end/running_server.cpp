#include "tests/end_to_end/running_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

namespace guichet::end_to_end {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kStartTime{30};
constexpr std::chrono::seconds kEndTime{5};
const std::string kBinary = GUICHET_BINARY_DIR "/guichet";

std::string read_whole(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Starts the binary, behind a wrapper where there is one, with its streams on these descriptors.
pid_t spawn(const std::vector<std::string>& arguments, int in, int out, int err,
            const std::vector<std::string>& environment,
            const std::vector<std::string>& wrapper = {}) {
  std::vector<char*> argv;
  for (const std::string& word : wrapper) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(const_cast<char*>(kBinary.c_str()));
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t process = fork();
  if (process != 0) return process;
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  // The broker of the tests is no setting of the programs that they start.
  unsetenv("GUICHET_KAFKA");
  for (const std::string& variable : environment) putenv(const_cast<char*>(variable.c_str()));
  execvp(argv.front(), argv.data());
  _exit(127);
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const int digit = (digits[i] - '0') * (i % 2 == 1 ? 2 : 1);
    sum += digit / 10 + digit % 10;
  }
  return sum % 10 == 0;
}

/// Neither a SIN, nor a name or account that the tests send.
void expect_no_personal_data(const std::string& log) {
  for (const char* personal : {"Cormier", "Marie", "1234567", "E5G", "Bench", "Household"})
    EXPECT_EQ(log.find(personal), std::string::npos) << "in the log: " << personal;
  // Nine digits that stand alone (those within a trace are random) and pass for a SIN.
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto at = log.begin(); at != log.end();) {
    const auto begin = std::find_if(at, log.end(), is_word);
    at = std::find_if_not(begin, log.end(), is_word);
    const std::string word(begin, at);
    EXPECT_FALSE(word.size() == 9 && word.find_first_not_of("0123456789") == std::string::npos &&
                 passes_luhn(word))
        << "in the log: " << word;
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "guichet-test-XXXXXX").string();
  path_ = mkdtemp(name.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Ended run_guichet(const std::vector<std::string>& arguments, const std::string& input,
                  const std::vector<std::string>& environment) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "in") << input;
  const int in = open((folder.path() / "in").c_str(), O_RDONLY | O_CLOEXEC);
  const int out = open((folder.path() / "out").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  const int err = open((folder.path() / "err").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  const pid_t process = spawn(arguments, in, out, err, environment);
  for (const int descriptor : {in, out, err}) close(descriptor);
  int status = 0;
  waitpid(process, &status, 0);
  return {code_of(status), read_whole(folder.path() / "out"), read_whole(folder.path() / "err")};
}

RunningServer::RunningServer(std::vector<std::string> arguments, Start when)
    : data_(folder_.path() / "data"), arguments_(std::move(arguments)) {
  if (when == Start::kNow) start();
}

RunningServer::~RunningServer() {
  kill();
  expect_no_personal_data(log());
}

void RunningServer::start() {
  ASSERT_TRUE(try_start()) << "ended with " << exit_code_ << "\n" << log();
}

bool RunningServer::try_start() {
  std::vector<std::string> arguments{"serve", "--data", data_.string(), "--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return false;
  const int err =
      open((folder_.path() / "log").c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
  process_ = spawn(arguments, in, pipe_ends[1], err, environment_, wrapper_);
  for (const int descriptor : {in, err, pipe_ends[1]}) close(descriptor);

  std::string line;
  const auto until = SteadyClock::now() + kStartTime;
  while (line.find('\n') == std::string::npos && SteadyClock::now() < until) {
    pollfd readable{pipe_ends[0], POLLIN, 0};
    poll(&readable, 1, 100);
    char buffer[256];
    if (readable.revents == 0) continue;
    const ssize_t count = read(pipe_ends[0], buffer, sizeof buffer);
    if (count <= 0) break;
    line.append(buffer, static_cast<std::size_t>(count));
  }
  close(pipe_ends[0]);
  const std::string promised = "listening on ";
  if (!line.starts_with(promised)) {
    if (!ends_within(kEndTime)) kill();
    return false;
  }
  url_ = line.substr(promised.size(), line.find('\n') - promised.size());
  return true;
}

void RunningServer::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  wait();
}

int RunningServer::terminate() {
  ::kill(process_, SIGTERM);
  return wait();
}

bool RunningServer::ends_within(std::chrono::milliseconds time) {
  const auto until = SteadyClock::now() + time;
  while (SteadyClock::now() < until) {
    int status = 0;
    if (waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      exit_code_ = code_of(status);
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

int RunningServer::wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return exit_code_ = code_of(status);
}

cli::HttpClient RunningServer::client() const {
  return cli::HttpClient(cli::parse_server_address(url_).value());
}

std::string RunningServer::log() const {
  return read_whole(folder_.path() / "log");
}

}  // namespace guichet::end_to_end
