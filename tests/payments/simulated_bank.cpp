#include "tests/payments/simulated_bank.h"

#include <pugixml.hpp>
#include <stdexcept>

namespace guichet::testing {
namespace {

/// 1234.50 in cents. The bank's own: amounts have two decimals or none.
std::int64_t cents_of(const std::string& amount) {
  const auto point = amount.find('.');
  if (point == std::string::npos) return std::stoll(amount) * 100;
  if (amount.size() - point != 3) throw std::runtime_error("not an amount: " + amount);
  return std::stoll(amount.substr(0, point) + amount.substr(point + 1));
}

std::string text_at(const pugi::xml_node& node, const char* path) {
  const auto found = node.select_node(path);
  if (!found) throw std::runtime_error(std::string("the file has no ") + path);
  return found.node().child_value();
}

}  // namespace

void SimulatedBank::book(Payment& payment, bool paid) {
  payment.paid = paid;
  const int sign = paid ? 1 : -1;
  debited_cents_ += sign * payment.cents;
  for (const auto& [credit, cents] : payment.parts) credits_[credit] += sign * cents;
}

std::string SimulatedBank::take(const std::filesystem::path& file, const Rejects& rejects) {
  pugi::xml_document document;
  if (!document.load_file(file.c_str())) return "it is no XML";
  std::string wrong;
  try {
    const pugi::xml_node root = document.child("Document").child("CstmrCdtTrfInitn");
    const pugi::xml_node batch = root.child("PmtInf");
    if (batch.next_sibling("PmtInf")) return "more than one batch";
    message_id_ = text_at(root, "GrpHdr/MsgId");
    batch_id_ = text_at(batch, "PmtInfId");
    if (!files_.insert(message_id_).second) return "this file came before: " + message_id_;
    const std::string month = text_at(batch, "ReqdExctnDt/Dt").substr(0, 7);
    last_.clear();
    std::int64_t sum = 0;
    for (const pugi::xml_node& line : batch.children("CdtTrfTxInf")) {
      Payment payment{.id = text_at(line, "PmtId/EndToEndId"),
                      .parts = {},
                      .cents = cents_of(text_at(line, "Amt/InstdAmt")),
                      .paid = false};
      const std::string account = text_at(line, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") + "/" +
                                  text_at(line, "CdtrAcct/Id/Othr/Id");
      std::int64_t parts = 0;
      for (const auto& part : line.select_nodes("RmtInf/Strd")) {
        const Credit credit{account, text_at(part.node(), "RfrdDocInf/Nb"),
                            text_at(part.node(), "RfrdDocInf/Tp/Issr"), month};
        const std::int64_t cents = cents_of(text_at(part.node(), "RfrdDocAmt/RmtdAmt"));
        payment.parts[credit] += cents;
        parts += cents;
      }
      if (parts != payment.cents) wrong += payment.id + " is not its parts; ";
      if (!ids_.insert(payment.id).second) wrong += payment.id + " came before; ";
      sum += payment.cents;
      last_.push_back(std::move(payment));
    }
    for (const pugi::xml_node& totals : {root.child("GrpHdr"), batch})
      if (std::stoull(text_at(totals, "NbOfTxs")) != last_.size() ||
          cents_of(text_at(totals, "CtrlSum")) != sum)
        wrong += std::string(totals.name()) + " counts otherwise than its payments; ";
  } catch (const std::exception& missing) {
    return missing.what();
  }
  for (Payment& payment : last_) {
    const bool rejected = rejects(payment.id);
    if (!rejected) book(payment, true);
    rejected_ += rejected ? 1 : 0;
  }
  return wrong;
}

std::string SimulatedBank::message(char kind, const std::vector<const Payment*>& payments) const {
  std::string lines;
  for (const Payment* payment : payments)
    lines += "<TxInfAndSts><OrgnlEndToEndId>" + payment->id + "</OrgnlEndToEndId><TxSts>" +
             (payment->paid ? "ACSC" : "RJCT") + "</TxSts>" +
             (payment->paid ? "" : "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>") +
             "</TxInfAndSts>";
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document "
         "xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr>"
         "<MsgId>" +
         std::string(1, kind) + message_id_.substr(0, 34) +
         "</MsgId><CreDtTm>2025-07-01T12:00:00</CreDtTm></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>" +
         message_id_ +
         "</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
         "<OrgnlPmtInfAndSts><OrgnlPmtInfId>" +
         batch_id_ + "</OrgnlPmtInfId>" + lines +
         "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
}

std::string SimulatedBank::answer() const {
  std::vector<const Payment*> all;
  for (const Payment& payment : last_) all.push_back(&payment);
  return message('A', all);
}

std::string SimulatedBank::late_return() {
  for (Payment& payment : last_) {
    if (!payment.paid) continue;
    book(payment, false);
    ++rejected_;
    return message('R', {&payment});
  }
  throw std::runtime_error("the last file has no payment that was paid");
}

}  // namespace guichet::testing
