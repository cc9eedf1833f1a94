#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/bank/fault_text.h"
#include "adapters/bank/reason_table.h"
#include "adapters/bank/sent_file.h"

namespace guichet::bank {

/// Where a payment stands, by what a bank said. A later message may say more.
enum class Standing : std::uint8_t {
  unknown,   // nothing was said of it
  pending,   // received, not decided
  accepted,  // will be paid
  settled,   // was paid
  rejected,  // will not be paid
};

/// A line that was not applied, and why. The others of the message were.
struct HeldLine {
  enum class Why {
    unknown_payment,  // no payment of the file has this id
    contradicted,     // the message says two things of it
    amount_differs,
    unknown_status,
    currency,
    taken_for_duplicate,  // rejected because the bank has it: an earlier one stands, or does not
  };
  std::string end_to_end_id;
  Why why{};
  std::string said;  // what the bank wrote: a status or an amount
};

/// What a status report (pain.002) says of a file, held against what was sent. Read whole before
/// anything of it counts.
///
///   auto sent = SentFile::read(read_file(ours));
///   auto answer = Answer::read(*sent, read_file(theirs));
///   if (!answer) refuse(answer.error().message);       // whole; nothing of it applies
///   answer->each([&](std::string_view id, Money amount, Standing standing, const Reason& why)
///   {…}); for (const HeldLine& line : answer->held()) …      // for an operator
///
/// A file or batch that the bank rejects because it has it already (DUPL, DU01 and their like) says
/// nothing of its payments: duplicate() is true, and the answer to the first sending stands. Taken
/// for a rejection it would pay everybody twice.
///
/// Refused whole: what read_message() fails at; an answer to another file; a count or control sum,
/// of the file or of a batch, that is not ours; a batch that is not ours; a file or batch said to
/// be accepted with a rejected line in it, or rejected with an accepted one.
class Answer {
 public:
  static Result<Answer> read(const SentFile& sent, const Source& source);
  static Result<Answer> read(SentFile&& sent, const Source& source) = delete;  // it points to it

  const MessageHead& head() const { return head_; }
  /// The bank has this file, or a batch of it, from an earlier sending.
  bool duplicate() const { return duplicate_; }
  /// Calls it for every payment of which something was said, in the order of the file; a line's own
  /// status before its batch's, its batch's before the file's.
  void each(const std::function<void(std::string_view end_to_end_id, Money amount,
                                     Standing standing, const Reason& reason)>& call) const;
  /// How many payments stand so, and the sum of their amounts.
  struct Sum {
    std::uint64_t count = 0;
    Money total;
  };
  Sum sum(Standing standing) const { return sums_[static_cast<std::size_t>(standing)]; }
  const std::vector<HeldLine>& held() const { return held_; }
  /// Lines held beyond kMostHeldLines are only counted.
  std::uint64_t held_count() const { return held_count_; }

 private:
  friend class AnswerReader;
  struct Line {
    Standing standing = Standing::unknown;
    bool said = false, held = false;
    std::uint32_t reason = 0;
  };
  explicit Answer(const SentFile& sent) : sent_(&sent) {}
  const SentFile* sent_;  // outlives it
  MessageHead head_;
  std::vector<Line> lines_;
  ReasonTable reasons_;
  std::vector<HeldLine> held_;
  std::uint64_t held_count_ = 0;
  bool duplicate_ = false;
  std::array<Sum, 5> sums_;
};

/// What to do about a line that is held.
FaultText text_of(HeldLine::Why why);

constexpr std::size_t kMostHeldLines = 10'000;

/// What a status code of a payment, a batch or a file means (ISO 20022 external code set
/// ExternalPaymentTransactionStatus1Code and its kin); nothing for one that is not known.
std::optional<Standing> standing_of(std::string_view status_code);

}  // namespace guichet::bank
