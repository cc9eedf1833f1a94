#include "adapters/payments/payment_files.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/bank/bank_text.h"
#include "adapters/bank/file_store.h"
#include "adapters/bank/pain001.h"
#include "adapters/bank/payment_check.h"
#include "guichet/v1/runs.pb.h"
#include "schemas/topics.h"

namespace guichet::adapters {
namespace {

bank::Account account_of(const v1::PaymentMethod& method) {
  return {method.institution(), method.transit(), method.account()};
}

bank::Payment payment_of(const v1::PaymentInstruction& line, const NameOf& name_of) {
  const v1::Payment& from = line.payment();
  bank::Payment payment;
  payment.end_to_end_id = from.end_to_end_id();
  payment.payee_name = line.payee_name();
  payment.account = account_of(from.method());
  payment.amount = Money::of_cents(from.amount_cents());
  for (const v1::PaymentPart& part : from.parts()) {
    const ProgramName name = name_of(part.program());
    // A program that pays each of two adults has two parts, and one line on the statement.
    if (!payment.parts.empty() && payment.parts.back().program == part.program() &&
        payment.parts.back().government == part.government()) {
      payment.parts.back().amount += Money::of_cents(part.amount_cents());
      continue;
    }
    payment.parts.push_back({.program = part.program(),
                             .government = part.government(),
                             .name_en = name.en,
                             .name_fr = name.fr,
                             .amount = Money::of_cents(part.amount_cents())});
  }
  return payment;
}

}  // namespace

bool fits_bank(const v1::Payee& payee) {
  return !bank::check_account(account_of(payee.method())) && !payee.name().empty() &&
         bank::to_bank_text(payee.name()).has_value();
}

PaymentFiles::PaymentFiles(const eventlog::Log& log, std::filesystem::path folder,
                           bank::Debtor debtor, NameOf name_of)
    : lines_(log),
      folder_(std::move(folder)),
      debtor_(std::move(debtor)),
      name_of_(std::move(name_of)) {}

std::vector<eventlog::Output> PaymentFiles::handle(const eventlog::Record& input) {
  v1::FileOrder order;
  if (input.header.kind() != v1::KIND_FILE_ORDER) return {};
  if (!order.ParseFromString(input.payload)) throw std::runtime_error("not an order of a file");
  std::vector<bank::Payment> payments;
  try {
    payments.reserve(order.payments());
    lines_.each(order, input.position, [&](const v1::PaymentInstruction& line) {
      payments.push_back(payment_of(line, name_of_));
    });
  } catch (const eventlog::LogUnavailable& away) {
    throw eventlog::TryAgainLater(away.what());
  }
  if (payments.size() < order.payments())
    throw eventlog::TryAgainLater("the instructions are not all durable yet");
  std::ranges::sort(payments, {}, &bank::Payment::end_to_end_id);

  const bank::FileHeader header{
      .run = order.run_id(),
      .number = static_cast<int>(order.number()),
      .created = std::chrono::floor<std::chrono::seconds>(from_micros(order.released_at_us())),
      .sender = debtor_.name,
      .sender_id = {}};
  const bank::Batch batch{.debtor = debtor_,
                          .date = from_days(order.date()),
                          .count = order.payments(),
                          .total = Money::of_cents(order.amount_cents())};
  auto stored = [&] {
    try {
      return bank::FileStore(folder_).write(header, "xml", [&](const bank::Sink& sink) {
        auto next = payments.begin();
        return bank::write_pain001(
            header, {batch},
            [&](bank::Payment& payment) {
              if (next == payments.end()) return false;
              payment = *next++;
              return true;
            },
            sink);
      });
    } catch (const std::system_error& disk) {
      throw eventlog::TryAgainLater(disk.what());
    }
  }();
  if (!stored) throw std::runtime_error(stored.error().message);

  v1::FileWritten written;
  written.set_run_id(order.run_id());
  written.set_number(order.number());
  written.set_name(stored->path.filename().string());
  written.set_sha256(stored->sha256);
  written.set_bytes(stored->totals.bytes);
  return {{.topic = std::string(topics::kRunsInbox),
           .key = order.run_id(),
           .id = input.header.id() + "/written",
           .kind = v1::KIND_FILE_WRITTEN,
           .payload = written.SerializeAsString()}};
}

}  // namespace guichet::adapters
