#pragma once

#include <cstdint>

// A process that dies in the middle of a file, without a process of its own: the system calls that
// change files (open to create, write, fsync, rename, remove, mkdir) are those of dying_disk.cpp.

namespace guichet::testing {

/// From now on this thread's calls that change files are counted, each twice: before it is done, a
/// write half of it, and after. At the n-th point the process is dead: nothing is done any more,
/// and every call fails with EIO, until this is called again. 0: never.
void die_at_file_operation(std::uint64_t nth);

/// Whether that point was reached.
bool has_died();

}  // namespace guichet::testing
