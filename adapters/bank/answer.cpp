#include "adapters/bank/answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/bank/message_text.h"

namespace guichet::bank {

std::optional<Standing> standing_of(std::string_view status_code) {
  // ISO 20022 external code sets, payment status. What is only known to be well-formed
  // (ACTC) or not wholly authorised (PATC) is not yet accepted.
  static constexpr std::array<std::pair<std::string_view, Standing>, 19> kStandings = {{
      {"RCVD", Standing::pending},   // received
      {"PDNG", Standing::pending},   // more checks to come
      {"ACTC", Standing::pending},   // technically valid
      {"PATC", Standing::pending},   // authorised by some of those who have to
      {"ACFC", Standing::pending},   // funds checked
      {"PART", Standing::pending},   // of a file or batch: the lines say
      {"PRES", Standing::pending},   // presented
      {"BLCK", Standing::pending},   // funds blocked at the payee's bank
      {"ACCP", Standing::accepted},  // customer profile accepted
      {"ACSP", Standing::accepted},  // settlement under way
      {"ACWC", Standing::accepted},  // with a change: the reason says which
      {"ACWP", Standing::accepted},  // settled, not yet on the payee's account
      {"ACPD", Standing::accepted},  // given to clearing
      {"ACIS", Standing::accepted},  // accepted and issued (cheque)
      {"ACSC", Standing::settled},   // settled on the debtor's account
      {"ACCC", Standing::settled},   // settled on the creditor's account
      {"CANC", Standing::rejected},  // cancelled
      {"CPUC", Standing::settled},   // cash picked up
      {"RJCT", Standing::rejected},
  }};
  for (const auto& [code, standing] : kStandings)
    if (code == status_code) return standing;
  return {};
}

namespace {

/// Codes that say that what was sent was sent before.
bool is_duplicate(std::string_view reason) {
  return reason == "DUPL" || reason == "AM05" || reason == "DU01" || reason == "DU02" ||
         reason == "DU03" || reason == "DU04" || reason == "DU05";
}

}  // namespace

class AnswerReader : public MessageHandler {
 public:
  AnswerReader(const SentFile& sent, Answer& answer) : sent_(sent), answer_(answer) {
    answer_.lines_.resize(sent.size());
    batch_standing_.resize(sent.batches().size());
    batch_reason_.resize(sent.batches().size());
  }

  std::optional<Failure> head(const MessageHead& head) override {
    if (head.kind != MessageKind::status_report)
      return Failure{"it is not a status report (pain.002)"};
    if (head.original_message_id != sent_.message_id())
      return Failure{"it answers another file: \"" + head.original_message_id + "\""};
    if (head.count && *head.count != sent_.size())
      return Failure{"it is about " + std::to_string(*head.count) + " payments; we sent " +
                     std::to_string(sent_.size())};
    if (head.total && *head.total != sent_.total())
      return Failure{"its control sum is " + head.total->to_string() + "; ours is " +
                     sent_.total().to_string()};
    answer_.head_ = head;
    return whole(head.status, head.reason, file_standing_, file_reason_);
  }

  std::optional<Failure> batch(const MessageBatch& batch) override {
    const auto& batches = sent_.batches();
    const auto ours = std::find_if(batches.begin(), batches.end(),
                                   [&](const auto& one) { return one.id == batch.id; });
    if (ours == batches.end()) return Failure{"it has a batch that we did not send"};
    at_ = static_cast<std::size_t>(ours - batches.begin());
    if ((batch.count && *batch.count != ours->count) ||
        (batch.total && *batch.total != ours->total))
      return Failure{"the count or control sum of batch " + batch.id + " is not ours"};
    std::optional<Standing> said;
    if (auto failure = whole(batch.status, batch.reason, said, batch_reason_[at_])) return failure;
    if (said && batch_standing_[at_] && batch_standing_[at_] != said)
      return Failure{"it says two things of batch " + batch.id};
    if (said) batch_standing_[at_] = said;
    return fits(file_standing_, said, "the file");
  }

  std::optional<Failure> line(const MessageLine& line) override {
    const auto payment = sent_.find(line.end_to_end_id);
    if (!payment || sent_.batch_of(*payment) != at_)
      return hold(line, HeldLine::Why::unknown_payment, {});
    if (line.amount && line.currency != "CAD")
      return hold(line, HeldLine::Why::currency, payment, line.currency);
    if (line.amount && *line.amount != sent_.amount(*payment))
      return hold(line, HeldLine::Why::amount_differs, payment, line.amount->to_string());
    if (line.status.empty()) return {};  // as its batch
    const auto standing = standing_of(line.status);
    if (!standing || line.status == "PART")
      return hold(line, HeldLine::Why::unknown_status, payment, line.status);
    if (*standing == Standing::rejected && is_duplicate(line.reason.code))
      return hold(line, HeldLine::Why::taken_for_duplicate, payment, line.reason.code);
    if (auto failure = fits(file_standing_, standing, "the file")) return failure;
    if (auto failure = fits(batch_standing_[at_], standing, "a batch")) return failure;
    Answer::Line& ours = answer_.lines_[*payment];
    if (ours.said && (ours.held || ours.standing != *standing))
      return hold(line, HeldLine::Why::contradicted, payment, line.status);
    ours.standing = *standing;
    ours.reason = answer_.reasons_.add(line.reason);
    ours.said = true;
    return {};
  }

  /// What was not said of a payment is as was said of its batch or of the file.
  void end() {
    for (std::uint32_t i = 0; i < sent_.size(); ++i) {
      Answer::Line& line = answer_.lines_[i];
      const std::size_t batch = sent_.batch_of(i);
      if (!line.said && batch_standing_[batch]) {
        line.standing = *batch_standing_[batch];
        line.reason = batch_reason_[batch];
      } else if (!line.said && file_standing_) {
        line.standing = *file_standing_;
        line.reason = file_reason_;
      }
      Answer::Sum& sum = answer_.sums_[static_cast<std::size_t>(line.standing)];
      ++sum.count;
      sum.total += sent_.amount(i);
    }
  }

 private:
  /// What is said of a whole file or batch. Where it is PART, or nothing, the lines say it.
  std::optional<Failure> whole(const std::string& status, const Reason& why,
                               std::optional<Standing>& standing, std::uint32_t& reason) {
    if (status.empty() || status == "PART") return {};
    standing = standing_of(status);
    if (!standing) return Failure{"status " + status + " of a file or batch is not known"};
    if (*standing == Standing::rejected && is_duplicate(why.code)) {
      answer_.duplicate_ = true;
      standing.reset();
      return {};
    }
    reason = answer_.reasons_.add(why);
    return {};
  }

  /// ISO 20022's rules of pain.002: a file or batch that is accepted has no rejected payment, one
  /// that is rejected has no other.
  static std::optional<Failure> fits(std::optional<Standing> whole, std::optional<Standing> part,
                                     const char* what) {
    if (!whole || !part || (*whole == Standing::rejected) == (*part == Standing::rejected))
      return {};
    return Failure{std::string("it says that ") + what +
                   (*whole == Standing::rejected
                        ? " is rejected, and has a payment that is not"
                        : " is accepted, and has a payment that is rejected")};
  }

  std::optional<Failure> hold(const MessageLine& line, HeldLine::Why why,
                              std::optional<std::uint32_t> payment, std::string said = {}) {
    if (payment) {  // nothing of it counts, neither what was said before nor what its batch says
      answer_.lines_[*payment] = {Standing::unknown, true, true, 0};
    }
    ++answer_.held_count_;
    if (answer_.held_.size() < kMostHeldLines)
      answer_.held_.push_back({line.end_to_end_id, why, std::move(said)});
    return {};
  }

  const SentFile& sent_;
  Answer& answer_;
  std::optional<Standing> file_standing_;
  std::uint32_t file_reason_ = 0;
  std::vector<std::optional<Standing>> batch_standing_;
  std::vector<std::uint32_t> batch_reason_;
  std::size_t at_ = 0;  // the batch whose lines come
};

Result<Answer> Answer::read(const SentFile& sent, const Source& source) {
  Answer answer(sent);
  AnswerReader reader(sent, answer);
  const auto head = read_message(source, reader);
  if (!head) return head.error();
  reader.end();
  return answer;
}

void Answer::each(
    const std::function<void(std::string_view, Money, Standing, const Reason&)>& call) const {
  for (std::uint32_t i = 0; i < sent_->size(); ++i)
    if (lines_[i].standing != Standing::unknown)
      call(sent_->end_to_end_id(i), sent_->amount(i), lines_[i].standing,
           reasons_[lines_[i].reason]);
}

FaultText text_of(HeldLine::Why why) {
  using Why = HeldLine::Why;
  switch (why) {
    case Why::unknown_payment:
      return {
          "the file has no payment with this id; ask the bank which payment it means",
          "le fichier n’a aucun paiement de cet identifiant; demandez à la banque de quel paiement "
          "il s’agit"};
    case Why::contradicted:
      return {"the bank says two things of this payment; ask it which holds",
              "la banque dit deux choses de ce paiement; demandez-lui laquelle vaut"};
    case Why::amount_differs:
      return {"the bank gives another amount than was sent; ask it what it paid",
              "la banque donne un autre montant que celui envoyé; demandez-lui ce qu’elle a payé"};
    case Why::currency:
      return {"the bank gives another currency than Canadian dollars; ask it what it paid",
              "la banque donne une autre monnaie que le dollar canadien; demandez-lui ce qu’elle a "
              "payé"};
    case Why::taken_for_duplicate:
      return {
          "the bank says that it has this payment already; ask it whether it was paid before "
          "anything is sent again",
          "la banque dit avoir déjà ce paiement; demandez-lui s’il a été payé avant tout nouvel "
          "envoi"};
    case Why::unknown_status:
      break;
  }
  return {"the bank gives a status that is not known; ask it what it means",
          "la banque donne un état qui n’est pas connu; demandez-lui ce qu’il signifie"};
}

}  // namespace guichet::bank
