// Lists of payments and files for the bank over the API: a real server, the real owners of accounts
// and runs, the real writer of files.

#include <filesystem>
#include <fstream>
#include <set>

#include "adapters/payments/payment_files.h"
#include "gateway/http/ids.h"
#include "schemas/values/money.h"
#include "tests/gateway/http/served_payments.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::SizeIs;
using ::testing::StartsWith;
namespace json = boost::json;

class PaymentListTest : public ServedPayments {
 protected:
  static std::string client(int number) {
    return "c_" + std::string(31, '0') + std::to_string(number);
  }
  json::object page(const std::string& query, const char* language = "en") const {
    return parsed(
        get("/v1/payments?" + query, "Accept-Language: " + std::string(language) + "\r\n"));
  }
  /// Every page of it.
  std::vector<json::object> all(const std::string& query) const {
    std::vector<json::object> items;
    for (std::string cursor;;) {
      const json::object one = page(query + (cursor.empty() ? "" : "&cursor=" + cursor));
      for (const json::value& item : one.at("items").as_array()) items.push_back(item.as_object());
      if (one.at("next").is_null()) return items;
      cursor = std::string(one.at("next").as_string());
    }
  }
  /// Waits until the bank's last report was taken.
  json::object rejected_of(const std::string& run) const {
    for (int tries = 0; tries < 500; ++tries) {
      json::object found = page("status=rejected&run=" + run);
      if (!found.at("items").as_array().empty()) return found;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "nothing was rejected";
    return {};
  }
};

TEST_F(PaymentListTest, ARunsPaymentsComeInPagesEachOnce) {
  for (int i = 0; i < 7; ++i) owe(client(i), "b" + std::to_string(i));
  const std::string run = paid();
  EXPECT_THAT(page("run=" + run + "&limit=3").at("items").as_array(), SizeIs(3));
  std::set<std::string> ids;
  for (const json::object& item : all("run=" + run + "&limit=3")) {
    EXPECT_EQ(item.at("status"), "instructed");
    EXPECT_EQ(item.at("amount"), "708.07");
    EXPECT_TRUE(ids.insert(std::string(item.at("id").as_string())).second);
  }
  EXPECT_THAT(ids, SizeIs(8));
  EXPECT_THAT(all("run=0197a2c0-0000-7000-8000-000000000001"), SizeIs(0));
  EXPECT_THAT(all("run=" + std::string(prepared().at("id").as_string())), SizeIs(0))
      << "not released";
}

TEST_F(PaymentListTest, ARejectedPaymentSaysWhyAndWhatBecameOfIt) {
  const std::string first = paid();
  report(first + "/" + kClient, false, "AC04");
  json::object item = rejected_of(first).at("items").as_array().at(0).as_object();
  EXPECT_EQ(item.at("status"), "rejected");
  EXPECT_EQ(item.at("bank_reason"), "AC04");
  EXPECT_EQ(item.at("needs_new_account"), true);
  EXPECT_EQ(item.at("became").at("state"), "owed");
  const std::string english(item.at("bank_reason_text").as_string());
  const json::object french = page("status=rejected", "fr");
  EXPECT_NE(french.at("items").as_array().at(0).at("bank_reason_text"), english.c_str());
  EXPECT_THAT(english, HasSubstr("account"));

  const std::string second = paid();
  item = rejected_of(first).at("items").as_array().at(0).as_object();
  EXPECT_EQ(item.at("became").at("state"), "instructed");
  EXPECT_EQ(item.at("became").at("run"), second.c_str());

  // Rejected again: the first one's money is owed once more, and the third run carries both.
  report(second + "/" + kClient, false, "AC04");
  rejected_of(second);
  EXPECT_THAT(all("status=rejected&limit=1"), SizeIs(2)) << "newest first, a page each";
  EXPECT_EQ(all("status=rejected").front().at("run"), second.c_str());
  const std::string third = paid();
  for (const json::object& one : all("status=rejected"))
    EXPECT_EQ(one.at("became").at("run"), third.c_str());
}

TEST_F(PaymentListTest, WhatCannotBeListedSaysWhy) {
  for (const auto& [query, place] :
       std::map<std::string, std::string>{{"status=settled", "status"},
                                          {"limit=3", "client"},
                                          {"status=rejected&client=c_a", "client"},
                                          {"run=x&limit=201", "limit"},
                                          {"run=x&limit=-1", "limit"},
                                          {"run=x&cursor=y", "cursor"},
                                          {"status=rejected&cursor=7", "cursor"},
                                          {"client=c_a&cursor=7", "cursor"}}) {
    const Reply reply = get("/v1/payments?" + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_THAT(errors_of(reply), Contains(Key(place))) << query;
  }
}

TEST_F(PaymentListTest, ACaseSaysWhatWasPaidWhatFailedAndWhatComes) {
  start_processing();
  const std::string at = post("/v1/applications", as_text(example_application()),
                              "Content-Type: application/json\r\nPrefer: wait=1\r\n")
                             .header("location");
  ASSERT_FALSE(at.empty());
  answer_slowly(at.substr(at.rfind('/') + 1), 1);
  json::object seen;
  std::string etag;
  // The account follows the case.
  const auto see = [&](auto is_there) {
    for (int tries = 0; tries < 500; ++tries) {
      const Reply reply = get(at, "Accept-Language: en\r\n");
      seen = parsed(reply);
      etag = reply.header("etag");
      if (seen.contains("account") && is_there(seen.at("account").as_object())) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  };
  ASSERT_TRUE(see([](const json::object& account) { return account.contains("next"); }))
      << json::serialize(seen);
  const std::string before = etag;
  const std::string client(seen.at("client").as_string());
  const std::string run = paid();
  const auto has_paid = [](const json::object& account) {
    return !account.at("paid").as_array().empty();
  };
  ASSERT_TRUE(see(has_paid)) << json::serialize(seen);
  EXPECT_NE(etag, before) << "who knows the case as it was is told";
  EXPECT_EQ(get(at, "If-None-Match: " + etag + "\r\n").status, 304);
  const json::object payment = seen.at("account").at("paid").as_array().at(0).as_object();
  EXPECT_EQ(payment.at("run"), run.c_str());

  v1::PaymentReport report;
  report.set_payment_id(std::string(payment.at("id").as_string()));
  report.set_amount_cents(
      Money::parse(std::string_view(payment.at("amount").as_string()))->cents());
  report.set_reason("AC04");
  to_payments(client, v1::KIND_PAYMENT_REPORT, report.payment_id() + "/report", report);
  ASSERT_TRUE(see([](const json::object& account) {
    return !account.at("failed").as_array().empty();
  })) << json::serialize(seen);
  const json::object account = seen.at("account").as_object();
  EXPECT_TRUE(account.at("paid").as_array().empty());
  EXPECT_EQ(account.at("failed").as_array().at(0).at("became").at("state"), "owed");
  EXPECT_EQ(account.at("next").at("amount"), payment.at("amount")) << "owed by today";
  // A change of the case does not stumble over the account's part of the ETag.
  json::object changed = example_application();
  EXPECT_EQ(connect()
                .exchange("PUT", at, as_text(changed),
                          "Content-Type: application/json\r\nIf-Match: " + etag + "\r\n")
                .status,
            202);
}

class PaymentFilesTest : public PaymentListTest {
 protected:
  PaymentFilesTest()
      : writer_(log_, "bank",
                {eventlog::PlainStage{
                    "bank.files",
                    {std::string(topics::kInstructions)},
                    std::make_shared<adapters::PaymentFiles>(
                        log_, bank_files(),
                        bank::Debtor{"Service New Brunswick", {"001", "00011", "7654321"}},
                        [](const std::string& id) -> adapters::ProgramName {
                          return {id, id};
                        })}},
                now),
        writing_([this](std::stop_token stop) { writer_.run(stop); }) {}
  ~PaymentFilesTest() override {
    writing_.request_stop();
    writing_.join();
    std::filesystem::remove_all(bank_files());
  }

  eventlog::Host writer_;
  std::jthread writing_;
};

TEST_F(PaymentFilesTest, AreListedAndReadAsTheyWereWritten) {
  for (int i = 0; i < 300; ++i) {
    std::string number = std::to_string(i);
    owe("c_" + std::string(32 - number.size(), '0') + number, "b" + number);
  }
  const std::string run = paid();
  run_after(run, "released");
  const std::string files = "/v1/payment-runs/" + run + "/files";
  const json::object listed = parsed(get(files));
  const json::object file = listed.at("files").as_array().at(0).as_object();
  EXPECT_EQ(file.at("payments"), 301);

  Client connection = connect();
  connection.send("GET " + files + "/1 HTTP/1.1\r\nHost: a\r\nAccept: application/xml\r\n\r\n");
  const auto head = connection.receive(std::chrono::seconds(5), true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->header("content-type"), "application/xml");
  const std::string sha256(file.at("sha256").as_string());
  EXPECT_EQ(head->header("etag"), '"' + sha256 + '"');
  std::string body;
  int pieces = 0;
  for (auto piece = connection.receive_chunk(); piece && !piece->empty();
       piece = connection.receive_chunk(), ++pieces)
    body += *piece;
  EXPECT_GT(pieces, 1);
  EXPECT_EQ(http::sha256_hex(body), sha256);
  EXPECT_EQ(static_cast<std::int64_t>(body.size()), file.at("bytes").as_int64());
  EXPECT_THAT(body, AllOf(StartsWith("<?xml"), HasSubstr("pain.001.001.09")));

  const Reply again = get(files + "/1", "If-None-Match: \"" + sha256 + "\"\r\n");
  EXPECT_EQ(again.status, 304);
  for (const char* none : {"/2", "/0", "/one", "/01"})
    EXPECT_EQ(get(files + none).status, 404) << none;
  EXPECT_EQ(get(files + "/1", "Accept: application/json\r\n").status, 406);

  // What was changed since is not shown as what was written.
  std::ofstream(bank_files() / std::string(file.at("name").as_string()), std::ios::app) << " ";
  const Reply changed = get(files + "/1");
  EXPECT_EQ(changed.status, 404);
  EXPECT_THAT(changed.body, HasSubstr("not on this machine"));
}

}  // namespace
}  // namespace guichet
