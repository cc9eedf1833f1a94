#pragma once

#include <string>
#include <string_view>

namespace guichet::eventlog {

/// A file descriptor with an owner, which closes it; below zero: none.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  int get() const { return fd_; }
  /// Gives it to another owner.
  int release();

 private:
  int fd_;
};

/// Throws std::system_error with what errno says.
[[noreturn]] void throw_errno(const std::string& what);

/// Writes all of the bytes at the place where the descriptor stands; throws with `what`.
void write_all(const Descriptor& fd, std::string_view bytes, const std::string& what);

}  // namespace guichet::eventlog
