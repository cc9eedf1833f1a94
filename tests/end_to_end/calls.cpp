#include "tests/end_to_end/calls.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/exchange_record.h"

namespace guichet::end_to_end {
namespace {

constexpr std::chrono::seconds kCallTime{40};
constexpr std::chrono::seconds kStatusTime{20};
constexpr int kMostTries = 15;  // of two seconds or more

cli::HttpResponse send(cli::HttpClient& client, const char* method, const std::string& target,
                       const boost::json::value* body, Headers headers) {
  cli::HttpRequest request{method, target, std::move(headers), {}};
  if (body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = boost::json::serialize(*body);
  }
  cli::HttpResponse answer = client.send(request, kCallTime);
  testing::record_exchange(method, target, static_cast<int>(answer.status), answer.headers,
                           answer.body);
  return answer;
}

}  // namespace

boost::json::object demo_family() {
  std::ifstream in(GUICHET_SOURCE_DIR "/docs/examples/family.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return boost::json::parse(text).as_object();
}

cli::HttpResponse get(cli::HttpClient& client, const std::string& target, Headers headers) {
  return send(client, "GET", target, nullptr, std::move(headers));
}

cli::HttpResponse post(cli::HttpClient& client, const std::string& target,
                       const boost::json::value& body, Headers headers) {
  return send(client, "POST", target, body.is_null() ? nullptr : &body, std::move(headers));
}

cli::HttpResponse put(cli::HttpClient& client, const std::string& target,
                      const boost::json::value& body, Headers headers) {
  return send(client, "PUT", target, &body, std::move(headers));
}

boost::json::value apply(cli::HttpClient& client, const boost::json::value& application,
                         Headers headers) {
  headers.emplace_back("Prefer", "wait=30");
  const auto answer = post(client, "/v1/applications", application, std::move(headers));
  EXPECT_EQ(answer.status, 200U) << answer.body;
  return json_of(answer);
}

boost::json::value apply_with_key(cli::HttpClient& client, const boost::json::value& application,
                                  const std::string& key) {
  const Headers headers = {{"Idempotency-Key", key}, {"Prefer", "wait=30"}};
  const auto answer =
      until_taken([&] { return post(client, "/v1/applications", application, headers); });
  EXPECT_EQ(answer.status, 200U) << answer.body;
  return json_of(answer);
}

cli::HttpResponse until_taken(const std::function<cli::HttpResponse()>& send) {
  cli::HttpResponse answer = send();
  for (int tries = 1; answer.status == 503 && tries < kMostTries; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    answer = send();
  }
  return answer;
}

boost::json::value wait_for_status(cli::HttpClient& client, const std::string& id,
                                   const std::string& status) {
  const auto until = std::chrono::steady_clock::now() + kStatusTime;
  for (;;) {
    const auto answer = get(client, "/v1/applications/" + id);
    const boost::json::value item = json_of(answer);
    if (text(item, "status") == status) return item;
    if (std::chrono::steady_clock::now() > until) {
      ADD_FAILURE() << id << " did not become " << status << ": " << answer.body;
      return item;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

boost::json::value json_of(const cli::HttpResponse& answer) {
  boost::system::error_code failed;
  auto value = boost::json::parse(answer.body, failed);
  EXPECT_FALSE(failed) << answer.status << ": " << answer.body;
  return failed ? boost::json::value() : value;
}

boost::json::value without_account(boost::json::value item) {
  if (auto* object = item.if_object()) object->erase("account");
  return item;
}

std::string text(const boost::json::value& value, std::string_view key) {
  const auto* object = value.if_object();
  const auto* found = object ? object->if_contains(key) : nullptr;
  const auto* string = found ? found->if_string() : nullptr;
  return string ? std::string(*string) : std::string();
}

const boost::json::value* line_of(const boost::json::value& item, std::string_view program,
                                  std::string_view beneficiary) {
  const auto* object = item.if_object();
  const auto* lines = object ? object->if_contains("programs") : nullptr;
  if (!lines || !lines->is_array()) return nullptr;
  for (const auto& line : lines->get_array())
    if (text(line, "program") == program &&
        (beneficiary.empty() || text(line, "beneficiary") == beneficiary))
      return &line;
  return nullptr;
}

}  // namespace guichet::end_to_end
