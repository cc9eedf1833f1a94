#include "adapters/bank/movements.h"

#include <utility>

#include "adapters/bank/message_text.h"

namespace guichet::bank {
namespace {

class MovementReader : public MessageHandler {
 public:
  explicit MovementReader(Movements& to) : to_(to) {}

  std::optional<Failure> head(const MessageHead& head) override {
    if (head.kind != MessageKind::notification && head.kind != MessageKind::payment_return)
      return Failure{"it is neither a notification (camt.054) nor a return (pacs.004)"};
    to_.head = head;
    return {};
  }

  std::optional<Failure> batch(const MessageBatch&) override { return {}; }

  std::optional<Failure> line(const MessageLine& line) override {
    ++count_;
    const bool of_payment = !line.end_to_end_id.empty() && line.end_to_end_id != "NOTPROVIDED" &&
                            line.booked && (!line.credit || line.returned);
    if (!of_payment && to_.head.kind == MessageKind::notification) {
      ++to_.others;
      return {};
    }
    if (line.end_to_end_id.empty() || !line.amount)
      return Failure{"a return lacks the id of the payment or its amount"};
    if (line.currency != "CAD") return Failure{"an amount is not in Canadian dollars"};
    if (!add(total_, *line.amount)) return Failure{"it adds up to more than there is"};
    if (to_.movements.size() == kMostMovements)
      return Failure{"it has more than " + std::to_string(kMostMovements) + " movements"};
    to_.movements.push_back(
        {line.original_message_id.empty() ? to_.head.original_message_id : line.original_message_id,
         line.end_to_end_id, line.returned, *line.amount, line.date, line.reference, line.reason});
    return {};
  }

  std::optional<Failure> end() const {
    if (to_.head.count && *to_.head.count != count_)
      return Failure{"it says that it has " + std::to_string(*to_.head.count) +
                     " payments, and has " + std::to_string(count_)};
    if (to_.head.total && *to_.head.total != total_)
      return Failure{"its control sum is " + to_.head.total->to_string() +
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

}  // namespace

Result<Movements> Movements::read(const Source& source) {
  Movements movements;
  MovementReader reader(movements);
  const auto head = read_message(source, reader);
  if (!head) return head.error();
  if (auto failure = reader.end()) return *failure;
  return movements;
}

MovementFault check_movement(const SentFile& sent, const Movement& movement) {
  if (!movement.original_message_id.empty() && movement.original_message_id != sent.message_id())
    return MovementFault::unknown_payment;
  const auto payment = sent.find(movement.end_to_end_id);
  if (!payment) return MovementFault::unknown_payment;
  return sent.amount(*payment) == movement.amount ? MovementFault::none
                                                  : MovementFault::amount_differs;
}

}  // namespace guichet::bank
