// Payment runs over the API: a real server, the real owners of accounts and runs.

#include <gmock/gmock.h>

#include "eventlog/append.h"
#include "eventlog/host.h"
#include "gateway/http/ids.h"
#include "payments/account_processor.h"
#include "payments/run_processor.h"
#include "schemas/topics.h"
#include "tests/gateway/http/served.h"
#include "tests/payments/counter.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::HasSubstr;
namespace json = boost::json;

constexpr const char* kPreparer =
    "Guichet-Actor: name=a.cormier\r\nContent-Type: application/json\r\n";
constexpr const char* kReleaser =
    "Guichet-Actor: name=b.leblanc\r\nContent-Type: application/json\r\n";

Instant now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Today everywhere: tomorrow in UTC is not past in the west of Canada.
std::string today() {
  return to_string(std::chrono::floor<std::chrono::days>(now()));
}

class PaymentRunsTest : public Served {
 protected:
  PaymentRunsTest()
      : host_of_payments_(
            log_, "payments",
            {eventlog::KeyedStage{"payments", std::string(topics::kPaymentsInbox),
                                  std::string(topics::kAccounts),
                                  std::make_shared<payments::AccountProcessor>(test_rules())},
             eventlog::KeyedStage{"runs", std::string(topics::kRunsInbox),
                                  std::string(topics::kRuns),
                                  std::make_shared<payments::RunProcessor>(1, sha256)}},
            now),
        thread_([this](std::stop_token stop) { host_of_payments_.run(stop); }) {
    Counter counter;
    v1::EntitlementSet set =
        counter.set_of(kMarie, {monthly("ca-ccb", {66'641}), monthly("nb-ctb", {4'166})});
    eventlog::Record record;
    record.topic = topics::kPaymentsInbox;
    record.header.set_key(kMarie);
    record.header.set_kind(v1::KIND_ENTITLEMENT_SET);
    record.header.set_id("a1/entitlements/1");
    record.header.set_recorded_at_us(to_micros(now()));
    record.payload = set.SerializeAsString();
    eventlog::append_and_wait(log_, {record});
  }

  Reply prepare(const std::string& date, const std::string& more = {}) {
    return post("/v1/payment-runs", R"({"date":")" + date + "\"}", kPreparer + more);
  }

  /// The run once it has left this state.
  json::object run_after(const std::string& id, const std::string& state) {
    for (int tries = 0; tries < 500; ++tries) {
      json::object run = parsed(get("/v1/payment-runs/" + id));
      if (run.at("state").as_string() != state.c_str()) return run;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "still " << state;
    return {};
  }

  json::object prepared() {
    const Reply reply = prepare(today());
    EXPECT_EQ(reply.status, 201) << reply.body;
    return run_after(std::string(parsed(reply).at("id").as_string()), "preparing");
  }

  Reply act(const json::object& run, const std::string& what, const std::string& body,
            const char* who) {
    return post("/v1/payment-runs/" + std::string(run.at("id").as_string()) + "/" + what, body,
                who);
  }
  Reply release(const json::object& run, const char* who, std::string hash = {}) {
    if (hash.empty()) hash = std::string(run.at("hash").as_string());
    return act(run, "release", R"({"hash":")" + hash + "\"}", who);
  }

  eventlog::Host host_of_payments_;
  std::jthread thread_;
};

TEST_F(PaymentRunsTest, IsPreparedByOneAndReleasedByAnother) {
  const json::object run = prepared();
  EXPECT_EQ(run.at("state"), "prepared");
  EXPECT_EQ(run.at("prepared_by"), "a.cormier");
  const json::object& preview = run.at("preview").as_object();
  EXPECT_EQ(preview.at("payments"), 1);
  EXPECT_EQ(preview.at("amount"), "708.07");
  EXPECT_EQ(preview.at("totals").as_array().size(), 2U);
  EXPECT_EQ(preview.at("changes").as_array().at(0).at("change"), "first_payment");

  const Reply same = release(run, kPreparer);
  EXPECT_EQ(same.status, 403);
  EXPECT_THAT(same.body, HasSubstr("problems/same-person"));
  const Reply other = release(run, kReleaser, "sha256:other");
  EXPECT_EQ(other.status, 409);
  EXPECT_THAT(other.body, HasSubstr("not that of this run's preview"));

  const Reply released = release(run, kReleaser);
  EXPECT_EQ(released.status, 202) << released.body;
  const json::object after = run_after(std::string(run.at("id").as_string()), "releasing");
  EXPECT_EQ(after.at("state"), "released");
  EXPECT_EQ(after.at("released_by"), "b.leblanc");
  EXPECT_EQ(after.at("outcome").as_object().at("amount"), "708.07");
  EXPECT_EQ(after.at("files").as_array().at(0).at("payments"), 1);
  EXPECT_EQ(release(run, kReleaser).status, 409) << "twice";
  EXPECT_EQ(act(run, "cancel", "{}", kPreparer).status, 409);

  const json::object payments = parsed(get("/v1/payments?client=" + std::string(kMarie)));
  ASSERT_EQ(payments.at("items").as_array().size(), 1U);
  EXPECT_EQ(payments.at("items").as_array().at(0).at("status"), "instructed");
  EXPECT_EQ(parsed(get("/v1/payment-runs")).at("items").as_array().size(), 1U);
}

TEST_F(PaymentRunsTest, ACancelledRunIsNotReleased) {
  const json::object run = prepared();
  EXPECT_EQ(act(run, "cancel", R"({"reason":"wrong date"})", kPreparer).status, 202);
  EXPECT_EQ(run_after(std::string(run.at("id").as_string()), "cancelling").at("state"),
            "cancelled");
  EXPECT_EQ(act(run, "cancel", "", kPreparer).status, 202);
  const Reply released = release(run, kReleaser);
  EXPECT_EQ(released.status, 409);
  EXPECT_THAT(released.body, HasSubstr("cancelled"));
}

TEST_F(PaymentRunsTest, TheSameKeyIsTheSameRun) {
  const std::string key = "Idempotency-Key: january\r\n";
  const json::object first = parsed(prepare(today(), key));
  EXPECT_EQ(parsed(prepare(today(), key)).at("id"), first.at("id"));
  const Reply other = prepare("2199-01-01", key);
  EXPECT_EQ(other.status, 422) << other.body;
}

TEST_F(PaymentRunsTest, WhatCannotBeAskedSaysWhy) {
  EXPECT_THAT(errors_of(prepare("2020-01-01")), ::testing::Contains(::testing::Key("#/date")));
  EXPECT_THAT(errors_of(prepare("soon")), ::testing::Contains(::testing::Key("#/date")));
  EXPECT_EQ(prepare("2020-01-01").status, 400);
  EXPECT_EQ(
      post("/v1/payment-runs", R"({"date":"2199-01-01","sin":"046454286"})", kPreparer).status,
      400);
  EXPECT_EQ(post("/v1/payment-runs", "[", kPreparer).status, 400);
  EXPECT_EQ(get("/v1/payment-runs/nothing").status, 404);
  const std::string unknown = "/v1/payment-runs/0197a2c0-0000-7000-8000-000000000001";
  EXPECT_EQ(get(unknown).status, 404);
  EXPECT_EQ(post(unknown + "/release", R"({"hash":"x"})", kReleaser).status, 404);
  EXPECT_EQ(post(unknown + "/release", "{}", kReleaser).status, 400);
  EXPECT_EQ(get("/v1/payments").status, 400);
}

}  // namespace
}  // namespace guichet
