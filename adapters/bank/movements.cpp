#include "adapters/bank/movements.h"

#include <utility>

#include "adapters/bank/message_text.h"

namespace guichet::bank {
class MovementReader : public MessageHandler {
 public:
  explicit MovementReader(Movements& to) : to_(to) {}

  std::optional<Failure> head(const MessageHead& head) override {
    if (head.kind != MessageKind::notification && head.kind != MessageKind::payment_return)
      return Failure{"it is neither a notification (camt.054) nor a return (pacs.004)"};
    to_.head_ = head;
    return {};
  }

  std::optional<Failure> batch(const MessageBatch&) override { return {}; }

  std::optional<Failure> line(const MessageLine& line) override {
    ++count_;
    const bool of_payment = !line.end_to_end_id.empty() && line.end_to_end_id != "NOTPROVIDED" &&
                            line.booked && (!line.credit || line.returned);
    if (!of_payment && to_.head_.kind == MessageKind::notification) {
      ++to_.others_;
      return {};
    }
    if (line.end_to_end_id.empty() || !line.amount)
      return Failure{"a return lacks the id of the payment or its amount"};
    if (line.currency != "CAD") return Failure{"an amount is not in Canadian dollars"};
    if (!add(total_, *line.amount)) return Failure{"it adds up to more than there is"};
    // Texts are bounded by the bytes of a message, which are fewer than 2^32.
    Movements::Row row{};
    row.cents = line.amount->cents();
    to_.texts_ += line.end_to_end_id;
    row.reference = static_cast<std::uint32_t>(to_.texts_.size());
    to_.texts_ += line.reference;
    row.ends = static_cast<std::uint32_t>(to_.texts_.size());
    row.reason = to_.reasons_.add(line.reason);
    const std::string& file = line.original_message_id;
    row.file = to_.files_.add({file.empty() ? to_.head_.original_message_id : file, {}});
    row.has_day = line.date.has_value();
    if (line.date) row.day = to_days(*line.date);
    row.returned = line.returned;
    to_.rows_.push_back(row);
    return {};
  }

  std::optional<Failure> end() const {
    if (to_.head_.count && *to_.head_.count != count_)
      return Failure{"it says that it has " + std::to_string(*to_.head_.count) +
                     " payments, and has " + std::to_string(count_)};
    if (to_.head_.total && *to_.head_.total != total_)
      return Failure{"its control sum is " + to_.head_.total->to_string() +
                     ", and its payments add up "
                     "to " +
                     total_.to_string()};
    return {};
  }

 private:
  Movements& to_;
  std::uint64_t count_ = 0;
  Money total_;
};

Result<Movements> Movements::read(const Source& source) {
  Movements movements;
  MovementReader reader(movements);
  const auto head = read_message(source, reader);
  if (!head) return head.error();
  if (auto failure = reader.end()) return *failure;
  return movements;
}

Movement Movements::operator[](std::size_t i) const {
  const Row& row = rows_[i];
  const std::size_t begin = i == 0 ? 0 : rows_[i - 1].ends;
  Movement movement;
  movement.original_message_id = files_[row.file].code;
  movement.end_to_end_id = texts_.substr(begin, row.reference - begin);
  movement.returned = row.returned;
  movement.amount = Money::of_cents(row.cents);
  if (row.has_day) movement.date = from_days(row.day);
  movement.reference = texts_.substr(row.reference, row.ends - row.reference);
  movement.reason = reasons_[row.reason];
  return movement;
}

void Movements::each(const std::function<void(const Movement&)>& call) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) call((*this)[i]);
}

MovementFault check_movement(const SentFile& sent, const Movement& movement) {
  if (!movement.original_message_id.empty() && movement.original_message_id != sent.message_id())
    return MovementFault::unknown_payment;
  const auto payment = sent.find(movement.end_to_end_id);
  if (!payment) return MovementFault::unknown_payment;
  return sent.amount(*payment) == movement.amount ? MovementFault::none
                                                  : MovementFault::amount_differs;
}

FaultText text_of(MovementFault fault) {
  switch (fault) {
    case MovementFault::none:
      return {};
    case MovementFault::unknown_payment:
      return {
          "the bank booked or returned a payment that is not in the file; ask it which payment it "
          "means",
          "la banque a inscrit ou retourné un paiement qui n’est pas dans le fichier; demandez-lui "
          "de quel paiement il s’agit"};
    case MovementFault::amount_differs:
      break;
  }
  return {
      "the bank booked or returned another amount than was sent; ask it about the difference",
      "la banque a inscrit ou retourné un autre montant que celui envoyé; demandez-lui d’où vient "
      "la différence"};
}

}  // namespace guichet::bank
