#include "payments/account_change.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace guichet::payments {
namespace {

template <class Line>
auto order_of(const Line& line) {
  return std::tuple<const std::string&, const std::string&, const std::string&>(
      line.program(), line.government(), line.beneficiary());
}

}  // namespace

AccountChange::AccountChange(const v1::AccountState* before, std::string client_id,
                             std::int64_t now_us)
    : client_id_(std::move(client_id)),
      now_us_(now_us),
      state_(before != nullptr ? std::make_shared<v1::AccountState>(*before)
                               : std::make_shared<v1::AccountState>()) {}

v1::ClientAccount& AccountChange::edit() {
  edited_ = true;
  v1::ClientAccount& account = *state_->mutable_client();
  if (account.client_id().empty()) account.set_client_id(client_id_);
  return account;
}

v1::AccountLine& AccountChange::line(const v1::PaymentPart& part) {
  auto& lines = *edit().mutable_lines();
  const auto place = std::ranges::find_if(
      lines, [&](const v1::AccountLine& line) { return order_of(line) >= order_of(part); });
  if (place != lines.end() && order_of(*place) == order_of(part)) return *place;
  const int index = static_cast<int>(place - lines.begin());
  v1::AccountLine& fresh = *lines.Add();
  fresh.set_program(part.program());
  fresh.set_government(part.government());
  fresh.set_beneficiary(part.beneficiary());
  for (int i = lines.size() - 1; i > index; --i) lines.SwapElements(i, i - 1);
  return lines[index];
}

void AccountChange::post(PostingDraft draft) {
  if (draft.empty()) return;
  v1::ClientAccount& account = edit();
  account.set_postings(account.postings() + 1);
  send(std::move(draft).finish(account.client_id(), account.postings()));
}

v1::Payment& AccountChange::add_payment(v1::Payment payment) {
  auto& payments = *edit().mutable_payments();
  if (payments.size() >= kMaxPayments) {
    const auto oldest = std::ranges::find_if(
        payments, [](const v1::Payment& known) { return known.status() != v1::FROZEN; });
    if (oldest != payments.end()) payments.erase(oldest);
  }
  *payments.Add() = std::move(payment);
  return payments[payments.size() - 1];
}

eventlog::Step AccountChange::finish() && {
  eventlog::Step step{.state = nullptr, .outputs = std::move(outputs_)};
  if (!edited_) return step;
  state_->mutable_client()->set_updated_at_us(now_us_);
  step.state = std::move(state_);
  return step;
}

const v1::AccountState* account_of(const eventlog::State& state) {
  return static_cast<const v1::AccountState*>(state.get());
}

}  // namespace guichet::payments
