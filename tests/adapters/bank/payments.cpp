#include "tests/adapters/bank/payments.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "adapters/bank/identifiers.h"

namespace guichet::bank::testing {
namespace {

std::string digits(std::uint64_t value, std::size_t length) {
  std::string text(length, '0');
  for (std::size_t i = length; i-- > 0; value /= 10) text[i] = static_cast<char>('0' + value % 10);
  return text;
}

std::string payee(std::uint64_t i) {
  return "c_" + digits(i, 10);
}

}  // namespace

Payments::Payments(std::uint64_t count, std::string run, std::string paying_account)
    : run_(std::move(run)) {
  using namespace std::chrono;
  batch_.debtor = {"Service Nouveau-Brunswick", {"001", "00042", std::move(paying_account)}};
  batch_.date = sys_days{year{2026} / 1 / 20};
  batch_.count = count;
  std::vector<std::pair<std::string, std::uint64_t>> ids;
  ids.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    ids.emplace_back(end_to_end_id(run_, payee(i)), i);
    batch_.total += amount(i);
  }
  std::sort(ids.begin(), ids.end());
  order_.reserve(count);
  for (const auto& [id, i] : ids) order_.push_back(i);
}

FileHeader Payments::header() const {
  // 2026-01-16T14:03:22Z
  return {run_, 1, from_micros(1'768'572'202'000'000), "Service Nouveau-Brunswick", "8090012300"};
}

Money Payments::amount(std::uint64_t i) const {
  return Money::of_cents(static_cast<std::int64_t>(1 + i * 7919 % 1'000'003));
}

Payment Payments::payment(std::uint64_t i) const {
  static constexpr std::array<const char*, 5> kNames = {"Marie Cormier", "Zoë Lévesque-Nguyễn",
                                                        "Étienne D’Amours", "Søren Łukasiewicz",
                                                        "O'Neil & Fils"};
  Payment payment;
  payment.end_to_end_id = end_to_end_id(run_, payee(i));
  payment.payee_name = kNames[i % kNames.size()];
  payment.account = {digits(1 + i % 899, 3), digits(i % 99'999, 5), digits(1'000'000 + i, 7)};
  payment.amount = amount(i);
  const Money part = Money::of_cents(payment.amount.cents() / 3);
  payment.parts = {{"ca-ccb", "CA", "Canada child benefit", "Allocation canadienne pour enfants",
                    payment.amount - part}};
  if (part != Money())
    payment.parts.push_back({"nb-ctb", "NB", "New Brunswick child tax benefit",
                             "Prestation fiscale pour enfants du Nouveau-Brunswick", part});
  return payment;
}

NextPayment Payments::source() const {
  return [this, at = std::size_t{0}](Payment& payment) mutable {
    if (at == order_.size()) return false;
    payment = this->payment(order_[at++]);
    return true;
  };
}

std::string written(const FileHeader& header, const std::vector<Batch>& batches,
                    const NextPayment& next) {
  std::string file;
  const auto totals =
      write_pain001(header, batches, next, [&](std::string_view bytes) { file += bytes; });
  if (!totals) throw std::runtime_error(totals.error().message);
  if (totals->bytes != file.size()) throw std::runtime_error("bytes");
  return file;
}

}  // namespace guichet::bank::testing
