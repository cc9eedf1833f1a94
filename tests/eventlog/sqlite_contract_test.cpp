#include "eventlog/sqlite/sqlite_log.h"
#include "tests/eventlog/contract.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::eventlog {
namespace {

class SqliteHome : public Home {
 public:
  explicit SqliteHome(HomeOptions options) : options_(std::move(options)) { open(); }
  Log& log() override { return *log_; }
  void restart() override {
    log_.reset();
    open();
  }

 private:
  void open() {
    SqliteOptions options;
    options.folder = folder_.path();
    options.topics = options_.topics;
    options.partitions = options_.partitions;
    options.most_waiting_records = options_.most_waiting_records;
    log_ = SqliteLog::open(std::move(options)).value();
  }

  TemporaryFolder folder_;
  HomeOptions options_;
  std::unique_ptr<SqliteLog> log_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, LogContract,
                         testing::Values(HomeKind{"sqlite",
                                                  [](HomeOptions options) {
                                                    return std::make_unique<SqliteHome>(
                                                        std::move(options));
                                                  },
                                                  {1, 3}}));

}  // namespace
}  // namespace guichet::eventlog
