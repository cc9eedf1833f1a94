#include "eventlog/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace guichet::eventlog {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

void write_whole(const std::filesystem::path& file, std::string_view text) {
  const Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) fail("cannot make " + file.string());
  while (!text.empty()) {
    const ssize_t n = ::write(fd.get(), text.data(), text.size());
    if (n < 0 && errno != EINTR) fail("cannot write " + file.string());
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fsync(fd.get()) != 0) fail("cannot sync " + file.string());
}

}  // namespace

void write_durably(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path aside = file.string() + ".new";
  std::filesystem::remove(aside);  // of a crash
  write_whole(aside, text);
  std::filesystem::rename(aside, file);
  const std::filesystem::path folder = file.parent_path();
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) fail("cannot sync " + folder.string());
}

}  // namespace guichet::eventlog
