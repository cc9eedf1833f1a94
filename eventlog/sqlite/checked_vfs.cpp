#include "eventlog/sqlite/checked_vfs.h"

#include <sqlite3.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <new>

#include "schemas/values/invariant.h"

namespace guichet::eventlog {

namespace {

constexpr const char* kName = "guichet";
constexpr std::size_t kCheckedBytes = kPageBytes - kPageChecksumBytes;
// Of the file format of SQLite (sqlite.org/fileformat2.html, section 1.3): how many bytes at the
// end of each page it leaves alone.
constexpr std::size_t kReservedAt = 20;
// Reads of fewer bytes look at fields of the first page's header only.
constexpr int kLeastOfAPage = 512;
// Newer versions of SQLite read parts of pages from files that say so; a part cannot be checked.
constexpr int kReadsPartsOfPages = 0x8000;

using Page = std::array<char, kPageBytes>;

thread_local std::int64_t last_damaged = 0;

/// A file of this VFS; the file of SQLite's own stands behind it in memory.
struct CheckedFile {
  sqlite3_file base;
  bool checked;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

CheckedFile& checked(sqlite3_file* file) {
  return *reinterpret_cast<CheckedFile*>(file);
}

sqlite3_file* real(sqlite3_file* file) {
  return checked(file).real();
}

std::uint64_t checksum_of(const char* page, std::int64_t number) {
  return XXH3_64bits_withSeed(page, kCheckedBytes, static_cast<std::uint64_t>(number));
}

/// A page that SQLite made room for and never wrote reads as zeros.
bool is_whole(const char* page, std::int64_t number) {
  std::uint64_t stored = 0;
  std::memcpy(&stored, page + kCheckedBytes, sizeof stored);
  if (stored == checksum_of(page, number)) return true;
  return std::all_of(page, page + kPageBytes, [](char byte) { return byte == 0; });
}

int read(sqlite3_file* file, void* into, int size, sqlite3_int64 offset) {
  const auto bytes = static_cast<std::size_t>(size);
  const auto in_page = static_cast<std::size_t>(offset) % kPageBytes;
  if (!checked(file).checked || size < kLeastOfAPage || in_page != 0 || bytes > kPageBytes) {
    return real(file)->pMethods->xRead(real(file), into, size, offset);
  }
  Page page;
  const int code = real(file)->pMethods->xRead(real(file), page.data(), page.size(), offset);
  if (code != SQLITE_OK && code != SQLITE_IOERR_SHORT_READ) return code;
  std::memcpy(into, page.data(), bytes);
  if (code != SQLITE_OK) return code;
  const std::int64_t number = offset / static_cast<std::int64_t>(kPageBytes) + 1;
  if (is_whole(page.data(), number)) return SQLITE_OK;
  last_damaged = number;
  return SQLITE_IOERR_DATA;
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  if (offset == 0 && size == static_cast<int>(kPageBytes))
    checked(file).checked = has_page_checksums({static_cast<const char*>(from), kPageBytes});
  if (!checked(file).checked || size != static_cast<int>(kPageBytes)) {
    return real(file)->pMethods->xWrite(real(file), from, size, offset);
  }
  Page page;
  std::memcpy(page.data(), from, page.size());
  const std::uint64_t checksum =
      checksum_of(page.data(), offset / static_cast<std::int64_t>(kPageBytes) + 1);
  std::memcpy(page.data() + kCheckedBytes, &checksum, sizeof checksum);
  return real(file)->pMethods->xWrite(real(file), page.data(), size, offset);
}

int device_characteristics(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file)) & ~kReadsPartsOfPages;
}

/// Hands a call on to SQLite's own file as it is.
template <auto Method, class... Arguments>
auto pass(sqlite3_file* file, Arguments... arguments) {
  return (real(file)->pMethods->*Method)(real(file), arguments...);
}

using M = sqlite3_io_methods;

// Version 2: no memory maps, which would go past the checks.
const sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = [](sqlite3_file* f) { return pass<&M::xClose>(f); },
    .xRead = read,
    .xWrite = write,
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return pass<&M::xTruncate>(f, size); },
    .xSync = [](sqlite3_file* f, int flags) { return pass<&M::xSync>(f, flags); },
    .xFileSize = [](sqlite3_file* f, sqlite3_int64* size) { return pass<&M::xFileSize>(f, size); },
    .xLock = [](sqlite3_file* f, int level) { return pass<&M::xLock>(f, level); },
    .xUnlock = [](sqlite3_file* f, int level) { return pass<&M::xUnlock>(f, level); },
    .xCheckReservedLock = [](sqlite3_file* f,
                             int* is) { return pass<&M::xCheckReservedLock>(f, is); },
    .xFileControl = [](sqlite3_file* f, int op,
                       void* arg) { return pass<&M::xFileControl>(f, op, arg); },
    .xSectorSize = [](sqlite3_file* f) { return pass<&M::xSectorSize>(f); },
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = [](sqlite3_file* f, int region, int size, int extend,
                  void volatile** at) { return pass<&M::xShmMap>(f, region, size, extend, at); },
    .xShmLock = [](sqlite3_file* f, int offset, int n,
                   int flags) { return pass<&M::xShmLock>(f, offset, n, flags); },
    .xShmBarrier = [](sqlite3_file* f) { pass<&M::xShmBarrier>(f); },
    .xShmUnmap = [](sqlite3_file* f, int remove) { return pass<&M::xShmUnmap>(f, remove); },
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* root(sqlite3_vfs* vfs) {
  return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
    return root(vfs)->xOpen(root(vfs), name, file, flags, out_flags);
  }
  CheckedFile& made = *new (file) CheckedFile{};
  const int code = root(vfs)->xOpen(root(vfs), name, made.real(), flags, out_flags);
  if (code != SQLITE_OK) return code;  // without methods: SQLite does not close it
  made.base.pMethods = &kMethods;
  std::array<char, 100> header{};
  made.checked = pass<&M::xRead>(file, header.data(), static_cast<int>(header.size()),
                                 sqlite3_int64{0}) == SQLITE_OK &&
                 has_page_checksums({header.data(), header.size()});
  return SQLITE_OK;
}

}  // namespace

const char* checked_vfs() {
  static const bool registered = [] {
    static sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    vfs.pAppData = sqlite3_vfs_find(nullptr);
    vfs.zName = kName;
    vfs.pNext = nullptr;
    vfs.szOsFile += static_cast<int>(sizeof(CheckedFile));
    vfs.xOpen = open;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  GUICHET_INVARIANT(registered);
  return kName;
}

bool has_page_checksums(std::string_view beginning) {
  return beginning[kReservedAt] == kPageChecksumBytes;
}

bool is_whole_first_page(std::string_view page) {
  return page.size() == kPageBytes && has_page_checksums(page) && is_whole(page.data(), 1);
}

std::string last_damaged_page() {
  if (last_damaged == 0) return "";
  const auto begin = static_cast<std::uint64_t>(last_damaged - 1) * kPageBytes;
  return "page " + std::to_string(last_damaged) + " (bytes " + std::to_string(begin) + " to " +
         std::to_string(begin + kPageBytes - 1) + ") is not that which was written (checksum)";
}

}  // namespace guichet::eventlog
