#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "eventlog/kafka/kafka_log.h"
#include "guichet/v1/dead_letter.pb.h"
#include "tests/end_to_end/running_server.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::end_to_end {

inline constexpr const char* kPartnersProgram = "nb-gm-heating";

/// Topics of their own on the broker of GUICHET_KAFKA, and the real `guichet serve` in one process
/// with every role, offering the sample partner's program beside those that come with it.
class OnKafka {
 public:
  OnKafka();
  ~OnKafka();

  RunningServer& server() { return *server_; }
  const std::string& prefix() const { return prefix_; }
  /// As Kafka names it.
  std::string topic(const std::string& name) const { return prefix_ + name; }
  std::string program_topic(const std::string& kind) const {
    return topic(kind + "." + kPartnersProgram);
  }

  /// Waits until there are so many different ones, at most 20 s; all there are then.
  std::vector<v1::DeadLetter> dead_letters(std::size_t at_least);

 private:
  std::string prefix_ = eventlog::fresh_prefix();
  TemporaryFolder folder_;
  std::unique_ptr<RunningServer> server_;
  std::unique_ptr<eventlog::KafkaLog> log_;
};

/// docs/partner-sample/partner.py, in a process of its own.
class SamplePartner {
 public:
  /// Fails the test where it does not begin.
  SamplePartner(const OnKafka& kafka, bool protobuf);
  ~SamplePartner();
  SamplePartner(const SamplePartner&) = delete;
  SamplePartner& operator=(const SamplePartner&) = delete;

  static bool can_run();
  /// SIGTERM; the exit code.
  int terminate();
  std::string log() const;

 private:
  TemporaryFolder folder_;
  pid_t process_ = -1;
};

/// Polls until it is true, at most 20 s.
bool eventually(const std::function<bool()>& condition);

}  // namespace guichet::end_to_end
