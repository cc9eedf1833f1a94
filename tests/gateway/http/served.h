#pragma once

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <thread>

#include "eventlog/memory/memory_log.h"
#include "gateway/http/server.h"
#include "tests/gateway/http/client.h"

namespace guichet::testing {

/// Two programs that answer at once (ca-one for the household, nb-two in NB only), and one,
/// ca-slow, that answers when it is told to.
std::shared_ptr<const rules::Catalogue> three_programs();

http::Secrets test_secrets();

/// The whole gateway over a memory log: real server, real processor of cases, real rules adapter.
class Served : public ::testing::Test {
 protected:
  explicit Served(http::Limits limits = {}, http::ServerOptions options = {},
                  std::shared_ptr<const http::Authentication> authentication = nullptr,
                  bool manual_sync = false);
  ~Served() override;

  /// Begins to answer commands: before that the log takes them and nobody reads.
  void start_processing();
  void stop_processing() { host_.reset(); }
  /// The answer of ca-slow to a submission of an application.
  void answer_slowly(const std::string& application, unsigned submission,
                     const std::string& answer_id = "1");

  Client connect() const { return Client(server_->port()); }
  Reply get(std::string_view target, std::string_view header_lines = {}) const {
    return connect().exchange("GET", target, {}, header_lines);
  }
  Reply post(std::string_view target, std::string_view body,
             std::string_view header_lines = {}) const {
    return connect().exchange("POST", target, body, header_lines);
  }

  class HostThread;
  /// Where files for the bank would be written: a folder of this process.
  static std::filesystem::path bank_files();
  eventlog::MemoryLog log_;
  std::shared_ptr<const rules::Catalogue> catalogue_;
  std::unique_ptr<views::Views> views_;
  std::shared_ptr<HostThread> host_;
  std::unique_ptr<http::Server> server_;
};

/// interface.md's example, as a value to change.
boost::json::object example_application();
std::string as_text(const boost::json::value& value);
boost::json::object parsed(const Reply& reply);
/// Pointer of each error to its detail.
std::map<std::string, std::string> errors_of(const Reply& reply);

}  // namespace guichet::testing
