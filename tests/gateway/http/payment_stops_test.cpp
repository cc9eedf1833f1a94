// Stops of payments over the API: a real server, the real owners of accounts and runs.

#include "tests/gateway/http/served_payments.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;
namespace json = boost::json;

class PaymentStopsTest : public ServedPayments {
 protected:
  Reply stop(const std::string& scope, const std::string& value,
             const std::string& reason = "looked into", const char* who = kPreparer) const {
    json::object body{{"scope", scope}, {"reason", reason}};
    if (!value.empty()) body["value"] = value;
    return post("/v1/payment-stops", json::serialize(body), who);
  }
  Reply lift(const std::string& id) const {
    return connect().exchange("DELETE", "/v1/payment-stops/" + id, {}, kReleaser);
  }
  std::vector<std::string> stops() const {
    std::vector<std::string> ids;
    const json::object page = parsed(get("/v1/payment-stops"));
    for (const json::value& item : page.at("items").as_array())
      ids.emplace_back(item.at("id").as_string());
    return ids;
  }
  /// What a fresh run would pay, and how many it leaves out for a stop; the run is cancelled.
  std::pair<std::string, std::int64_t> due() {
    const json::object run = prepared();
    EXPECT_EQ(act(run, "cancel", "{}", kPreparer).status, 202);
    run_after(std::string(run.at("id").as_string()), "cancelling");
    const json::object& preview = run.at("preview").as_object();
    std::int64_t stopped = 0;
    for (const json::value& left : preview.at("left_out").as_array())
      if (left.at("reason") == "stopped") stopped = left.at("payments").as_int64();
    return {std::string(preview.at("amount").as_string()), stopped};
  }
};

TEST_F(PaymentStopsTest, EachKindKeepsBackUntilItIsLifted) {
  ASSERT_EQ(due(), std::pair(std::string("708.07"), std::int64_t{0}));
  const struct {
    const char* scope;
    std::string value;
    const char* left;  // what is paid all the same
  } kinds[] = {{"client", kClient, "0.00"},
               {"account", "001-00011-1234567", "0.00"},
               {"program", "nb-two", "666.41"},
               {"all", "", "0.00"}};
  for (const auto& kind : kinds) {
    const Reply laid = stop(kind.scope, kind.value);
    ASSERT_EQ(laid.status, 201) << laid.body;
    const std::string id(parsed(laid).at("id").as_string());
    EXPECT_EQ(laid.header("location"), "/v1/payment-stops/" + id);
    EXPECT_EQ(parsed(laid).at("laid_by"), "a.cormier");
    EXPECT_EQ(stops(), std::vector{id});
    EXPECT_EQ(due(), std::pair(std::string(kind.left), std::int64_t{1})) << kind.scope;
    EXPECT_EQ(get("/v1/payment-stops/" + id).status, 200);
    EXPECT_EQ(lift(id).status, 204);
    EXPECT_TRUE(stops().empty());
    EXPECT_EQ(due(), std::pair(std::string("708.07"), std::int64_t{0})) << kind.scope;
    EXPECT_EQ(lift(id).status, 404) << "again";
  }
}

TEST_F(PaymentStopsTest, LaidTwiceIsLaidOnce) {
  const json::object first = parsed(stop("program", "nb-two", "wrong figures"));
  const Reply again = stop("program", "nb-two", "another reason", kReleaser);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(parsed(again), first) << "who laid it first, and why, stands";
  EXPECT_EQ(stops().size(), 1U);
}

TEST_F(PaymentStopsTest, AnAccountsNumberIsInNoAddressAndNotShownWhole) {
  const Reply laid = stop("account", "001-00011-1234567");
  EXPECT_THAT(laid.body, Not(HasSubstr("1234567")));
  EXPECT_EQ(parsed(laid).at("value"), "001-00011-...567");
  EXPECT_THAT(laid.header("location"), Not(HasSubstr("1234567")));
}

TEST_F(PaymentStopsTest, AStopLaidAfterThePreviewKeepsBackAtTheRelease) {
  const json::object run = prepared();
  ASSERT_EQ(stop("client", kClient).status, 201);
  ASSERT_EQ(release(run, kReleaser).status, 202);
  const json::object after = run_after(std::string(run.at("id").as_string()), "releasing");
  EXPECT_EQ(after.at("outcome").at("payments"), 0);
}

TEST_F(PaymentStopsTest, WhatCannotBeStoppedSaysWhy) {
  for (const auto& [scope, value] : std::map<std::string, std::string>{
           {"client", "Marie"}, {"account", "1234567"}, {"program", "nb-none"}, {"all", "x"}}) {
    const Reply reply = stop(scope, value);
    EXPECT_EQ(reply.status, 400) << scope;
    EXPECT_THAT(errors_of(reply), Contains(Key("#/value"))) << scope;
  }
  EXPECT_THAT(errors_of(stop("everybody", "")), Contains(Key("#/scope")));
  EXPECT_THAT(errors_of(stop("all", "", "")), Contains(Key("#/reason")));
  EXPECT_THAT(errors_of(stop("all", "", std::string(201, 'x'))), Contains(Key("#/reason")));
  EXPECT_EQ(get("/v1/payment-stops/client:Marie").status, 404);
  EXPECT_EQ(get("/v1/payment-stops?after=Marie").status, 400);
  EXPECT_TRUE(stops().empty());
}

}  // namespace
}  // namespace guichet
