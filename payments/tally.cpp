#include "payments/tally.h"

#include <algorithm>
#include <tuple>

namespace guichet::payments {
namespace {

/// The item of a list that is ordered by `order`; made where there is none.
template <class List, class Order, class Key>
auto& item_of(List& list, Order order, const Key& key) {
  const auto place =
      std::ranges::find_if(list, [&](const auto& item) { return !(order(item) < key); });
  const int index = static_cast<int>(place - list.begin());
  if (index < list.size() && order(list[index]) == key) return list[index];
  list.Add();
  for (int i = list.size() - 1; i > index; --i) list.SwapElements(i, i - 1);
  return list[index];
}

void add_total(v1::PartitionTally& tally, const v1::PartTotal& more) {
  const auto order = [](const v1::PartTotal& total) {
    return std::pair(total.program(), total.government());
  };
  v1::PartTotal& total = item_of(*tally.mutable_totals(), order, order(more));
  total.set_program(more.program());
  total.set_government(more.government());
  total.set_parts(total.parts() + more.parts());
  total.set_amount_cents(total.amount_cents() + more.amount_cents());
}

void add_change(v1::PartitionTally& tally, const v1::ChangeTotal& more) {
  v1::ChangeTotal& total = item_of(
      *tally.mutable_changes(), [](const v1::ChangeTotal& known) { return known.change(); },
      more.change());
  total.set_change(more.change());
  total.set_payments(total.payments() + more.payments());
  total.set_amount_cents(total.amount_cents() + more.amount_cents());
}

void add_left_out(v1::PartitionTally& tally, const v1::LeftOutTotal& more) {
  v1::LeftOutTotal& total = item_of(
      *tally.mutable_left_out(), [](const v1::LeftOutTotal& known) { return known.why(); },
      more.why());
  total.set_why(more.why());
  total.set_payments(total.payments() + more.payments());
  total.set_amount_cents(total.amount_cents() + more.amount_cents());
}

/// Largest first; of equal ones in the order of their ids.
bool comes_first(const v1::ListedPayment& a, const v1::ListedPayment& b) {
  return std::tuple(-a.amount_cents(), a.payment_id()) <
         std::tuple(-b.amount_cents(), b.payment_id());
}

void list(google::protobuf::RepeatedPtrField<v1::ListedPayment>& listed,
          const v1::ListedPayment& payment) {
  if (listed.size() >= kMaxListed && !comes_first(payment, listed[kMaxListed - 1])) return;
  *listed.Add() = payment;
  for (int i = listed.size() - 1; i > 0 && comes_first(listed[i], listed[i - 1]); --i)
    listed.SwapElements(i, i - 1);
  if (listed.size() > kMaxListed) listed.RemoveLast();
}

}  // namespace

void count(v1::PartitionTally& tally, const v1::Payment& payment, Digest digest) {
  tally.set_payments(tally.payments() + 1);
  tally.set_amount_cents(tally.amount_cents() + payment.amount_cents());
  for (const v1::PaymentPart& part : payment.parts()) {
    v1::PartTotal total;
    total.set_program(part.program());
    total.set_government(part.government());
    total.set_parts(1);
    total.set_amount_cents(part.amount_cents());
    add_total(tally, total);
  }
  v1::ListedPayment listed;
  listed.set_payment_id(payment.id());
  listed.set_client_id(payment.payee_client_id());
  listed.set_amount_cents(payment.amount_cents());
  bool other_account = false;
  for (const int change : payment.changes()) {
    v1::ChangeTotal total;
    total.set_change(static_cast<v1::PaymentChange>(change));
    total.set_payments(1);
    total.set_amount_cents(payment.amount_cents());
    add_change(tally, total);
    listed.add_changes(total.change());
    other_account |= change == v1::OTHER_ACCOUNT;
  }
  list(*tally.mutable_largest(), listed);
  if (other_account) {
    tally.set_new_account_payments(tally.new_account_payments() + 1);
    list(*tally.mutable_new_accounts(), listed);
  }
  tally.set_hash(digest(tally.hash() + payment.SerializeAsString()));
}

void count_left_out(v1::PartitionTally& tally, v1::LeftOut why, std::int64_t cents) {
  v1::LeftOutTotal total;
  total.set_why(why);
  total.set_payments(1);
  total.set_amount_cents(cents);
  add_left_out(tally, total);
}

std::uint32_t count_in_block(v1::PartitionTally& tally, const v1::Payment& payment) {
  auto& blocks = *tally.mutable_blocks();
  if (blocks.empty() || blocks[blocks.size() - 1].payments() >= kMaxPaymentsPerFile)
    blocks.Add()->set_block(static_cast<std::uint32_t>(blocks.size()) - 1);
  v1::BlockTotal& block = blocks[blocks.size() - 1];
  block.set_payments(block.payments() + 1);
  block.set_amount_cents(block.amount_cents() + payment.amount_cents());
  return block.block();
}

void add(v1::PartitionTally& sum, const v1::PartitionTally& more) {
  sum.set_payments(sum.payments() + more.payments());
  sum.set_amount_cents(sum.amount_cents() + more.amount_cents());
  for (const v1::PartTotal& total : more.totals()) add_total(sum, total);
  for (const v1::ChangeTotal& total : more.changes()) add_change(sum, total);
  for (const v1::LeftOutTotal& total : more.left_out()) add_left_out(sum, total);
  for (const v1::ListedPayment& payment : more.largest()) list(*sum.mutable_largest(), payment);
  for (const v1::ListedPayment& payment : more.new_accounts())
    list(*sum.mutable_new_accounts(), payment);
  sum.set_new_account_payments(sum.new_account_payments() + more.new_account_payments());
}

}  // namespace guichet::payments
