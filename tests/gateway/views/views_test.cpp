#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "eventlog/sqlite/checked_vfs.h"
#include "eventlog/sqlite/connection.h"
#include "eventlog/sqlite/projection.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "gateway/views/sqlite_views.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::views {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "guichet-views-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'767'225'600 * kSecond;  // 2026-01-01T00:00:00Z

v1::CaseState a_case(const std::string& id, int second) {
  v1::CaseState state;
  state.set_application_id(id);
  state.set_number("N-" + id);
  state.set_client_id("c_" + id);
  state.set_received_at_us(kStart + second * kSecond);
  state.mutable_current()->set_number(1);
  state.mutable_current()->set_status(v1::CASE_DETERMINING);
  state.mutable_current()->mutable_application()->mutable_channel()->set_desk("desk-a");
  for (const char* program : {"ca-ccb", "nb-ctb"})
    state.mutable_current()->add_programs()->set_program(program);
  return state;
}

class ViewsOnSqlite : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    session_.reset();
    views_.reset();
    log_.reset();
    eventlog::SqliteOptions options;
    options.folder = folder_.path();
    options.topics = topics::all({"ca-ccb", "nb-ctb"});
    options.projection = case_projection();
    log_ = std::move(eventlog::SqliteLog::open(std::move(options)).value());
    views_ =
        sqlite_views(*log_, log_->readers(), [this](std::uint32_t partition, std::uint64_t at) {
          return !log_->read(topics::kCases, partition, at, 1).empty();
        });
    session_ = log_->open_session(
        {"test", {}, {std::string(topics::kCases), std::string(topics::kAccounts)}});
  }

  /// Writes the next version of a case and waits until it is durable.
  void write(const v1::CaseState& state, bool held = false) {
    v1::KeyState key;
    key.set_version(++versions_[state.application_id()]);
    key.set_state(state.SerializeAsString());
    if (held) key.mutable_held()->set_dead_letter_id("d_1");
    commit(state.application_id(), key);
  }

  void commit(const std::string& id, const v1::KeyState& key,
              std::string_view topic = topics::kCases) {
    eventlog::Record record;
    record.topic = topic;
    record.header.set_kind(v1::KIND_KEY_STATE);
    record.header.set_key(id);
    record.header.set_id(id + "/v" + std::to_string(key.version()));
    record.payload = key.SerializeAsString();
    session_->commit({record});
    for (int tries = 0; tries < 500; ++tries) {
      const auto found = log_->latest(topic, id);
      if (found && found->header.id() == record.header.id()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    FAIL() << "not durable in time";
  }

  void write_account(const std::string& client, const v1::ClientAccount& account) {
    v1::AccountState state;
    *state.mutable_client() = account;
    v1::KeyState key;
    key.set_version(++versions_[client]);
    key.set_state(state.SerializeAsString());
    commit(client, key, topics::kAccounts);
  }

  std::vector<std::string> ids(const CaseFilter& filter) {
    std::vector<std::string> ids;
    const auto page = views_->list(filter);
    EXPECT_TRUE(page);
    for (const CaseView& item : page->items) ids.push_back(item.state->application_id());
    return ids;
  }

  TemporaryFolder folder_;
  std::unique_ptr<eventlog::SqliteLog> log_;
  std::unique_ptr<Views> views_;
  std::unique_ptr<eventlog::Session> session_;
  std::map<std::string, int> versions_;
};

TEST_F(ViewsOnSqlite, AKeyThatIsHeldBeforeItHasAStateIsTaken) {
  v1::KeyState key;
  key.set_version(1);
  key.mutable_held()->set_dead_letter_id("d_1");
  commit("a", key);
  const auto found = views_->find("a");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->state->has_current());
  EXPECT_TRUE(found->held);
  write(a_case("b", 1));
  EXPECT_TRUE(views_->find("b"));
}

TEST_F(ViewsOnSqlite, ClientsWithAStopAreListedUntilItIsLifted) {
  v1::ClientAccount stopped;
  stopped.add_stops()->set_scope(v1::PaymentStop::CLIENT);
  for (const char* client : {"c_b", "c_a", "c_c"}) write_account(client, stopped);
  write_account("c_d", {});
  EXPECT_THAT(views_->stopped_clients("", 10), ElementsAre("c_a", "c_b", "c_c"));
  EXPECT_THAT(views_->stopped_clients("c_a", 1), ElementsAre("c_b"));
  write_account("c_b", {});
  EXPECT_THAT(views_->stopped_clients("", 10), ElementsAre("c_a", "c_c"));
}

TEST_F(ViewsOnSqlite, RejectedPaymentsAreListedNewestFirstForEver) {
  const auto account = [](std::initializer_list<std::pair<const char*, int>> payments) {
    v1::ClientAccount made;
    for (const auto& [id, second] : payments) {
      v1::Payment& payment = *made.add_payments();
      payment.set_id(id);
      payment.set_run_id(std::string(id).substr(0, 2));
      payment.set_status(second == 0 ? v1::SETTLED : v1::REJECTED);
      payment.set_at_us(second);
    }
    return made;
  };
  const auto ids = [&](const std::string& run, const std::optional<RejectedPlace>& after = {}) {
    std::vector<std::string> found;
    for (const RejectedPayment& row : views_->rejected(run, after, 2))
      found.push_back(row.client + "=" + row.payment.id());
    return found;
  };
  write_account("c_a", account({{"r1/a", 5}, {"r2/a", 0}}));
  write_account("c_b", account({{"r1/b", 7}}));
  write_account("c_a", account({{"r1/a", 5}, {"r2/a", 9}}));
  EXPECT_THAT(ids(""), ElementsAre("c_a=r2/a", "c_b=r1/b"));
  EXPECT_THAT(ids("", RejectedPlace{7, "r1/b"}), ElementsAre("c_a=r1/a"));
  EXPECT_THAT(ids("r1"), ElementsAre("c_b=r1/b", "c_a=r1/a"));
  write_account("c_a", {});
  EXPECT_THAT(ids("r2"), ElementsAre("c_a=r2/a")) << "the account keeps its last payments only";
}

TEST_F(ViewsOnSqlite, ACaseIsFoundWithItsWholeStateAndItsPosition) {
  EXPECT_FALSE(views_->find("a"));
  write(a_case("a", 1));
  const auto found = views_->find("a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state->number(), "N-a");
  EXPECT_EQ(found->state->current().programs_size(), 2);
  EXPECT_FALSE(found->held);
  const std::uint64_t before = found->position;
  write(a_case("a", 1));
  EXPECT_GT(views_->find("a")->position, before);
}

TEST_F(ViewsOnSqlite, ListsAreNewestFirstAndTheSameSecondIsOrderedById) {
  write(a_case("b", 1));
  write(a_case("a", 1));
  write(a_case("c", 1));
  write(a_case("d", 0));
  write(a_case("e", 9));
  EXPECT_THAT(ids({}), ElementsAre("e", "c", "b", "a", "d"));
}

TEST_F(ViewsOnSqlite, EachFilterNarrowsAndTheyCombine) {
  auto a = a_case("a", 1);
  auto b = a_case("b", 2);
  b.set_client_id("c_a");
  b.mutable_current()->set_status(v1::CASE_COMPLETE);
  auto c = a_case("c", 3);
  c.mutable_current()->mutable_application()->mutable_channel()->set_desk("desk-c");
  c.mutable_current()->mutable_programs()->RemoveLast();
  for (const auto& state : {a, b, c}) write(state);

  CaseFilter filter;
  filter.number = "N-b";
  EXPECT_THAT(ids(filter), ElementsAre("b"));
  filter = {};
  filter.client = "c_a";
  EXPECT_THAT(ids(filter), ElementsAre("b", "a"));
  filter.status = "complete";
  EXPECT_THAT(ids(filter), ElementsAre("b"));
  filter = {};
  filter.status = "determining";
  EXPECT_THAT(ids(filter), ElementsAre("c", "a"));
  filter.program = "nb-ctb";
  EXPECT_THAT(ids(filter), ElementsAre("a"));
  filter = {};
  filter.program = "nb-ctb";
  EXPECT_THAT(ids(filter), ElementsAre("b", "a"));
  filter.program = "nb_ct%";
  EXPECT_THAT(ids(filter), IsEmpty());
  filter = {};
  filter.desk = "desk-c";
  EXPECT_THAT(ids(filter), ElementsAre("c"));
  filter = {};
  filter.from_us = kStart + 2 * kSecond;
  EXPECT_THAT(ids(filter), ElementsAre("c", "b"));
  filter.to_us = kStart + 3 * kSecond;
  EXPECT_THAT(ids(filter), ElementsAre("b"));
}

TEST_F(ViewsOnSqlite, ACaseMovesBetweenListsAsItChanges) {
  auto state = a_case("a", 1);
  write(state);
  CaseFilter complete;
  complete.status = "complete";
  CaseFilter child_benefit;
  child_benefit.program = "ca-ccb";
  CaseFilter added;
  added.program = "ca-gst";
  EXPECT_THAT(ids(complete), IsEmpty());
  state.mutable_current()->set_status(v1::CASE_COMPLETE);
  write(state);
  EXPECT_THAT(ids(complete), ElementsAre("a"));
  // Amended: another desk, another choice of programs.
  state.mutable_current()->set_number(2);
  state.mutable_current()->clear_programs();
  state.mutable_current()->add_programs()->set_program("ca-gst");
  state.mutable_current()->mutable_application()->mutable_channel()->set_desk("desk-b");
  write(state);
  EXPECT_THAT(ids(child_benefit), IsEmpty());
  EXPECT_THAT(ids(added), ElementsAre("a"));
  CaseFilter desk;
  desk.desk = "desk-b";
  EXPECT_THAT(ids(desk), ElementsAre("a"));
  desk.desk = "desk-a";
  EXPECT_THAT(ids(desk), IsEmpty());
}

TEST_F(ViewsOnSqlite, AHeldCaseIsListedAsHeld) {
  write(a_case("a", 1), true);
  CaseFilter filter;
  filter.status = "held";
  EXPECT_THAT(ids(filter), ElementsAre("a"));
  EXPECT_TRUE(views_->find("a")->held);
}

TEST_F(ViewsOnSqlite, PagesGiveEveryCaseOnceAlsoWhileNewOnesCome) {
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    const std::string id = "case-" + std::string(1, static_cast<char>('a' + i));
    write(a_case(id, i / 3));
    expected.insert(expected.begin(), id);
  }
  CaseFilter filter;
  filter.limit = 7;
  std::vector<std::string> seen;
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = views_->list(filter);
    ASSERT_TRUE(page);
    EXPECT_LE(page->items.size(), 7U);
    for (const CaseView& item : page->items) seen.push_back(item.state->application_id());
    write(a_case("new-" + std::to_string(pages), 1000 + pages));
    filter.cursor = page->next;
    if (page->next.empty()) break;
  }
  EXPECT_EQ(seen, expected);
}

TEST_F(ViewsOnSqlite, ABrokenCursorIsRefused) {
  CaseFilter filter;
  filter.cursor = "nonsense";
  const auto page = views_->list(filter);
  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().message, testing::HasSubstr("take `next`"));
}

TEST_F(ViewsOnSqlite, TheyStandAfterARestartAndCanBeMadeAnew) {
  write(a_case("a", 1));
  auto b = a_case("b", 2);
  write(b);
  b.mutable_current()->set_status(v1::CASE_PARTIAL);
  write(b);
  open();
  EXPECT_THAT(ids({}), ElementsAre("b", "a"));
  session_.reset();
  views_.reset();
  log_.reset();
  ASSERT_TRUE(eventlog::rebuild_projection(folder_.path(), *case_projection()));
  open();
  EXPECT_THAT(ids({}), ElementsAre("b", "a"));
  CaseFilter partial;
  partial.status = "partial";
  EXPECT_THAT(ids(partial), ElementsAre("b"));
}

TEST_F(ViewsOnSqlite, AListFromADamagedPageIsRefusedByItsHome) {
  write(a_case("a", 1));
  session_.reset();
  views_.reset();
  log_.reset();
  const auto file = folder_.path() / "guichet.db";
  std::int64_t page = 0;
  {
    eventlog::Connection connection(file, eventlog::Connection::Mode::kReadOnly);
    auto& root =
        connection.statement("SELECT rootpage FROM sqlite_schema WHERE name = 'case_by_time'");
    ASSERT_TRUE(root.executeStep());
    page = root.getColumn(0).getInt64();
  }
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp((page - 1) * static_cast<std::int64_t>(eventlog::kPageBytes) + 1000);
  bytes.put('\x01');
  bytes.close();
  open();
  EXPECT_THROW((void)views_->list({}), eventlog::LogUnavailable);
  EXPECT_TRUE(views_->find("a"));
}

}  // namespace
}  // namespace guichet::views
