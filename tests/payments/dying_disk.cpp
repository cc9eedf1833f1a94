#include "tests/payments/dying_disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>

namespace guichet::testing {
namespace {

thread_local std::uint64_t left = 0;  // points until it dies; 0: it does not
thread_local bool armed = false;
thread_local bool dead = false;

bool reaches_its_end() {
  if (dead) return true;
  if (left > 0 && --left == 0) dead = true;
  return dead;
}

long fails() {
  errno = EIO;
  return -1;
}

/// The call at its two points. `half`: what is done of it where it dies before its end.
template <class Call, class Half>
long changing(Call call, Half half) {
  if (!armed) return call();
  if (dead) return fails();
  if (reaches_its_end()) {
    half();
    return fails();
  }
  const long result = call();
  return reaches_its_end() ? fails() : result;
}

template <class Call>
long changing(Call call) {
  return changing(call, [] {});
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
  const auto call = [&] { return syscall(SYS_openat, folder, path, flags, mode); };
  return static_cast<int>((flags & O_CREAT) != 0 ? changing(call) : call());
}

}  // namespace

void die_at_file_operation(std::uint64_t nth) {
  left = nth;
  armed = nth > 0;
  dead = false;
}

bool has_died() {
  return dead;
}

}  // namespace guichet::testing

// In the place of the C library's.
extern "C" {

using guichet::testing::changing;
using guichet::testing::open_at;

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_at(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open_at(folder, path, flags, mode);
}
ssize_t write(int file, const void* bytes, size_t size) {
  return changing([&] { return syscall(SYS_write, file, bytes, size); },
                  [&] { syscall(SYS_write, file, bytes, size / 2); });
}
// Of an armed thread nothing reaches the disk: no power is cut here, and it would only take time.
int fsync(int file) {
  return static_cast<int>(
      changing([&] { return guichet::testing::armed ? 0 : syscall(SYS_fsync, file); }));
}
int rename(const char* from, const char* to) noexcept {
  return static_cast<int>(changing([&] { return syscall(SYS_rename, from, to); }));
}
int renameat(int from_folder, const char* from, int to_folder, const char* to) noexcept {
  return static_cast<int>(
      changing([&] { return syscall(SYS_renameat, from_folder, from, to_folder, to); }));
}
int unlinkat(int folder, const char* path, int flags) noexcept {
  return static_cast<int>(changing([&] { return syscall(SYS_unlinkat, folder, path, flags); }));
}
int unlink(const char* path) noexcept {
  return static_cast<int>(changing([&] { return syscall(SYS_unlink, path); }));
}
int remove(const char* path) noexcept {
  return static_cast<int>(changing([&] {
    const long removed = syscall(SYS_unlink, path);
    return removed != 0 && errno == EISDIR ? syscall(SYS_rmdir, path) : removed;
  }));
}
int mkdir(const char* path, mode_t mode) noexcept {
  return static_cast<int>(changing([&] { return syscall(SYS_mkdir, path, mode); }));
}

}  // extern "C"
