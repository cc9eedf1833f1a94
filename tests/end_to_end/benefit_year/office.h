#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/host.h"
#include "eventlog/memory/memory_log.h"
#include "gateway/http/secrets.h"
#include "guichet/v1/payments.pb.h"
#include "guichet/v1/runs.pb.h"
#include "rules/program/program.h"
#include "schemas/values/dates.h"

namespace guichet::end_to_end {

/// All of Guichet but HTTP in one thread: its processors, its adapters, its programs and its bank
/// files over the log in memory, on a clock that stands in the test's hands.
class Office {
 public:
  /// `bank`: the folder of the bank's files.
  explicit Office(std::filesystem::path bank);

  /// It is noon, UTC, of that day.
  void set_day(Day day);
  Day day() const { return std::chrono::floor<std::chrono::days>(now_); }

  /// Sends an application, or amends it, as the body of a request. Throws where it is refused.
  void apply(const std::string& id, const boost::json::object& body);
  void amend(const std::string& id, const boost::json::object& body);

  /// Prepares a run for a date and has a second person release it.
  v1::RunState pay(const std::string& run_id, Day date);

  /// What the bank puts into our folder, and all that comes of it.
  void bank_says(const std::string& message);

  /// Goes on until nothing is left to do.
  void settle();

  const eventlog::Log& log() const { return *log_; }

  /// The records of a topic, or its newest states, in order.
  std::vector<eventlog::Record> all(std::string_view topic) const;

 private:
  void send(std::string_view topic, const std::string& key, v1::Kind kind, const std::string& actor,
            const google::protobuf::MessageLite& payload);
  v1::Application read(const boost::json::object& body) const;
  v1::RunState run(const std::string& run_id) const;

  std::filesystem::path bank_;
  Instant now_;
  http::Secrets secrets_{std::string(http::kSecretBytes, 'i'),
                         std::string(http::kSecretBytes, 'c')};
  std::shared_ptr<const rules::Catalogue> catalogue_;
  std::unique_ptr<eventlog::MemoryLog> log_;
  std::unique_ptr<eventlog::Host> host_;
  int sent_ = 0;
  int messages_ = 0;
};

}  // namespace guichet::end_to_end
