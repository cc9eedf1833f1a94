#pragma once

#include <gmock/gmock.h>

#include <string>
#include <thread>

#include "eventlog/append.h"
#include "eventlog/host.h"
#include "payments/account_processor.h"
#include "payments/run_processor.h"
#include "schemas/topics.h"
#include "tests/gateway/http/served.h"
#include "tests/payments/counter.h"

namespace guichet::testing {

inline constexpr const char* kClient = "c_8f3a0000000000000000000000000000";
inline constexpr const char* kPreparer =
    "Guichet-Actor: name=a.cormier\r\nContent-Type: application/json\r\n";
inline constexpr const char* kReleaser =
    "Guichet-Actor: name=b.leblanc\r\nContent-Type: application/json\r\n";

inline Instant now() {
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Today everywhere: tomorrow in UTC is not past in the west of Canada.
inline std::string today() {
  return to_string(std::chrono::floor<std::chrono::days>(now()));
}

/// The gateway with the real owners of accounts and runs; one client is owed two programs' months.
class ServedPayments : public Served {
 protected:
  ServedPayments()
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
    owe(kClient, "a1");
  }

  void to_payments(const std::string& key, v1::Kind kind, const std::string& id,
                   const google::protobuf::MessageLite& payload) {
    eventlog::Record record;
    record.topic = topics::kPaymentsInbox;
    record.header.set_key(key);
    record.header.set_kind(kind);
    record.header.set_id(id);
    record.header.set_recorded_at_us(to_micros(now()));
    record.payload = payload.SerializeAsString();
    eventlog::append_and_wait(log_, {record});
  }

  /// The client is owed 666.41 by one program and 41.66 by another.
  void owe(const std::string& client, const std::string& application) {
    Counter counter;
    to_payments(client, v1::KIND_ENTITLEMENT_SET, application + "/entitlements/1",
                counter.set_of(client, {monthly("ca-one", {66'641}), monthly("nb-two", {4'166})},
                               application));
  }

  /// What the bank says of a payment of 708.07.
  void report(const std::string& payment, bool accepted, const std::string& reason = {}) {
    v1::PaymentReport report;
    report.set_payment_id(payment);
    report.set_accepted(accepted);
    report.set_amount_cents(70'807);
    report.set_reason(reason);
    const std::string client = payment.substr(payment.find('/') + 1, 34);
    to_payments(client, v1::KIND_PAYMENT_REPORT, payment + "/report", report);
  }

  /// A run of today that was released.
  std::string paid() {
    const boost::json::object run = prepared();
    const std::string id(run.at("id").as_string());
    EXPECT_EQ(release(run, kReleaser).status, 202);
    run_after(id, "releasing");
    return id;
  }

  Reply prepare(const std::string& date, const std::string& more = {}) {
    return post("/v1/payment-runs", R"({"date":")" + date + "\"}", kPreparer + more);
  }

  /// The run once it has left this state.
  boost::json::object run_after(const std::string& id, const std::string& state) {
    for (int tries = 0; tries < 500; ++tries) {
      boost::json::object run = parsed(get("/v1/payment-runs/" + id));
      if (run.at("state").as_string() != state.c_str()) return run;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    ADD_FAILURE() << "still " << state;
    return {};
  }

  boost::json::object prepared() {
    const Reply reply = prepare(today());
    EXPECT_EQ(reply.status, 201) << reply.body;
    return run_after(std::string(parsed(reply).at("id").as_string()), "preparing");
  }

  Reply act(const boost::json::object& run, const std::string& what, const std::string& body,
            const char* who) {
    return post("/v1/payment-runs/" + std::string(run.at("id").as_string()) + "/" + what, body,
                who);
  }
  Reply release(const boost::json::object& run, const char* who, std::string hash = {}) {
    if (hash.empty()) hash = std::string(run.at("hash").as_string());
    return act(run, "release", R"({"hash":")" + hash + "\"}", who);
  }

  eventlog::Host host_of_payments_;
  std::jthread thread_;
};

}  // namespace guichet::testing
