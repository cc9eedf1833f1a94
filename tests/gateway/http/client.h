#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace guichet::testing {

/// A response as it came over the wire.
struct Reply {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
  bool closes() const { return header("connection") == "close"; }
};

/// A connection to the server that sends whatever bytes a test wants.
class Client {
 public:
  /// `from`: another of this machine's addresses, "127.0.0.2"; null: the usual one.
  explicit Client(std::uint16_t port, const char* from = nullptr);
  ~Client();
  Client(Client&& other) noexcept;
  Client(const Client&) = delete;

  bool send(std::string_view bytes);
  /// The next response; none where the connection ends first or nothing comes for `within`.
  std::optional<Reply> receive(std::chrono::milliseconds within = std::chrono::seconds(5),
                               bool head = false);
  /// The next chunk of a chunked body, empty at its end; none where none comes in time.
  std::optional<std::string> receive_chunk(
      std::chrono::milliseconds within = std::chrono::seconds(5));
  /// Whether the server closes within that time, having sent nothing more.
  bool is_closed(std::chrono::milliseconds within);

  /// A whole exchange: `header_lines` each end in \r\n.
  Reply exchange(std::string_view method, std::string_view target, std::string_view body = {},
                 std::string_view header_lines = {});

 private:
  bool read_some(std::chrono::milliseconds within);
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace guichet::testing
