#include "schemas/topics.h"

namespace guichet::topics {

std::vector<Topic> all(const std::vector<std::string>& programs) {
  std::vector<Topic> topics = {
      {std::string(kCasesInbox)},    {std::string(kCases), true}, {std::string(kEvents)},
      {std::string(kPaymentsInbox)}, {std::string(kDeadLetters)},
  };
  for (const std::string& program : programs) {
    topics.push_back({requests(program)});
    topics.push_back({determinations(program)});
  }
  return topics;
}

}  // namespace guichet::topics
