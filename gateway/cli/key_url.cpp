#include "gateway/cli/key_url.h"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>

namespace guichet::cli {
namespace {

bool is_this_machine(const std::string& host) {
  boost::system::error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  return failed ? host == "localhost" : address.is_loopback();
}

}  // namespace

Result<KeyUrl> parse_key_url(const std::string& text) {
  const Failure bad{"not an address of keys; write https://HOST/PATH"};
  const auto url = boost::urls::parse_uri(text);
  if (!url || url->has_userinfo() || url->has_fragment()) return bad;
  const std::string authority(url->encoded_host_and_port());
  auto server = parse_server_address(std::string(url->scheme()) + "://" + authority);
  if (!server) return bad;
  if (!server->tls && !is_this_machine(server->host)) return bad;
  std::string target(url->encoded_path());
  if (target.empty()) target = "/";
  if (url->has_query()) target += "?" + std::string(url->encoded_query());
  return KeyUrl{std::move(*server), std::move(target)};
}

std::function<Result<std::string>()> keys_of_url(KeyUrl url, const std::string& ca,
                                                 std::chrono::milliseconds time) {
  url.server.trust.ca = ca;
  return [url = std::move(url), time]() -> Result<std::string> {
    try {
      HttpClient client(url.server, kKeysBytes);
      HttpResponse answer =
          client.send({"GET", url.target, {{"Accept", "application/json"}}, {}}, time);
      if (answer.status != 200)
        return Failure{"answered by " + std::to_string(answer.status) + ", not by 200"};
      return {boost::system::in_place_value, std::move(answer.body)};
    } catch (const CannotReach& away) {
      return Failure{away.what()};
    }
  };
}

}  // namespace guichet::cli
