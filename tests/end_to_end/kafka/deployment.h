#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/running_server.h"

namespace guichet::end_to_end {

/// Topics of a prefix of its own on the broker of GUICHET_KAFKA, a folder of keys, and the real
/// `guichet serve` in a process for each role.
///
///   KafkaDeployment deployment({{"gateway", "gateway"}, {"cases", "cases"},
///                               {"adapters", "adapters"}});
///   deployment["cases"].kill();
class KafkaDeployment {
 public:
  /// Names of processes, and the roles of each. Returns once every gateway has an application
  /// merged.
  explicit KafkaDeployment(const std::map<std::string, std::string>& processes);

  RunningServer& operator[](const std::string& name) { return *processes_.at(name); }

 private:
  TemporaryFolder folder_;
  std::map<std::string, std::unique_ptr<RunningServer>> processes_;
};

}  // namespace guichet::end_to_end
