#include "gateway/http/proxies.h"

#include <charconv>
#include <optional>
#include <stdexcept>

namespace guichet::http {

namespace ip = boost::asio::ip;

namespace {

constexpr unsigned kMappedBits = 96;  // of an IPv4 address within an IPv6 one
constexpr unsigned kAllBits = 128;

ip::address_v6::bytes_type bytes_of(const ip::address& address) {
  const auto six =
      address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
  return six.to_bytes();
}

std::optional<ip::address> parse(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    text = text.substr(1, text.size() - 2);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);  // [2001:db8::1]:4711
  } else if (text.find(':') != std::string_view::npos && text.find(':') == text.rfind(':')) {
    text = text.substr(0, text.find(':'));  // 192.0.2.1:4711
  }
  boost::system::error_code failed;
  const auto address = ip::make_address(std::string(text), failed);
  return failed ? std::nullopt : std::optional(address);
}

// The "for" of one element of a Forwarded field; empty where it has none.
std::string_view forwarded_for(std::string_view element) {
  while (!element.empty()) {
    const std::size_t end = element.find(';');
    const std::string_view pair = trimmed(element.substr(0, end));
    if (pair.size() > 4 && same_name(pair.substr(0, 4), "for=")) return pair.substr(4);
    if (end == std::string_view::npos) break;
    element.remove_prefix(end + 1);
  }
  return {};
}

bool is_within(const ip::address_v6::bytes_type& bytes, const ip::address_v6::bytes_type& network,
               unsigned bits) {
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if ((bytes[bit / 8] & mask) != (network[bit / 8] & mask)) return false;
  }
  return true;
}

}  // namespace

Proxies::Proxies(const std::vector<std::string>& trusted) {
  for (const std::string& text : trusted) {
    const std::size_t slash = text.find('/');
    const auto address = parse(std::string_view(text).substr(0, slash));
    if (!address)
      throw std::runtime_error("trusted proxy " + text +
                               ": not an address or network; write one such as 10.0.0.7 or "
                               "10.0.0.0/8");
    unsigned bits = address->is_v4() ? kAllBits - kMappedBits : kAllBits;
    if (slash != std::string::npos) {
      unsigned written = kAllBits + 1;
      const char* end = text.data() + text.size();
      const auto read = std::from_chars(text.data() + slash + 1, end, written);
      if (read.ec != std::errc{} || read.ptr != end || written > bits)
        throw std::runtime_error("trusted proxy " + text +
                                 ": not a network; write one such as "
                                 "10.0.0.0/8");
      bits = written;
    }
    trusted_.push_back({bytes_of(*address), address->is_v4() ? bits + kMappedBits : bits});
  }
}

bool Proxies::is_trusted(const ip::address& address) const {
  const auto bytes = bytes_of(address);
  for (const Network& network : trusted_)
    if (is_within(bytes, network.bytes, network.bits)) return true;
  return false;
}

ip::address Proxies::caller(const ip::address& peer, const Request& request) const {
  if (trusted_.empty() || !is_trusted(peer)) return peer;
  std::string chain = request.list_field("Forwarded");
  const bool standard = !chain.empty();
  if (!standard) chain = request.list_field("X-Forwarded-For");
  ip::address nearest = peer;
  while (!chain.empty()) {
    const std::size_t comma = chain.rfind(',');
    const std::string_view last =
        std::string_view(chain).substr(comma == std::string::npos ? 0 : comma + 1);
    const auto address = parse(standard ? forwarded_for(last) : last);
    if (!address) return nearest;  // hidden, or not readable: who passed it on answers for it
    nearest = *address;
    if (!is_trusted(nearest)) return nearest;
    chain.resize(comma == std::string::npos ? 0 : comma);
  }
  return nearest;
}

}  // namespace guichet::http
