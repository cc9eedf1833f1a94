// For LD_PRELOAD: the clock of the machine as GUICHET_TEST_CLOCK sets it, a file with a number of
// seconds (64 bits) that a test may change at any time. The steady clock stays as it is.
// libfaketime would do, but does not start beside jemalloc, which asks for the time before there is
// memory.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

/// Of the file, mapped at the first call; null where there is none.
const volatile std::int64_t* seconds() {
  static const volatile std::int64_t* mapped = nullptr;
  static bool tried = false;
  const char* name = tried ? nullptr : std::getenv("GUICHET_TEST_CLOCK");
  if (name == nullptr) return mapped;
  tried = true;
  const int file = open(name, O_RDONLY | O_CLOEXEC);
  void* at = mmap(nullptr, sizeof *mapped, PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (at != MAP_FAILED) mapped = static_cast<const volatile std::int64_t*>(at);
  return mapped;
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long failed = syscall(SYS_clock_gettime, clock, time);
  const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (const auto* set = seconds(); failed == 0 && wall && set != nullptr) time->tv_sec += *set;
  return static_cast<int>(failed);
}

time_t time(time_t* into) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (into != nullptr) *into = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(timeval* into, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *into = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}
}
