#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/bank/fault_text.h"
#include "adapters/bank/reason_table.h"
#include "adapters/bank/sent_file.h"

namespace guichet::bank {

/// A payment that left the account, or came back to it, as the bank booked it (camt.054) or as it
/// returned it (pacs.004). The two messages tell of the same return: what is done for one is done
/// once, by its end_to_end_id.
struct Movement {
  std::string original_message_id;  // our file; may be empty
  std::string end_to_end_id;
  bool returned = false;  // else settled
  Money amount;
  std::optional<Day> date;
  std::string reference;  // the bank's own, of this movement
  Reason reason;          // of a return
};

enum class MovementFault { none, unknown_payment, amount_differs };

/// The movements of one message; read whole before any counts. About 100 bytes a movement.
///
///   auto movements = Movements::read(read_file(theirs));
///   if (!movements) refuse(movements.error().message);  // whole; nothing of it applies
///   movements->each([&](const Movement& movement) {
///     if (check_movement(sent, movement) != MovementFault::none) suspense(movement); …
///   });
///
/// Refused whole: what read_message() fails at; a count or control sum that is not that of its
/// lines, an entry that is not the sum of its payments; an amount that is not in Canadian dollars.
class Movements {
 public:
  static Result<Movements> read(const Source& source);

  const MessageHead& head() const { return head_; }
  std::size_t size() const { return rows_.size(); }
  Movement operator[](std::size_t i) const;
  void each(const std::function<void(const Movement&)>& call) const;

  /// Entries that name no payment (a batch booked as one, a fee, money from others), or are not
  /// booked: counted, not shown.
  std::uint64_t others() const { return others_; }

 private:
  friend class MovementReader;
  struct Row {
    std::int64_t cents;
    std::uint32_t ends;  // of its texts: id and reference
    std::uint32_t reference;
    std::uint32_t reason, file;
    std::int32_t day;
    bool has_day, returned;
  };
  MessageHead head_;
  std::string texts_;
  std::vector<Row> rows_;
  ReasonTable reasons_;
  ReasonTable files_;  // ids of our files, as codes
  std::uint64_t others_ = 0;
};

/// Whether a movement is of a payment of this file, and of its whole amount. One that is not is
/// held for a person: its money goes to suspense.
MovementFault check_movement(const SentFile& sent, const Movement& movement);

/// What to do about a movement that is held; for `none`, empty.
FaultText text_of(MovementFault fault);

}  // namespace guichet::bank
