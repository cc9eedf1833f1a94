#pragma once

#include <errno.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>

namespace guichet::testing {

/// Notes what a server answered, for tests/documented_test.py to hold against the OpenAPI document:
/// a line of JSON for each exchange, in a file for each test program. Any thread.
template <class Headers>
void record_exchange(std::string_view method, std::string_view target, int status,
                     const Headers& headers, std::string_view body) {
  static std::mutex mutex;
  static std::ofstream file = [] {
    const std::filesystem::path folder = GUICHET_BINARY_DIR "/exchanges";
    std::filesystem::create_directories(folder);
    return std::ofstream(folder / (std::string(program_invocation_short_name) + ".jsonl"));
  }();
  const auto text = [](std::string_view from) {
    return boost::json::string(from.data(), from.size());
  };
  boost::json::object fields;
  for (const auto& [name, value] : headers) fields[name] = text(value);
  const std::string line = boost::json::serialize(boost::json::object{{"method", text(method)},
                                                                      {"target", text(target)},
                                                                      {"status", status},
                                                                      {"headers", fields},
                                                                      {"body", text(body)}});
  const std::lock_guard lock(mutex);
  file << line << '\n' << std::flush;
}

}  // namespace guichet::testing
