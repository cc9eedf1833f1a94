#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace guichet::eventlog {

/// The size of a page of guichet.db, and what stands at its end: a checksum over all before it and
/// its number. Everything that SQLite keeps (rows, indexes, what lists are read from) is seen to be
/// damaged when it is read, also what no checksum of Guichet's own covers.
inline constexpr std::size_t kPageBytes = 4096;
inline constexpr int kPageChecksumBytes = 8;

/// Registers, once, and names the VFS that writes and compares these checksums: to be given to
/// every connection to a file of format 2. It stands on SQLite's own VFS and touches the file
/// itself alone: frames of the write-ahead log have SQLite's checksums, which it compares when it
/// opens the log. A page that is not as it was written is an SQLITE_IOERR_DATA.
const char* checked_vfs();

/// Whether the file that begins so, with 100 bytes or more, has these checksums.
bool has_page_checksums(std::string_view beginning);

/// Whether these are the bytes of page 1 as they were written.
bool is_whole_first_page(std::string_view page);

/// The last page that this thread found damaged, in words; empty: none.
std::string last_damaged_page();

}  // namespace guichet::eventlog
