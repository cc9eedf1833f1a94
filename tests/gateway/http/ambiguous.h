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

inline std::string many_fields(unsigned count) {
  std::string fields;
  for (unsigned i = 0; i < count; ++i) fields += "X-" + std::to_string(i) + ": a\r\n";
  return fields;
}

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
      {"chunks with extensions",
       post + "Transfer-Encoding: chunked\r\n\r\n2;a=\"\r\n\r\n\"\r\n{}\r\n0\r\n\r\n", 411},
      {"chunks with trailers",
       post + "Trailer: Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
              "Content-Length: 9\r\n\r\n",
       411},
      {"a chunk whose size overflows",
       post + "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n", 411},
      {"a chunk of a negative size",
       post + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", 411},
      {"chunks that end in bare line feeds",
       post + "Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n", 411},
      {"chunks on GET", get + "Host: a\r\nTransfer-Encoding: chunked\r\n" + chunk, 411},
      {"a Transfer-Encoding with an underscore",
       post + "Transfer_Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}"},
      {"a Content-Length with an underscore", post + "Content_Length: 2\r\n\r\n{}"},
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
      {"a Content-Length with a vertical tab", post + "Content-Length: \v2\r\n\r\n{}"},
      {"a Content-Length in quotes", post + "Content-Length: \"2\"\r\n\r\n{}"},
      {"a Content-Length of other digits", post + "Content-Length: \xEF\xBC\x92\r\n\r\n{}"},
      {"a Content-Length beyond what 64 bits hold",
       post + "Content-Length: 18446744073709551618\r\n\r\n{}"},
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
      {"a Host with two ports", get + "Host: a:80:81\r\n\r\n"},
      {"a Host with a port that is none", get + "Host: a:eighty\r\n\r\n"},
      {"a Host with brackets that do not close", get + "Host: [::1\r\n\r\n"},
      {"HTTP/1.0", "GET /v1/programs HTTP/1.0\r\nHost: a\r\n\r\n"},
      {"HTTP/1.0 with chunks",
       "POST /v1/applications HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + chunk},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
      {"HTTP/1.1 in small letters", "GET / http/1.1\r\nHost: a\r\n\r\n"},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
      {"a version with a zero", "GET / HTTP/1.01\r\nHost: a\r\n\r\n"},
      {"HTTP/2 from its first bytes", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"HTTP/0.9", "GET /v1/programs\r\n\r\n"},
      {"no version", "GET /\r\nHost: a\r\n\r\n"},
      {"an empty line before the first", "\r\n" + get + "Host: a\r\n\r\n"},
      {"two empty lines before the first", "\r\n\r\n" + get + "Host: a\r\n\r\n"},
      {"an absolute target", "GET http://a/v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"an authority target", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"CONNECT with a path", "CONNECT /v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a target without its slash", "GET v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a target with a tab", "GET /v1/pro\tgrams HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a target outside ASCII", "GET /v1/\xC3\xA9 HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a tab in the first line", "GET\t/v1/programs\tHTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a space behind the version", "GET /v1/programs HTTP/1.1 \r\nHost: a\r\n\r\n"},
      {"an asterisk target", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a target with a space", "GET /v1/pro grams HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a target with a fragment", "GET /v1/programs#x HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"two spaces in the first line", "GET  /v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a method that is no token", "G(T /v1/programs HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a body on GET", get + "Host: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"a body on HEAD", "HEAD /v1/programs HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"a body on DELETE",
       "DELETE /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"a body on OPTIONS",
       "OPTIONS /v1/applications HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"a body on TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"},
      {"Upgrade", get + "Host: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"},
      {"an Upgrade to websockets", get + "Host: a\r\nUpgrade: websocket\r\n\r\n"},
      {"another expectation", post + "Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", 417},
      {"a list of expectations",
       post + "Expect: 100-continue, 100-continue\r\nContent-Length: 2\r\n\r\n{}", 417},
      {"two expectations",
       post + "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"},
      {"a bare line feed", post + "X-A: b\nContent-Length: 2\r\n\r\n{}"},
      {"a bare carriage return", post + "X-A: b\rContent-Length: 2\r\n\r\n{}"},
      {"a NUL in a value", post + "X-A: b" + std::string(1, '\0') + "c\r\n\r\n"},
      {"bare line feeds only", "GET /v1/programs HTTP/1.1\nHost: a\n\n"},
      {"a bare line feed at the end", get + "Host: a\n\r\n"},
      {"a line that ends in two carriage returns", get + "Host: a\r\r\n\r\n"},
      {"a NUL in a name", post + "X-A" + std::string(1, '\0') + ": b\r\n\r\n"},
      {"a NUL in the first line",
       "GET /v1" + std::string(1, '\0') + " HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"a value outside ASCII", post + "X-A: \xC3\xA9\r\n\r\n"},
      {"a name outside ASCII", post + "X-\xC3\xA9: b\r\n\r\n"},
      {"a DEL", post + "X-A: b\x7F\r\n\r\n"},
      {"a control character", post + "X-A: b\x01\r\n\r\n"},
      {"a line without a colon", post + "Content-Length\r\n\r\n"},
      {"a name with a space", post + "X A: b\r\n\r\n"},
      {"an empty name", post + ": b\r\n\r\n"},
      {"two keys", post + "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n\r\n"},
      {"two Content-Types",
       post + "Content-Type: text/plain\r\nContent-Type: application/json\r\nContent-Length: "
              "2\r\n\r\n{}"},
      {"two origins", post + "Origin: http://a\r\nOrigin: http://b\r\nContent-Length: 0\r\n\r\n"},
      {"two actors", post + "Guichet-Actor: name=a\r\nGuichet-Actor: name=b\r\n\r\n"},
      {"too many fields", post + many_fields(65) + "\r\n", 431},
  };
}

/// Requests that are refused for their size, before anything else about them is looked at.
inline std::vector<Ambiguous> oversized_requests() {
  const std::string get = "GET /v1/programs HTTP/1.1\r\nHost: a\r\n";
  const std::string post = "POST /v1/applications HTTP/1.1\r\nHost: a\r\n";
  const std::string much(20'000, 'a');
  return {
      {"a very long target", "GET /" + much + " HTTP/1.1\r\nHost: a\r\n\r\n", 431},
      {"a very long method", much + " / HTTP/1.1\r\nHost: a\r\n\r\n", 431},
      {"a very long value", get + "X-A: " + much + "\r\n\r\n", 431},
      {"a very long name", get + much + ": b\r\n\r\n", 431},
      {"a first line without an end", much, 431},
      {"a Content-Length of all nines", post + "Content-Length: 999999999\r\n\r\n{}", 413},
      {"a body that is too large and expected",
       post + "Expect: 100-continue\r\nContent-Length: 262145\r\n\r\n", 413},
  };
}

}  // namespace guichet::testing
