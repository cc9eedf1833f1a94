// Payment runs over the API: a real server, the real owners of accounts and runs.

#include "tests/gateway/http/served_payments.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::HasSubstr;
namespace json = boost::json;

class PaymentRunsTest : public ServedPayments {};

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

  const json::object payments = parsed(get("/v1/payments?client=" + std::string(kClient)));
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
