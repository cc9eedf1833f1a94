// The books over the API: what they say, whether they are right, and the way back from a posting.

#include "gateway/http/ledger_reader.h"
#include "guichet/v1/ledger.pb.h"
#include "tests/gateway/http/served_payments.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::HasSubstr;
namespace json = boost::json;

class LedgerTest : public ServedPayments {
 protected:
  /// Asks until the books have so many postings.
  json::object accounts(std::uint64_t postings, const std::string& query = {}) {
    for (int tries = 0; tries < 500; ++tries) {
      const Reply reply = get("/v1/ledger/accounts" + query);
      EXPECT_EQ(reply.status, 200) << reply.body;
      json::object books = parsed(reply);
      if (books.at("postings").to_number<std::uint64_t>() >= postings) return books;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "not so many postings";
    return {};
  }

  static std::string balance(const json::object& books, const std::string& program,
                             const std::string& account) {
    for (const json::value& line : books.at("accounts").as_array())
      if (line.at("program") == program.c_str() && line.at("account") == account.c_str())
        return std::string(line.at("balance").as_string());
    return {};
  }
};

TEST_F(LedgerTest, TheTrialBalanceSumsToZeroAndCanBeAskedForAgain) {
  const json::object before = accounts(1);
  const std::string run = paid();
  const json::object books = accounts(2);
  EXPECT_EQ(balance(books, "ca-one", "program_cost"), "666.41");
  EXPECT_EQ(balance(books, "ca-one", "clients"), "0.00");
  EXPECT_EQ(balance(books, "ca-one", "bank_clearing"), "-666.41");
  EXPECT_EQ(books.at("sum"), "0.00");
  EXPECT_EQ(books.at("governments").as_array().size(), 2U);
  for (const json::value& government : books.at("governments").as_array())
    EXPECT_EQ(government.at("sum"), "0.00");
  const std::string position(before.at("position").as_string());
  EXPECT_EQ(parsed(get("/v1/ledger/accounts?at=" + position)), before);
  EXPECT_EQ(parsed(get("/v1/ledger/accounts?at=2020-01-01")).at("postings"), 0);
  EXPECT_EQ(parsed(get("/v1/ledger/accounts?client=c_nobody")).at("postings"), 0);
  EXPECT_EQ(get("/v1/ledger/accounts?at=yesterday").status, 400);
}

TEST_F(LedgerTest, ACheckAgreesAndFindsAnAccountThatTheLogDoesNotComeTo) {
  paid();
  accounts(2);
  const json::object good = parsed(get("/v1/ledger/check"));
  EXPECT_EQ(good.at("result"), "agrees") << json::serialize(good);
  EXPECT_EQ(good.at("accounts"), 1);
  EXPECT_EQ(good.at("postings"), 2);

  // A posting that no account made.
  v1::Posting forged;
  forged.set_client_id(kClient);
  forged.set_number(3);
  forged.set_why(v1::Posting::INSTRUCTED);
  for (const int cents : {500, -500}) {
    v1::LedgerEntry& entry = *forged.add_entries();
    entry.set_account(cents > 0 ? v1::LedgerEntry::CLIENT : v1::LedgerEntry::BANK_CLEARING);
    entry.set_government("CA");
    entry.set_program("ca-one");
    entry.set_beneficiary("household");
    entry.set_amount_cents(cents);
  }
  eventlog::Record record;
  record.topic = topics::kLedger;
  record.header.set_key(kClient);
  record.header.set_kind(v1::KIND_POSTING);
  record.header.set_id(std::string(kClient) + "/p3");
  record.header.set_recorded_at_us(to_micros(now()));
  record.payload = forged.SerializeAsString();
  eventlog::append_and_wait(log_, {record});
  const json::object bad = parsed(get("/v1/ledger/check"));
  EXPECT_EQ(bad.at("result"), "differs");
  EXPECT_EQ(bad.at("difference_count"), 2);
  const std::string text = json::serialize(bad);
  EXPECT_THAT(text, HasSubstr(R"("what":"instructed_by_postings")"));
  EXPECT_THAT(text, HasSubstr(R"("in_account":"666.41","by_log":"671.41")"));
}

TEST_F(LedgerTest, APaymentLeadsBackToItsRunAndItsDeterminations) {
  const std::string run = paid();
  accounts(2);
  const std::string payment = run + "/" + kClient;
  const json::object trace = parsed(get("/v1/ledger/trace?of=" + payment));
  ASSERT_EQ(trace.at("postings").as_array().size(), 1U) << json::serialize(trace);
  const json::value& posting = trace.at("postings").as_array()[0];
  EXPECT_EQ(posting.at("why"), "instructed");
  EXPECT_EQ(trace.at("run").at("prepared_by"), "a.cormier");
  EXPECT_EQ(trace.at("run").at("released_by"), "b.leblanc");
  const json::value& entry = posting.at("entries").as_array()[0];
  EXPECT_EQ(entry.at("determination"), "d1");
  EXPECT_EQ(entry.at("program_version"), "sha256:ca-one");
  const std::string first = std::string(kClient) + "/p1";
  EXPECT_EQ(parsed(get("/v1/ledger/trace?of=" + first)).at("postings").as_array()[0].at("cause"),
            "a1/entitlements/1");
  EXPECT_EQ(get("/v1/ledger/trace?of=" + std::string(kClient) + "/p9").status, 404);
  EXPECT_EQ(get("/v1/ledger/trace?of=nothing").status, 400);
  EXPECT_EQ(get("/v1/ledger/trace").status, 400);
}

TEST_F(LedgerTest, AMonthIsSettledBetweenGovernmentsInThreeForms) {
  const std::string run = paid();
  report(run + "/" + kClient, true);
  accounts(3);
  // Near midnight the books of Toronto may still be in the month before.
  const std::string month = to_string(http::day_of_books(now())).substr(0, 7);
  const json::object settled = parsed(get("/v1/settlements?month=" + month));
  EXPECT_EQ(settled.at("total"), "708.07") << json::serialize(settled);
  const json::array& items = settled.at("items").as_array();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[1].at("from"), "NB");
  EXPECT_EQ(items[1].at("to"), "CA");
  EXPECT_EQ(items[1].at("owed"), "41.66");
  const Reply page = get("/v1/settlements?format=html&month=" + month, "Accept-Language: fr\r\n");
  EXPECT_THAT(page.body, HasSubstr("NB doit à CA\u00A0: "));
  EXPECT_THAT(page.body, HasSubstr("<strong>41,66"));
  const Reply table = get("/v1/settlements?format=csv&month=" + month);
  EXPECT_THAT(table.body, HasSubstr("\"NB\",\"CA\",\"nb-two\""));
  EXPECT_THAT(table.body, HasSubstr(",1,41.66,0,0.00,41.66\r\n"));
  EXPECT_EQ(parsed(get("/v1/settlements?month=2020-01")).at("total"), "0.00");
  EXPECT_EQ(parsed(get("/v1/settlements?government=NB&month=" + month)).at("total"), "41.66");
  EXPECT_EQ(get("/v1/settlements").status, 400);
  EXPECT_EQ(get("/v1/settlements?month=2026-13").status, 400);
  EXPECT_EQ(get("/v1/settlements?format=pdf&month=" + month).status, 400);
}

}  // namespace
}  // namespace guichet
