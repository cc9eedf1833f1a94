#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "schemas/topics.h"

namespace guichet::eventlog {

/// A topic's place on a broker beside what was declared.
struct TopicFinding {
  std::string topic;    // as Kafka names it
  std::string problem;  // empty: as declared
};

struct TopicsOptions {
  std::string brokers;
  std::map<std::string, std::string> security;
  std::string prefix = "guichet.";
  std::uint32_t partitions = 1;
  std::uint32_t replicas = 0;  // of new topics; 0: three, or as many as there are brokers
};

/// Makes the topics that are not there; those that are there stay as they are. Throws
/// LogUnavailable.
void create_topics(const TopicsOptions& options, const std::vector<topics::Topic>& topics);

/// One finding for each topic that is missing or not as declared. Throws LogUnavailable.
std::vector<TopicFinding> check_topics(const TopicsOptions& options,
                                       const std::vector<topics::Topic>& topics);

/// The findings as one text, for who can go no further; empty where all is as declared.
std::string why_not_as_declared(const TopicsOptions& options,
                                const std::vector<topics::Topic>& topics);

}  // namespace guichet::eventlog
