#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "eventlog/processor.h"
#include "guichet/v1/payments.pb.h"
#include "payments/posting.h"

namespace guichet::payments {

/// Payments that an account keeps; `ledger` and `payments-instructions` have all.
inline constexpr int kMaxPayments = 40;

/// What one record, or one visit of a run, does to one client's account: the state that it leaves,
/// and what it sends.
class AccountChange {
 public:
  /// `before` is null where there is no account yet.
  AccountChange(const v1::AccountState* before, std::string client_id, std::int64_t now_us);

  const v1::ClientAccount& account() const { return state_->client(); }
  /// The account, to be changed.
  v1::ClientAccount& edit();
  std::int64_t now_us() const { return now_us_; }

  /// The line of this part; made where there is none.
  v1::AccountLine& line(const v1::PaymentPart& part);

  void send(eventlog::Output output) { outputs_.push_back(std::move(output)); }
  /// Posts, unless there is nothing to post.
  void post(PostingDraft draft);

  /// Keeps the payment; of many the oldest that no run waits for goes.
  v1::Payment& add_payment(v1::Payment payment);

  eventlog::Step finish() &&;

 private:
  std::string client_id_;
  std::int64_t now_us_;
  std::shared_ptr<v1::AccountState> state_;
  std::vector<eventlog::Output> outputs_;
  bool edited_ = false;
};

/// The client in a state of `accounts`; null where there is none.
const v1::AccountState* account_of(const eventlog::State& state);

}  // namespace guichet::payments
