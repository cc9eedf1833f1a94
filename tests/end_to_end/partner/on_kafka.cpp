#include "tests/end_to_end/partner/on_kafka.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <thread>

#include "schemas/topics.h"

namespace guichet::end_to_end {
namespace {

const std::string kSample = GUICHET_SOURCE_DIR "/docs/partner-sample";

std::string python() {
  const char* venv = std::getenv("GUICHET_VENV");
  return venv == nullptr ? "" : std::string(venv) + "/bin/python";
}

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

OnKafka::OnKafka() {
  const std::string keys = (folder_.path() / "keys").string();
  const std::vector<std::string> where = {
      "--kafka",    eventlog::broker_address(), "--topic-prefix", prefix_, "--partitions", "1",
      "--programs", kSample + "/programs"};
  const auto with = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), where.begin(), where.end());
    return arguments;
  };
  EXPECT_EQ(run_guichet({"keys", "create", keys}).code, 0);
  const Ended topics = run_guichet(with({"topics", "create"}));
  EXPECT_EQ(topics.code, 0) << topics.err;
  server_ = std::make_unique<RunningServer>(with({"--keys", keys}));
  eventlog::KafkaOptions options;
  options.brokers = eventlog::broker_address();
  options.prefix = prefix_;
  options.cache_folder = folder_.path() / "cache";
  log_ = eventlog::KafkaLog::open(std::move(options));
}

OnKafka::~OnKafka() = default;

std::vector<v1::DeadLetter> OnKafka::dead_letters(std::size_t at_least) {
  std::map<std::string, v1::DeadLetter> by_id;
  std::uint64_t next = 0;
  EXPECT_TRUE(eventually([&] {
    for (const eventlog::Record& record : log_->read(topics::kDeadLetters, 0, next, 100)) {
      next = record.position + 1;
      if (record.header.kind() != v1::KIND_DEAD_LETTER) continue;
      v1::DeadLetter letter;
      EXPECT_TRUE(letter.ParseFromString(record.payload));
      by_id[letter.id()] = letter;
    }
    return by_id.size() >= at_least;
  })) << by_id.size()
      << " dead letters";
  std::vector<v1::DeadLetter> letters;
  for (auto& [id, letter] : by_id) letters.push_back(std::move(letter));
  return letters;
}

bool SamplePartner::can_run() {
  return access(python().c_str(), X_OK) == 0;
}

SamplePartner::SamplePartner(const OnKafka& kafka, bool protobuf) {
  const std::string log_file = (folder_.path() / "log").string();
  std::vector<std::string> arguments = {python(),   kSample + "/partner.py",
                                        "--kafka",  eventlog::broker_address(),
                                        "--prefix", kafka.prefix()};
  if (protobuf) arguments.emplace_back("--protobuf");
  process_ = fork();
  if (process_ == 0) {
    const int out = open(log_file.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  EXPECT_TRUE(eventually([&] { return log().find("answering for") != std::string::npos; }))
      << log();
}

SamplePartner::~SamplePartner() {
  if (process_ <= 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

int SamplePartner::terminate() {
  kill(process_, SIGTERM);
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string SamplePartner::log() const {
  std::ifstream in(folder_.path() / "log");
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace guichet::end_to_end
