#include "eventlog/host.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <utility>

#include "eventlog/care.h"
#include "eventlog/dead_letter.h"
#include "eventlog/keyed_runner.h"
#include "eventlog/sent.h"

namespace guichet::eventlog {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kIdleWait{100};
constexpr milliseconds kMinRetry{500};  // of a handler's TryAgainLater
constexpr milliseconds kMaxRetry{30'000};
constexpr milliseconds kMinLogRetry{100};  // of LogUnavailable
constexpr milliseconds kMaxLogRetry{5'000};

SessionOptions session_options(std::string name, const std::vector<Stage>& stages) {
  SessionOptions options;
  options.name = std::move(name);
  for (const Stage& stage : stages) {
    if (const auto* keyed = std::get_if<KeyedStage>(&stage)) {
      options.subscriptions.push_back({keyed->group, {keyed->inbox}});
      options.state_topics.push_back(keyed->state_topic);
    } else {
      const auto& plain = std::get<PlainStage>(stage);
      options.subscriptions.push_back({plain.group, plain.inputs});
    }
  }
  return options;
}

std::string line_of_repeat(const Record& record) {
  return "nothing new, dropped: topic=" + record.topic +
         " partition=" + std::to_string(record.partition) +
         " position=" + std::to_string(record.position);
}

/// A plain stage, and when its handler may be tried again.
struct PlainRunner {
  PlainStage stage;
  Care care;
  std::size_t most = kMaxRecordsPerPass;  // fewer where the record after them must wait
  milliseconds delay = kMinRetry;
  Instant not_before{};

  bool waiting(Instant now) const {
    // The second half: the clock was set back, and must not make this wait for a day.
    return now < not_before && not_before - now <= kMaxRetry;
  }
};

}  // namespace

class Host::Impl {
 public:
  Impl(Log& log, std::string name, std::vector<Stage> stages, Clock clock, Print print)
      : clock_(std::move(clock)),
        print_(std::move(print)),
        session_(log.open_session(session_options(std::move(name), stages))),
        generation_(session_->generation()) {
    for (Stage& stage : stages) {
      if (auto* keyed = std::get_if<KeyedStage>(&stage)) {
        runners_.push_back(std::make_unique<KeyedRunner>(std::move(*keyed), *session_));
      } else {
        auto& plain = std::get<PlainStage>(stage);
        Care care(*session_, plain.group);
        runners_.push_back(PlainRunner{.stage = std::move(plain), .care = std::move(care)});
      }
    }
  }

  bool step() {
    if (generation_ != session_->generation()) forget();
    try {
      bool worked = false;
      for (Runner& runner : runners_) {
        if (auto* keyed = std::get_if<std::unique_ptr<KeyedRunner>>(&runner)) {
          worked |= wake(**keyed);
        }
      }
      for (Runner& runner : runners_) {
        if (auto* keyed = std::get_if<std::unique_ptr<KeyedRunner>>(&runner)) {
          worked |= pass(**keyed);
        } else {
          worked |= pass(std::get<PlainRunner>(runner));
        }
      }
      if (!worked) end_care();
      return worked;
    } catch (const DoAgain&) {
      session_->abort();
      return true;
    } catch (...) {
      session_->abort();  // and so a new generation
      throw;
    }
  }

  void run(std::stop_token stop) {
    milliseconds retry = kMinLogRetry;
    while (!stop.stop_requested()) {
      try {
        if (!step()) session_->wait(kIdleWait);
        retry = kMinLogRetry;
      } catch (const LogUnavailable& away) {
        std::fprintf(stderr, "guichet: the log is away, trying again in %lld ms: %s\n",
                     static_cast<long long>(retry.count()), away.what());
        sleep(stop, retry);
        retry = std::min(retry * 2, kMaxLogRetry);
      }
    }
  }

 private:
  using Runner = std::variant<std::unique_ptr<KeyedRunner>, PlainRunner>;

  bool wake(KeyedRunner& runner) {
    std::vector<Record> records;
    runner.wake(clock_(), records);
    runner.write_states(records);
    if (records.empty()) return false;
    commit(std::move(records));
    runner.committed();
    return true;
  }

  bool pass(KeyedRunner& runner) {
    const Polled inputs = session_->poll(runner.group(), runner.care().most(kMaxRecordsPerPass));
    if (inputs.empty()) return false;
    runner.care().before(inputs);
    std::vector<Record> records;
    std::vector<const Record*> dropped;
    for (const Record& input : inputs)
      // A tick that came too late is nobody's repeat.
      if (!runner.handle(input, records) && input.header.kind() != v1::KIND_TICK)
        dropped.push_back(&input);
    runner.write_states(records);
    commit(stamped(std::move(records)));
    runner.committed();
    for (const Record* repeat : dropped) print_(line_of_repeat(*repeat));
    return true;
  }

  bool pass(PlainRunner& runner) {
    const Instant now = clock_();
    if (runner.waiting(now)) return false;
    const Polled inputs = session_->poll(runner.stage.group, runner.care.most(runner.most));
    if (inputs.empty()) return false;
    runner.care.before(inputs);
    std::vector<Record> records;
    for (std::size_t done = 0; done < inputs.size(); ++done) {
      try {
        handle(runner, inputs[done], records);
      } catch (const TryAgainLater&) {
        poll_again();
        if (done > 0) {  // those before it first, alone
          runner.most = done;
          return true;
        }
        runner.not_before = now + runner.delay;
        runner.delay = std::min(runner.delay * 2, kMaxRetry);
        return false;
      }
    }
    commit(stamped(std::move(records)));
    runner.most = kMaxRecordsPerPass;
    runner.delay = kMinRetry;
    return true;
  }

  static void handle(PlainRunner& runner, const Record& input, std::vector<Record>& records) {
    Cause cause{.kind = v1::DeadLetter::REFUSED,
                .failure_class = "undecodable",
                .place = runner.stage.group,
                .text = "the record has no header that can be read, or no key",
                .program = {}};
    if (runner.care.kills(input)) {
      cause.failure_class = "killed_process";
      cause.text = "the process died with this record three times";
    } else if (input.header.kind() != v1::KIND_UNSPECIFIED && !input.header.key().empty()) {
      cause.failure_class = "handler_fault";
      try {
        for (Output& output : runner.stage.handler->handle(input)) {
          records.push_back(sent(std::move(output), input.header));
        }
        return;
      } catch (const TryAgainLater&) {
        throw;
      } catch (const std::exception& error) {
        cause.text = error.what();
      } catch (...) {
        cause.text = "an exception of no known type";
      }
    }
    records.push_back(sent(dead_letter(input, cause), input.header));
  }

  /// Commits, and says which of the records are dead letters.
  void commit(std::vector<Record> records) {
    std::vector<std::string> lines;
    for (const Record& record : records) {
      v1::DeadLetter letter;
      if (record.header.kind() == v1::KIND_DEAD_LETTER && letter.ParseFromString(record.payload))
        lines.push_back(line_of(letter));
    }
    session_->commit(std::move(records));
    for (const std::string& line : lines) print_(line);
  }

  /// What comes of a record without a readable header has no time to inherit.
  std::vector<Record> stamped(std::vector<Record> records) const {
    for (Record& record : records) {
      if (record.header.recorded_at_us() == 0) {
        record.header.set_recorded_at_us(to_micros(clock_()));
      }
    }
    return records;
  }

  /// Aborts where only this stage has polled since the last commit: what the keyed stages remember
  /// is committed, and stays true unless more happened than this abort.
  void poll_again() {
    const std::uint64_t before = session_->generation();
    session_->abort();
    if (generation_ == before && session_->generation() == before + 1) generation_ = before + 1;
  }

  void forget() {
    generation_ = session_->generation();
    for (Runner& runner : runners_) {
      if (auto* keyed = std::get_if<std::unique_ptr<KeyedRunner>>(&runner)) (*keyed)->forget();
    }
  }

  void end_care() {
    for (Runner& runner : runners_) {
      if (auto* keyed = std::get_if<std::unique_ptr<KeyedRunner>>(&runner)) {
        (*keyed)->care().end();
      } else {
        std::get<PlainRunner>(runner).care.end();
      }
    }
  }

  static void sleep(std::stop_token stop, milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, time, [] { return false; });
  }

  Clock clock_;
  Print print_;
  std::unique_ptr<Session> session_;
  std::uint64_t generation_;
  std::vector<Runner> runners_;
};

void print_on_standard_error(const std::string& line) {
  std::fprintf(stderr, "guichet: %s\n", line.c_str());
}

Host::Host(Log& log, std::string name, std::vector<Stage> stages, Clock clock, Print print)
    : impl_(std::make_unique<Impl>(log, std::move(name), std::move(stages), std::move(clock),
                                   std::move(print))) {}

Host::~Host() = default;

bool Host::step() {
  return impl_->step();
}

void Host::run(std::stop_token stop) {
  impl_->run(stop);
}

}  // namespace guichet::eventlog
