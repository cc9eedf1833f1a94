#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

#include "gateway/http/request.h"

namespace guichet::http {

/// Who a request comes from, where some of those who connect pass on what others ask.
///
/// Only a trusted proxy is believed: of what it says (`Forwarded`, RFC 7239, else
/// `X-Forwarded-For`) the last address that is not itself a trusted proxy's. Any thread.
class Proxies {
 public:
  /// Addresses and networks, "10.0.0.7" or "10.0.0.0/8". Throws std::runtime_error that names what
  /// is neither.
  explicit Proxies(const std::vector<std::string>& trusted);

  boost::asio::ip::address caller(const boost::asio::ip::address& peer,
                                  const Request& request) const;
  bool is_trusted(const boost::asio::ip::address& address) const;

 private:
  struct Network {
    boost::asio::ip::address_v6::bytes_type bytes;
    unsigned bits;
  };

  std::vector<Network> trusted_;
};

}  // namespace guichet::http
