#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace guichet::eventlog {

/// A program that is not Guichet and writes what it likes, with a stock client.
class Stranger {
 public:
  struct Message {
    std::string topic;  // as Kafka names it
    std::optional<std::string> key = {};
    std::string value;
    std::map<std::string, std::string> headers = {};
    std::int32_t partition = 0;
  };

  Stranger();
  ~Stranger();

  /// Returns once the broker has it; fails the test where it refuses. The message's offset.
  std::int64_t write(const Message& message);

 private:
  class Client;
  std::unique_ptr<Client> client_;
};

}  // namespace guichet::eventlog
