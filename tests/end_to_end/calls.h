#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/cli/http_client.h"

namespace guichet::end_to_end {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// docs/examples/family.json: the family of the demo.
boost::json::object demo_family();

cli::HttpResponse get(cli::HttpClient& client, const std::string& target, Headers headers = {});
cli::HttpResponse post(cli::HttpClient& client, const std::string& target,
                       const boost::json::value& body, Headers headers = {});
cli::HttpResponse put(cli::HttpClient& client, const std::string& target,
                      const boost::json::value& body, Headers headers = {});

/// Sends an application and waits until it is complete or partial; fails the test where it is not
/// accepted and merged in time.
boost::json::value apply(cli::HttpClient& client, const boost::json::value& application,
                         Headers headers = {});

/// As `apply`, and tries again with the key where no verdict came in time: over a log that is far,
/// on a machine that has much to do.
boost::json::value apply_with_key(cli::HttpClient& client, const boost::json::value& application,
                                  const std::string& key);

/// Sends until the answer is not 503.
cli::HttpResponse until_taken(const std::function<cli::HttpResponse()>& send);

/// Reads until the case has this status, at most 20 s; the last case read.
boost::json::value wait_for_status(cli::HttpClient& client, const std::string& id,
                                   const std::string& status);

boost::json::value json_of(const cli::HttpResponse& answer);
/// A case as its programs made it: the account is the client's, follows when payments have read the
/// entitlements, and changes with the client's other applications.
boost::json::value without_account(boost::json::value item);
std::string text(const boost::json::value& value, std::string_view key);
/// The line of a program (and, where given, a beneficiary); null where there is none.
const boost::json::value* line_of(const boost::json::value& item, std::string_view program,
                                  std::string_view beneficiary = {});

}  // namespace guichet::end_to_end
