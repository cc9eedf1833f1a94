#pragma once

#include <string>
#include <vector>

namespace guichet::testing {

/// A request that two readers could take apart differently, and the status that refuses it.
struct Ambiguous {
  const char* name;
  std::string request;
  unsigned status = 400;

  std::string header() const { return request.substr(0, request.find("\r\n\r\n") + 4); }
};

inline std::vector<Ambiguous> ambiguous_requests() {
  const std::string post = "POST /v1/applications HTTP/1.1\r\nHost: a\r\n";
  const std::string get = "GET /v1/programs HTTP/1.1\r\n";
  const std::string chunk = "\r\n2\r\n{}\r\n0\r\n\r\n";
  return {
      {"chunked", post + "Transfer-Encoding: chunked\r\n" + chunk, 411},
      {"Transfer-Encoding with Content-Length",
       post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", 411},
      {"Content-Length with Transfer-Encoding",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}", 411},
      {"an unknown coding", post + "Transfer-Encoding: xchunked\r\n" + chunk, 411},
      {"identity coding", post + "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}", 411},
      {"a coding after chunked", post + "Transfer-Encoding: chunked, gzip\r\n" + chunk, 411},
      {"two Transfer-Encodings",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n" + chunk, 411},
      {"a hidden Transfer-Encoding", post + "Transfer-Encoding : chunked\r\n" + chunk},
      {"a tab before the colon", post + "Transfer-Encoding\t: chunked\r\n" + chunk},
      {"an empty Transfer-Encoding", post + "Transfer-Encoding:\r\n\r\n", 411},
      {"two equal Content-Lengths", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
      {"two Content-Lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"},
      {"a list of Content-Lengths", post + "Content-Length: 2, 2\r\n\r\n{}"},
      {"a signed Content-Length", post + "Content-Length: +2\r\n\r\n{}"},
      {"a negative Content-Length", post + "Content-Length: -2\r\n\r\n{}"},
      {"a hexadecimal Content-Length", post + "Content-Length: 0x2\r\n\r\n{}"},
      {"a fractional Content-Length", post + "Content-Length: 2.0\r\n\r\n{}"},
      {"an empty Content-Length", post + "Content-Length:\r\n\r\n"},
      {"a Content-Length of ten digits", post + "Content-Length: 0000000002\r\n\r\n{}"},
      {"a Content-Length with a space inside", post + "Content-Length: 1 2\r\n\r\n{}"},
      {"a folded line", post + "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}"},
      {"a folded Content-Length", post + "Content-Length:\r\n 2\r\n\r\n{}"},
      {"a line folded by a tab", post + "X-A: b\r\n\tc\r\n\r\n"},
      {"a first line that begins with a space", "GET /v1/programs HTTP/1.1\r\n Host: a\r\n\r\n"},
      {"no Host", get + "Accept: */*\r\n\r\n"},
      {"two Hosts", get + "Host: a\r\nHost: b\r\n\r\n"},
      {"two equal Hosts", get + "Host: a\r\nHost: a\r\n\r\n"},
      {"an empty Host", get + "Host:\r\n\r\n"},
      {"a Host with a path", get + "Host: a/b\r\n\r\n"},
      {"a Host with a user", get + "Host: a@b\r\n\r\n"},
      {"a list of Hosts", get + "Host: a, b\r\n\r\n"},
      {"HTTP/1.0", "GET /v1/programs HTTP/1.0\r\nHost: a\r\n\r\n"},
      {"HTTP/1.0 with chunks",
       "POST /v1/applications HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + chunk},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
      {"HTTP/1.1 in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n"},
      {"no version", "GET /\r\nHost: a\r\n\r\n"},
      {"an absolute target", "GET http://a/v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an authority target", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an asterisk target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a target with a space", "GET /v1/pro grams HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a target with a fragment", "GET /v1/programs#x HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"two spaces in the first line", "GET  /v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a method that is no token", "G(T /v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a body on GET", get + "Host: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"a body on HEAD", "HEAD /v1/programs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"a body on DELETE",
       "DELETE /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"Upgrade", get + "Host: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"},
      {"an Upgrade to websockets", get + "Host: a\r\nUpgrade: websocket\r\n\r\n"},
      {"another expectation", post + "Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", 417},
      {"a bare line feed", post + "X-A: b\nContent-Length: 2\r\n\r\n{}"},
      {"a bare carriage return", post + "X-A: b\rContent-Length: 2\r\n\r\n{}"},
      {"a NUL in a value", post + "X-A: b" + std::string(1, '\0') + "c\r\n\r\n"},
      {"a control character", post + "X-A: b\x01\r\n\r\n"},
      {"a line without a colon", post + "Content-Length\r\n\r\n"},
      {"a name with a space", post + "X A: b\r\n\r\n"},
      {"an empty name", post + ": b\r\n\r\n"},
      {"two keys", post + "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n\r\n"},
      {"two Content-Types",
       post + "Content-Type: text/plain\r\nContent-Type: application/json\r\nContent-Length: "
              "2\r\n\r\n{}"},
  };
}

}  // namespace guichet::testing
