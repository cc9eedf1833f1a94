#include "adapters/file/exchange_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <set>

#include "eventlog/descriptor.h"

namespace guichet::adapters {

using eventlog::Descriptor;
using eventlog::throw_errno;
namespace {

constexpr mode_t kFolderMode = 0750;
constexpr mode_t kFileMode = 0640;
constexpr int kMostOfOneName = 1000;

int open_folder(int parent, const std::string& name) {
  if (::mkdirat(parent, name.c_str(), kFolderMode) == 0) {
    if (::fsync(parent) != 0) throw_errno("sync the folder of " + name);
  } else if (errno != EEXIST) {
    throw_errno("make the folder " + name);
  }
  const int fd = ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) throw_errno("open the folder " + name + " (a link is not followed)");
  return fd;
}

ExchangeFolder::Identity identity_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino),
          static_cast<std::int64_t>(status.st_size),
          status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec};
}

std::string read_all(int fd, std::size_t most) {
  std::string bytes(most, '\0');
  std::size_t length = 0;
  while (length < most) {
    const ssize_t n = ::read(fd, bytes.data() + length, most - length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("read a file");
    if (n == 0) break;
    length += static_cast<std::size_t>(n);
  }
  bytes.resize(length);
  return bytes;
}

}  // namespace

ExchangeFolder::ExchangeFolder(const std::filesystem::path& exchange, std::string_view program,
                               std::string_view part) {
  std::filesystem::create_directories(exchange);
  const Descriptor root(::open(exchange.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root.get() < 0) throw_errno("open the exchange folder");
  const Descriptor parent(open_folder(root.get(), std::string(program)));
  folder_ = open_folder(parent.get(), std::string(part));
}

ExchangeFolder::~ExchangeFolder() {
  ::close(folder_);
}

std::vector<std::string> ExchangeFolder::names(std::size_t most) const {
  Descriptor again(::openat(folder_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (again.get() < 0) throw_errno("open a folder");
  DIR* folder = ::fdopendir(again.get());
  if (folder == nullptr) throw_errno("read a folder");
  again.release();
  std::set<std::string> first;  // never more than `most`, however many files there are
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name.starts_with('.') || !name.ends_with(".json")) continue;
    first.emplace(name);
    if (first.size() > most) first.erase(std::prev(first.end()));
  }
  ::closedir(folder);
  return {first.begin(), first.end()};
}

std::optional<ExchangeFolder::File> ExchangeFolder::read(const std::string& name,
                                                         std::size_t most_bytes) const {
  struct stat status {};
  if (::fstatat(folder_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return {};
    throw_errno("look at a file");
  }
  File file;
  file.identity = identity_of(status);
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1) {
    file.fault = "it is not a regular file, or a link to one";
    return file;
  }
  // O_NONBLOCK: should the name stand for a pipe by now, do not wait for its other end.
  const Descriptor fd(
      ::openat(folder_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (fd.get() < 0) {
    if (errno == ENOENT || errno == ELOOP || errno == ENXIO) return {};
    throw_errno("open a file");
  }
  if (::fstat(fd.get(), &status) != 0) throw_errno("look at a file");
  if (identity_of(status) != file.identity) return {};  // replaced just now: next time
  if (static_cast<std::uint64_t>(status.st_size) > most_bytes) {
    file.fault = "it is larger than " + std::to_string(most_bytes) + " bytes";
    return file;
  }
  file.bytes = read_all(fd.get(), static_cast<std::size_t>(status.st_size));
  return file;
}

void ExchangeFolder::write(const std::string& name, std::string_view bytes) const {
  const auto there = read(name, bytes.size());
  if (there && there->fault.empty() && there->bytes == bytes) return;
  const std::string temporary = "." + name + ".tmp";
  if (::unlinkat(folder_, temporary.c_str(), 0) != 0 && errno != ENOENT)
    throw_errno("remove a temporary file");
  {
    const Descriptor fd(::openat(folder_, temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
    if (fd.get() < 0) throw_errno("make a temporary file");
    eventlog::write_all(fd, bytes, "write a file");
    if (::fsync(fd.get()) != 0) throw_errno("sync a file");
  }
  if (::renameat(folder_, temporary.c_str(), folder_, name.c_str()) != 0)
    throw_errno("rename a file");
  if (::fsync(folder_) != 0) throw_errno("sync a folder");
}

void ExchangeFolder::move(const std::string& name, const Identity& identity,
                          const ExchangeFolder& to) const {
  struct stat status {};
  if (::fstatat(folder_, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return;
    throw_errno("look at a file");
  }
  if (identity_of(status) != identity) return;
  for (int n = 1; n <= kMostOfOneName; ++n) {
    const std::string target = n == 1 ? name : name + "." + std::to_string(n);
    if (::renameat2(folder_, name.c_str(), to.folder_, target.c_str(), RENAME_NOREPLACE) == 0) {
      if (::fsync(to.folder_) != 0 || ::fsync(folder_) != 0) throw_errno("sync a folder");
      return;
    }
    if (errno == ENOENT) return;
    if (errno != EEXIST) throw_errno("move a file");
  }
  errno = EEXIST;
  throw_errno("move a file: too many of one name; clear done/ and refused/ from time to time");
}

}  // namespace guichet::adapters
