#include "eventlog/sqlite/data_folder.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "eventlog/sqlite/checked_vfs.h"
#include "eventlog/sqlite/connection.h"

namespace guichet::eventlog {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kApplicationId = 0x47554943;  // "GUIC"

// Of the file format of SQLite (sqlite.org/fileformat2.html, section 1.3).
constexpr std::string_view kSqliteMagic{"SQLite format 3\0", 16};
constexpr std::size_t kSqliteHeader = 100;
constexpr std::size_t kUserVersionAt = 60;
constexpr std::size_t kApplicationIdAt = 68;

// Rows of `states` go by position, so that they are written at the end and only the small index of
// keys is random. `streams` has the end of each partition.
constexpr const char* kSchema = R"sql(
CREATE TABLE log (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,       -- goes up with each start; a writer of an older one writes no more
  last_position INTEGER NOT NULL,
  partitions INTEGER NOT NULL,
  clean INTEGER NOT NULL,       -- 1: stopped in order, all is in this file
  projection TEXT NOT NULL      -- version of the projection's tables; empty: none
);
CREATE TABLE topics (topic INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, compacted INTEGER NOT NULL);
CREATE TABLE streams (
  topic INTEGER NOT NULL, partition INTEGER NOT NULL,
  last INTEGER NOT NULL, segments INTEGER NOT NULL, chain INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE segments (
  first INTEGER PRIMARY KEY,
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
  checksum INTEGER NOT NULL, chain INTEGER NOT NULL, records BLOB NOT NULL
);
CREATE INDEX segments_by_topic ON segments (topic, partition, last);
CREATE TABLE states (
  position INTEGER PRIMARY KEY,
  topic INTEGER NOT NULL, partition INTEGER NOT NULL, key TEXT NOT NULL, wake_at INTEGER NOT NULL,
  checksum INTEGER NOT NULL, record BLOB NOT NULL
);
CREATE UNIQUE INDEX states_by_key ON states (topic, key);
CREATE INDEX states_by_wake ON states (topic, wake_at, key) WHERE wake_at > 0;
CREATE TABLE groups (
  name TEXT NOT NULL, topic INTEGER NOT NULL, partition INTEGER NOT NULL, next INTEGER NOT NULL,
  PRIMARY KEY (name, topic, partition)
) WITHOUT ROWID;
-- What a group was about to handle, after a stop that was not in order; topic empty: a batch.
CREATE TABLE attempts (
  name TEXT PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
  position INTEGER NOT NULL, tries INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = (number << 8) | static_cast<unsigned char>(bytes[i]);
  return number;
}

Failure failure(const fs::path& path, const std::string& what) {
  return Failure{path.string() + ": " + what};
}

Failure system_failure(const fs::path& path, const std::string& what) {
  return failure(path, what + ": " + std::strerror(errno));
}

std::string holder_of(int lock) {
  std::array<char, 32> text{};
  const ssize_t size = pread(lock, text.data(), text.size() - 1, 0);
  std::string pid(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "another process" : "process " + pid;
}

void sync_folder(const fs::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  fsync(fd);
  close(fd);
}

}  // namespace

DataFolder::DataFolder(fs::path folder, int lock) : folder_(std::move(folder)), lock_(lock) {}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0) close(lock_);
}

Result<DataFolder> DataFolder::lock(const fs::path& folder, Missing missing) {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    if (missing == Missing::kFail) return failure(folder, "there is no such data folder");
    fs::create_directories(folder, error);
    if (error) return failure(folder, "the data folder cannot be made: " + error.message());
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  if (!fs::is_directory(folder, error)) {
    return failure(folder, "the data folder is not a folder; name another with --data");
  }
  const fs::path path = folder / "guichet.lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure(path, "the data folder cannot be written");
  DataFolder locked(folder, fd);
  if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return failure(folder, "the data folder is in use by " + holder_of(fd) +
                               "; stop it, or name another folder with --data");
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.data(), pid.size(), 0) < 0) {
    return system_failure(path, "the data folder cannot be written");
  }
  return locked;
}

Result<bool> DataFolder::check() const {
  std::error_code error;
  const fs::path wal = file().string() + "-wal";
  if (!fs::exists(file(), error)) {
    if (fs::exists(wal, error)) {
      return failure(file(), "the file is gone, but its write-ahead log " + wal.string() +
                                 " is there; put the file back, or restore a backup");
    }
    return false;
  }
  std::array<char, kPageBytes> header{};
  std::ifstream in(file(), std::ios::binary);
  if (!in) return system_failure(file(), "cannot be read");
  in.read(header.data(), header.size());
  const auto size = static_cast<std::size_t>(in.gcount());
  if (size < kSqliteHeader ||
      std::string_view(header.data(), kSqliteMagic.size()) != kSqliteMagic) {
    return failure(file(),
                   "damaged: its beginning is not that of a SQLite file; nothing was changed; "
                   "restore a backup, or move the file away to start empty");
  }
  // A page that a crash tore on its way from the write-ahead log into the file is whole in the log.
  const bool may_be_torn = fs::exists(wal, error) && fs::file_size(wal, error) > 0;
  const bool has_checksums =
      has_page_checksums({header.data(), size}) || big_endian(header.data() + kUserVersionAt) >= 2;
  if (has_checksums && !may_be_torn && !is_whole_first_page({header.data(), size})) {
    return failure(file(),
                   "damaged: its first page is not that which was written (checksum); nothing was "
                   "changed; restore a backup");
  }
  if (big_endian(header.data() + kApplicationIdAt) != kApplicationId) {
    return failure(file(), "not a file of Guichet; nothing was changed; name another folder");
  }
  const std::uint32_t format = big_endian(header.data() + kUserVersionAt);
  if (format < 1 || format > kSqliteFormat) {
    return failure(file(), "has format " + std::to_string(format) +
                               ", and this program reads format " + std::to_string(kSqliteFormat) +
                               "; nothing was changed; use a newer Guichet");
  }
  return true;
}

Result<void> DataFolder::make(std::uint32_t partitions) const {
  const fs::path draft = file().string() + ".new";
  std::error_code error;
  for (const char* part : {"", "-wal", "-shm", "-journal"})
    fs::remove(draft.string() + part, error);
  const int fd = ::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return system_failure(draft, "cannot be made");
  close(fd);
  try {
    Connection connection(draft, Connection::Mode::kWrite);
    connection.execute("PRAGMA synchronous=FULL");
    connection.execute("PRAGMA page_size=" + std::to_string(kPageBytes));
    int reserved = kPageChecksumBytes;
    if (sqlite3_file_control(connection.database().getHandle(), "main", SQLITE_FCNTL_RESERVE_BYTES,
                             &reserved) != SQLITE_OK) {
      return failure(draft, "cannot be made: this SQLite cannot keep room for checksums");
    }
    connection.execute("PRAGMA application_id=" + std::to_string(kApplicationId));
    connection.execute("PRAGMA user_version=" + std::to_string(kSqliteFormat));
    connection.execute("BEGIN");
    connection.execute(kSchema);
    connection.execute("INSERT INTO log VALUES (1, 0, 0, " + std::to_string(partitions) +
                       ", 1, '')");
    connection.execute("COMMIT");
    connection.execute("PRAGMA journal_mode=WAL");
  } catch (const SQLite::Exception& error) {
    return failure(draft, "cannot be made: " + describe(error));
  }
  fs::remove(mark(), error);  // of a file that was moved away
  fs::rename(draft, file(), error);
  if (error) return failure(file(), "cannot be made: " + error.message());
  sync_folder(folder_);
  return {};
}

}  // namespace guichet::eventlog
