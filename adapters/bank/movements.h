#pragma once

#include <functional>

#include "adapters/bank/sent_file.h"

namespace guichet::bank {

/// A payment that left the account, or came back to it, as the bank booked it (camt.054) or as it
/// returned it (pacs.004). The two messages tell of the same return: what is done for one is done
/// once, by its end_to_end_id.
struct Movement {
  std::string original_message_id;  // our file
  std::string end_to_end_id;
  bool returned = false;  // else settled
  Money amount;
  std::optional<Day> date;
  std::string reference;  // the bank's own, of this movement
  Reason reason;          // of a return
};

enum class MovementFault { none, unknown_payment, amount_differs };

/// The movements of one message; read whole before any counts.
///
/// Refused whole: what read_message() fails at; a count or control sum that is not that of its
/// lines; an amount that is not in Canadian dollars; more than kMostMovements (about 300 bytes
/// each).
struct Movements {
  MessageHead head;
  std::vector<Movement> movements;
  /// Entries that name no payment (a batch booked as one, a fee, money from others), or are not
  /// booked: counted, not shown.
  std::uint64_t others = 0;

  static Result<Movements> read(const Source& source);
};

constexpr std::size_t kMostMovements = 100'000;

/// Whether a movement is of a payment of this file, and of its whole amount. One that is not is
/// held for a person: its money goes to suspense.
MovementFault check_movement(const SentFile& sent, const Movement& movement);

}  // namespace guichet::bank
