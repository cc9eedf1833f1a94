#include "eventlog/kafka/attempts.h"

#include <fstream>
#include <utility>

#include "eventlog/durable_file.h"

namespace guichet::eventlog::kafka {
namespace {

// The first line says how the process stands; then a line for each group:
// group, topic, partition, position, tries, with tabs between.
constexpr const char* kRunning = "running";
constexpr const char* kStopped = "stopped";

}  // namespace

Attempts::Attempts(std::filesystem::path file) : file_(std::move(file)) {
  std::filesystem::create_directories(file_.parent_path());
  read();
  now_ = last_;
  write(true);
}

void Attempts::read() {
  std::ifstream in(file_);
  std::string state;
  if (!std::getline(in, state)) return;  // none, or one that was never whole
  stopped_in_order_ = state != kRunning;
  std::string group;
  Attempt attempt;
  while (std::getline(in, group, '\t') && std::getline(in, attempt.topic, '\t') &&
         in >> attempt.partition >> attempt.position >> attempt.tries) {
    in.ignore();
    last_[group] = attempt;
  }
}

void Attempts::write(bool running) const {
  std::string text = std::string(running ? kRunning : kStopped) + "\n";
  for (const auto& [group, attempt] : now_)
    text += group + "\t" + attempt.topic + "\t" + std::to_string(attempt.partition) + "\t" +
            std::to_string(attempt.position) + "\t" + std::to_string(attempt.tries) + "\n";
  write_durably(file_, text);
}

std::optional<Attempt> Attempts::last(std::string_view group) const {
  const auto found = last_.find(group);
  if (found == last_.end()) return std::nullopt;
  return found->second;
}

void Attempts::note(std::string_view group, const std::optional<Attempt>& attempt) {
  if (attempt)
    now_[std::string(group)] = *attempt;
  else
    now_.erase(std::string(group));
  write(true);
}

void Attempts::stop() {
  now_.clear();
  write(false);
}

}  // namespace guichet::eventlog::kafka
