// What only the SQLite home has: a file, a folder, a writer, and what may happen to them.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "eventlog/sqlite/checked_vfs.h"
#include "eventlog/sqlite/projection.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "tests/eventlog/records.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

SqliteOptions options(const fs::path& folder) {
  SqliteOptions made;
  made.folder = folder;
  made.topics = {{"in"}, {"out"}, {"states", true}};
  return made;
}

std::unique_ptr<SqliteLog> open(const fs::path& folder) {
  return SqliteLog::open(options(folder)).value();
}

std::string failure_of(const fs::path& folder) {
  const auto opened = SqliteLog::open(options(folder));
  return opened ? "opened" : opened.error().message;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

void sql(const fs::path& folder, const std::string& statement) {
  SQLite::Database database((folder / "guichet.db").string(), SQLite::OPEN_READWRITE, 0,
                            checked_vfs());
  database.exec(statement);
}

int number(const fs::path& folder, const std::string& query) {
  SQLite::Database database((folder / "guichet.db").string(), SQLite::OPEN_READONLY, 0,
                            checked_vfs());
  return database.execAndGet(query).getInt();
}

unsigned mode_of(const fs::path& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777U;
}

/// Some of everything.
void fill(Log& log, int count = 50) {
  const auto session =
      log.open_session({.name = "s", .subscriptions = {{"g", {"in"}}}, .state_topics = {"states"}});
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    append(log, {record("in", "k" + n, "in-" + n, "payload of in " + n)});
    session->poll("g", 10);
    session->commit({record("out", "k" + n, "out-" + n, "payload of out " + n),
                     state("states", "k" + std::to_string(i % 7), "state " + n, i)});
  }
}

std::vector<std::string> everything(const Log& log) {
  std::vector<std::string> all;
  for (const char* topic : {"in", "out", "states"}) {
    for (const Record& record : read_all(log, topic)) {
      all.push_back(topic + std::to_string(record.position) + record.header.SerializeAsString() +
                    record.payload);
    }
  }
  return all;
}

TEST(SqliteFolder, IsMadeForItsOwnerAlone) {
  TemporaryFolder parent;
  const fs::path folder = parent.path() / "a" / "b";
  const auto log = open(folder);
  fill(*log);
  EXPECT_EQ(mode_of(folder), 0700U);
  for (const char* file : {"guichet.db", "guichet.db-wal", "guichet.db-shm", "guichet.lock"}) {
    EXPECT_EQ(mode_of(folder / file), 0600U) << file;
  }
}

TEST(SqliteFolder, IsRefusedWhileInUseAndSaysByWhom) {
  TemporaryFolder folder;
  auto log = open(folder.path());
  EXPECT_THAT(failure_of(folder.path()),
              AllOf(HasSubstr(folder.path().string()), HasSubstr("in use by process"),
                    HasSubstr(std::to_string(getpid())), HasSubstr("--data")));
  EXPECT_THAT(verify_sqlite_log(folder.path()).error().message, HasSubstr("in use by process"));
  fill(*log);
  log.reset();
  EXPECT_NE(open(folder.path()), nullptr);
}

TEST(SqliteFolder, IsFreeAgainWhenItsProcessWasKilled) {
  TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto log = open(folder.path());
    if (write(ready[1], "x", 1) != 1) _exit(1);
    pause();
    _exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THAT(failure_of(folder.path()), HasSubstr("in use by process " + std::to_string(child)));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_NE(open(folder.path()), nullptr);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(SqliteFile, ThatIsNewerIsRefusedAndLeftAsItIs) {
  TemporaryFolder folder;
  open(folder.path());
  sql(folder.path(), "PRAGMA user_version=4");
  const std::string before = bytes_of(folder.path() / "guichet.db");
  EXPECT_THAT(failure_of(folder.path()), AllOf(HasSubstr("format 4"), HasSubstr("reads format 3"),
                                               HasSubstr("newer Guichet")));
  EXPECT_EQ(bytes_of(folder.path() / "guichet.db"), before);
}

TEST(SqliteFile, OfTheFormatBeforeCompressionIsTakenAndNoLongerOfIt) {
  TemporaryFolder folder;
  open(folder.path());
  sql(folder.path(), "PRAGMA user_version=2");
  open(folder.path());
  EXPECT_EQ(number(folder.path(), "PRAGMA user_version"), 3);
}

TEST(SqliteFile, ThatIsNotOursOrDamagedIsRefusedAndLeftAsItIs) {
  TemporaryFolder folder;
  const fs::path file = folder.path() / "guichet.db";
  for (const std::string& bytes : {std::string(), std::string("short"), std::string(5000, 'x')}) {
    write_bytes(file, bytes);
    EXPECT_THAT(failure_of(folder.path()), AllOf(HasSubstr("damaged"), HasSubstr("guichet.db")));
    EXPECT_EQ(bytes_of(file), bytes);
  }
  fs::remove(file);
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE t (x)");
  EXPECT_THAT(failure_of(folder.path()), HasSubstr("not a file of Guichet"));

  fs::remove(file);
  fill(*open(folder.path()));
  std::string bytes = bytes_of(file);
  for (std::size_t i = 4096; i < 3 * 4096; ++i) bytes[i] = static_cast<char>(i * 7);
  write_bytes(file, bytes);
  EXPECT_THAT(failure_of(folder.path()), AllOf(HasSubstr("damaged"), HasSubstr("backup")));
  EXPECT_EQ(bytes_of(file), bytes);
}

TEST(SqliteFile, ThatLacksATableIsRefused) {
  for (const char* table : {"log", "groups", "attempts", "streams"}) {
    TemporaryFolder folder;
    open(folder.path());
    sql(folder.path(), std::string("DROP TABLE ") + table);
    EXPECT_THAT(failure_of(folder.path()), HasSubstr(std::string("no such table: ") + table));
  }
}

TEST(SqliteFile, WhoseWriteAheadLogIsGoneIsRefused) {
  TemporaryFolder folder;
  TemporaryFolder copy;
  const auto log = open(folder.path());
  fill(*log);
  fs::copy(folder.path() / "guichet.db", copy.path() / "guichet.db");
  for (int tries = 0; tries < 2; ++tries) {
    EXPECT_THAT(failure_of(copy.path()), HasSubstr("write-ahead log"));
  }
}

TEST(SqliteFile, OfAKilledProcessIsLookedAtWithoutBeingChanged) {
  TemporaryFolder folder;
  TemporaryFolder killed;
  const auto log = open(folder.path());
  fill(*log);
  append(*log, {record("in", "k", "last")});  // durable, and so all before it
  for (const char* file : {"guichet.db", "guichet.db-wal"})
    fs::copy(folder.path() / file, killed.path() / file);
  const std::string wal = bytes_of(killed.path() / "guichet.db-wal");
  for (int tries = 0; tries < 2; ++tries) {
    EXPECT_EQ(verify_sqlite_log(killed.path()).value().damage, "");
    EXPECT_EQ(bytes_of(killed.path() / "guichet.db-wal"), wal);
  }
  SqliteOptions other = options(killed.path());
  other.partitions = 3;
  EXPECT_FALSE(SqliteLog::open(std::move(other)));
  EXPECT_EQ(everything(*open(killed.path())), everything(*log));
  EXPECT_FALSE(fs::exists(killed.path() / "guichet.db-wal"));
}

TEST(SqliteFile, HoldsAllThatWasAcknowledgedAlsoWhenTheProcessDies) {
  TemporaryFolder folder;
  const auto log = open(folder.path());
  for (int i = 0; i < 20; ++i) {
    append(*log, {record("in", "k", std::to_string(i))});
    TemporaryFolder copy;  // what a killed process leaves
    fs::copy(folder.path() / "guichet.db", copy.path() / "guichet.db");
    fs::copy(folder.path() / "guichet.db-wal", copy.path() / "guichet.db-wal");
    EXPECT_THAT(read_all(*open(copy.path()), "in"), SizeIs(i + 1));
  }
}

TEST(SqliteFile, KeepsItsPartitionsAndTopics) {
  TemporaryFolder folder;
  open(folder.path());
  SqliteOptions more = options(folder.path());
  more.partitions = 3;
  EXPECT_THAT(SqliteLog::open(std::move(more)).error().message, HasSubstr("has 1 partitions"));
  SqliteOptions other = options(folder.path());
  other.topics = {{"states"}};
  EXPECT_THAT(SqliteLog::open(std::move(other)).error().message, HasSubstr("topic states"));
  SqliteOptions added = options(folder.path());
  added.topics.push_back({"new"});
  const auto log = SqliteLog::open(std::move(added)).value();
  append(*log, {record("new", "k", "1")});
  EXPECT_THAT(read_all(*log, "new"), SizeIs(1));
}

TEST(SqliteVerify, CountsWhatItChecked) {
  TemporaryFolder folder;
  fill(*open(folder.path()));
  const VerifyReport report = verify_sqlite_log(folder.path()).value();
  EXPECT_EQ(report.damage, "");
  EXPECT_EQ(report.records, 100U);
  EXPECT_EQ(report.states, 7U);
  EXPECT_GE(report.segments, 2U);
  TemporaryFolder empty;
  EXPECT_THAT(verify_sqlite_log(empty.path()).error().message, HasSubstr("no such file"));
  EXPECT_THAT(verify_sqlite_log(empty.path() / "none").error().message, HasSubstr("no such"));
}

TEST(SqliteVerify, NamesTheFirstDamagedSegmentOrState) {
  TemporaryFolder folder;
  fill(*open(folder.path()));
  const fs::path file = folder.path() / "guichet.db";
  const std::string good = bytes_of(file);
  const std::map<std::string, std::string> cases = {
      {"payload of out 31", "topic out, partition 0, position"},
      {"payload of in 17", "topic in, partition 0, position"},
      {"state 49", "topic states, partition 0, position"},
  };
  for (const auto& [payload, place] : cases) {
    std::string bytes = good;
    const std::size_t at = bytes.find(payload);
    ASSERT_NE(at, std::string::npos);
    bytes[at + 3] = static_cast<char>(bytes[at + 3] ^ 0x10);
    write_bytes(file, bytes);
    const VerifyReport report = verify_sqlite_log(folder.path()).value();
    EXPECT_THAT(report.damage, AllOf(HasSubstr(place), HasSubstr("checksum")));
  }
}

TEST(SqliteVerify, NamesAPageThatNoChecksumOfARecordCovers) {
  TemporaryFolder folder;
  fill(*open(folder.path()));
  const fs::path file = folder.path() / "guichet.db";
  std::string bytes = bytes_of(file);
  bytes[3 * kPageBytes - kPageChecksumBytes] ^= 1;  // at the end of page 3: no row reaches there
  write_bytes(file, bytes);
  const auto report = verify_sqlite_log(folder.path());
  EXPECT_THAT(report ? report->damage : report.error().message, HasSubstr("page 3"));
}

TEST(SqliteFile, ThatEndsBeforeWhatWasAcknowledgedIsRefused) {
  TemporaryFolder folder;
  TemporaryFolder backup;
  fill(*open(folder.path()), 5);
  fs::copy(folder.path() / "guichet.db", backup.path() / "guichet.db");
  fill(*open(folder.path()), 5);
  fs::copy(backup.path() / "guichet.db", folder.path() / "guichet.db",
           fs::copy_options::overwrite_existing);
  EXPECT_THAT(failure_of(folder.path()),
              AllOf(HasSubstr("were acknowledged"), HasSubstr("guichet.mark")));
  EXPECT_THAT(verify_sqlite_log(folder.path()).value().damage, HasSubstr("were acknowledged"));
  fs::remove(folder.path() / "guichet.mark");
  EXPECT_NE(open(folder.path()), nullptr);
}

TEST(SqliteVerify, NoticesWhatWasCutSwappedOrEdited) {
  const std::map<std::string, std::string> cases = {
      {"DELETE FROM segments WHERE last = (SELECT max(last) FROM segments WHERE topic = 1)",
       "missing at the end"},
      {"DELETE FROM segments WHERE first = (SELECT min(first) FROM segments WHERE topic = 1)",
       "chain"},
      {"UPDATE segments SET count = count + 1 WHERE topic = 2", "chain"},
      {"UPDATE states SET wake_at = wake_at + 1", "the row and the state in it differ"},
      {"UPDATE states SET position = position + 100000", "checksum"},
  };
  for (const auto& [edit, found] : cases) {
    TemporaryFolder folder;
    fill(*open(folder.path()));
    sql(folder.path(), edit);
    EXPECT_THAT(verify_sqlite_log(folder.path()).value().damage, HasSubstr(found)) << edit;
  }
}

TEST(SqliteVerify, NoFlippedBitGoesUnnoticedWhereItMatters) {
  TemporaryFolder folder;
  std::vector<std::string> all;
  {
    const auto log = open(folder.path());
    fill(*log);
    all = everything(*log);
  }
  {
    const auto log = open(folder.path());
    all = everything(*log);
  }
  const fs::path file = folder.path() / "guichet.db";
  const std::string good = bytes_of(file);
  std::mt19937_64 random(4);
  int noticed = 0;
  for (int i = 0; i < 80; ++i) {
    std::string bytes = good;
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1U << (random() % 8)));
    write_bytes(file, bytes);
    for (const char* rest : {"guichet.db-wal", "guichet.db-shm"}) fs::remove(folder.path() / rest);
    const auto report = verify_sqlite_log(folder.path());
    if (!report || !report->damage.empty()) {
      ++noticed;
      continue;
    }
    const auto log = SqliteLog::open(options(folder.path()));
    ASSERT_TRUE(log) << "verify found nothing, and yet: " << log.error().message;
    EXPECT_EQ(everything(**log), all) << "byte " << at;
  }
  EXPECT_GT(noticed, 8);
}

TEST(SqliteLog, ReadingWhatIsDamagedFailsAndSaysWhere) {
  TemporaryFolder folder;
  fill(*open(folder.path()));
  const fs::path file = folder.path() / "guichet.db";
  std::string bytes = bytes_of(file);
  bytes[bytes.find("payload of in 17")] ^= 1;
  write_bytes(file, bytes);
  const auto log = open(folder.path());
  try {
    read_all(*log, "in");
    FAIL() << "read what was damaged";
  } catch (const LogUnavailable& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("topic in"), HasSubstr("page "), HasSubstr("guichet verify")));
  }
}

TEST(SqliteLog, ManyAppendsShareACommit) {
  TemporaryFolder folder;
  const auto log = open(folder.path());
  constexpr int kThreads = 32;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) append(*log, {record("in", "k", "id")});
      });
    }
  }
  EXPECT_LT(log->statistics().commits, kThreads * 20 / 3);
}

TEST(SqliteLog, AWriterThatWasOvertakenWritesNoMore) {
  TemporaryFolder folder;
  EXPECT_EXIT(
      {
        const auto log = open(folder.path());
        append(*log, {record("in", "k", "1")});
        sql(folder.path(), "UPDATE log SET epoch = epoch + 1");
        append(*log, {record("in", "k", "2")});
        _exit(0);
      },
      testing::ExitedWithCode(74), "another process has taken the file over");
  EXPECT_THAT(ids(read_all(*open(folder.path()), "in")), ElementsAre("1"));
}

TEST(SqliteLog, AWriteErrorEndsTheProcessAndLosesNothingAcknowledged) {
  TemporaryFolder folder;
  open(folder.path());
  int acknowledged[2];
  ASSERT_EQ(pipe(acknowledged), 0);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{600'000, 600'000};  // the disk is full from here on
    setrlimit(RLIMIT_FSIZE, &limit);
    dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    const auto log = open(folder.path());
    for (int i = 0; i < 10'000; ++i) {
      append(*log, {record("in", "k", std::to_string(i), std::string(1000, 'x'))});
      if (write(acknowledged[1], "x", 1) != 1) _exit(1);
    }
    _exit(0);
  }
  ::close(acknowledged[1]);
  std::size_t count = 0;
  char byte = 0;
  while (::read(acknowledged[0], &byte, 1) == 1) ++count;
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 74);
  EXPECT_GT(count, 20U);
  EXPECT_GE(read_all(*open(folder.path()), "in").size(), count);
  EXPECT_EQ(verify_sqlite_log(folder.path()).value().damage, "");
  ::close(acknowledged[0]);
}

/// The payload of each state, as a table.
class Payloads : public Projection {
 public:
  explicit Payloads(std::string version) : version_(std::move(version)) {}
  std::string version() const override { return version_; }
  void create(Connection& database) override {
    database.execute("DROP TABLE IF EXISTS payloads");
    database.execute("CREATE TABLE payloads (key TEXT PRIMARY KEY, payload TEXT, position INT)");
  }
  void apply(Connection& database, std::span<const Record* const> records) override {
    for (const Record* changed : records) {
      const Record& record = *changed;
      SQLite::Statement& row =
          database.statement("INSERT OR REPLACE INTO payloads VALUES (?, ?, ?)");
      row.bind(1, record.header.key());
      row.bind(2, version_ + record.payload);
      row.bind(3, static_cast<std::int64_t>(record.position));
      row.exec();
    }
  }

 private:
  std::string version_;
};

std::map<std::string, std::string> table_of(SqliteLog& log) {
  std::map<std::string, std::string> rows;
  ReadPool::Lease connection = log.readers().lease();
  SQLite::Statement& row = connection->statement("SELECT key, payload FROM payloads");
  while (row.executeStep()) rows[row.getColumn(0).getString()] = row.getColumn(1).getString();
  return rows;
}

std::unique_ptr<SqliteLog> open_with(const fs::path& folder, const std::string& version) {
  SqliteOptions made = options(folder);
  made.projection = std::make_shared<Payloads>(version);
  return SqliteLog::open(std::move(made)).value();
}

TEST(SqliteProjection, StandsWhereTheLogStandsAndIsMadeAnewWhenItsVersionChanges) {
  TemporaryFolder folder;
  fill(*open(folder.path()), 5);  // before there was a projection
  {
    const auto log = open_with(folder.path(), "a:");
    EXPECT_THAT(table_of(*log), SizeIs(5));
    bool always_there = true;
    const auto tail = log->tail({"states"}, [&](std::span<const Record> records) {
      const auto rows = table_of(*log);
      for (const Record& record : records) {
        always_there &= rows.at(record.header.key()).starts_with("a:state ");
      }
    });
    fill(*log);
    append(*log, {record("in", "k", "last")});
    EXPECT_TRUE(always_there);
    EXPECT_EQ(table_of(*log).at("k0"), "a:state 49");
    EXPECT_EQ(table_of(*log).at("k1"), "a:state 43");
  }
  {
    const auto log = open_with(folder.path(), "b:");
    EXPECT_EQ(table_of(*log).at("k0"), "b:state 49");
    EXPECT_THAT(table_of(*log), SizeIs(7));
  }
  sql(folder.path(), "DELETE FROM payloads");
  EXPECT_THAT(table_of(*open_with(folder.path(), "b:")), IsEmpty());
  Payloads projection("b:");
  EXPECT_TRUE(rebuild_projection(folder.path(), projection));
  EXPECT_THAT(table_of(*open_with(folder.path(), "b:")), SizeIs(7));
}

}  // namespace
}  // namespace guichet::eventlog
