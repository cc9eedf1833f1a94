#include "adapters/bank/pain001.h"

#include <algorithm>
#include <chrono>
#include <string>

#include "adapters/bank/bank_text.h"
#include "adapters/bank/file_check.h"
#include "adapters/bank/identifiers.h"

namespace guichet::bank {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr std::size_t kLongestName = 140;  // Max140Text

/// Collects pieces of a document. Names of elements are ours; text is escaped.
class Xml {
 public:
  explicit Xml(const Sink& sink) : sink_(sink) { buffer_.reserve(kPiece + 4096); }

  Xml& raw(std::string_view markup) {
    buffer_ += markup;
    if (buffer_.size() >= kPiece) flush();
    return *this;
  }

  /// <name>text</name>
  Xml& element(std::string_view name, std::string_view text) {
    raw("<").raw(name).raw(">").text(text);
    return raw("</").raw(name).raw(">");
  }

  /// An amount in Canadian dollars. Never of a floating-point number.
  Xml& amount(std::string_view name, Money amount) {
    raw("<").raw(name).raw(R"( Ccy="CAD">)").raw(amount.to_string());
    return raw("</").raw(name).raw(">");
  }

  std::uint64_t flush() {
    if (!buffer_.empty()) sink_(buffer_);
    bytes_ += buffer_.size();
    buffer_.clear();
    return bytes_;
  }

 private:
  void text(std::string_view text) {
    for (const char c : text) {
      switch (c) {
        case '&':
          buffer_ += "&amp;";
          break;
        case '<':
          buffer_ += "&lt;";
          break;
        case '>':
          buffer_ += "&gt;";
          break;
        default:
          buffer_ += c;
      }
    }
  }

  const Sink& sink_;
  std::string buffer_;
  std::uint64_t bytes_ = 0;
};

std::string plain(std::string_view text, std::size_t most) {
  return std::string(cut(to_bank_text(text).value_or(std::string()), most));
}

/// A branch of a Canadian institution: ISO's code CACPA of the clearing system of Payments Canada,
/// and its routing number 0IIITTTTT.
void write_agent(Xml& xml, std::string_view name, const Account& account) {
  xml.raw("<").raw(name).raw(
      "><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CACPA</Cd></ClrSysId><MmbId>0");
  xml.raw(account.institution).raw(account.transit).raw("</MmbId></ClrSysMmbId></FinInstnId></");
  xml.raw(name).raw(">");
}

void write_account(Xml& xml, std::string_view name, const Account& account,
                   std::string_view currency) {
  xml.raw("<").raw(name).raw("><Id><Othr><Id>").raw(account.number).raw("</Id></Othr></Id>");
  xml.raw(currency).raw("</").raw(name).raw(">");
}

void write_group(Xml& xml, const FileHeader& header, const std::string& id, std::uint64_t count,
                 Money total) {
  xml.raw(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n"
      "<CstmrCdtTrfInitn>\n<GrpHdr>");
  xml.element("MsgId", id);
  xml.element("CreDtTm", to_string(std::chrono::floor<std::chrono::seconds>(header.created)));
  xml.element("NbOfTxs", std::to_string(count)).element("CtrlSum", total.to_string());
  xml.raw("<InitgPty>").element("Nm", plain(header.sender, kLongestName));
  if (!header.sender_id.empty())
    xml.raw("<Id><OrgId><Othr>")
        .element("Id", plain(header.sender_id, 35))
        .raw("</Othr></OrgId></Id>");
  xml.raw("</InitgPty></GrpHdr>\n");
}

void begin_batch(Xml& xml, const Batch& batch, const std::string& id) {
  xml.raw("<PmtInf>").element("PmtInfId", id);
  xml.raw("<PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>");
  xml.element("NbOfTxs", std::to_string(batch.count)).element("CtrlSum", batch.total.to_string());
  // Not urgent: a batch payment, over AFT. A payment of social security.
  xml.raw("<PmtTpInf><SvcLvl><Cd>NURG</Cd></SvcLvl><CtgyPurp><Cd>SSBE</Cd></CtgyPurp></PmtTpInf>");
  xml.raw("<ReqdExctnDt>").element("Dt", to_string(batch.date)).raw("</ReqdExctnDt>");
  xml.raw("<Dbtr>").element("Nm", plain(batch.debtor.name, kLongestName)).raw("</Dbtr>");
  write_account(xml, "DbtrAcct", batch.debtor.account, "<Ccy>CAD</Ccy>");
  write_agent(xml, "DbtrAgt", batch.debtor.account);
  xml.raw("<ChrgBr>SHAR</ChrgBr>\n");
}

/// What a program puts in: its government and id for machines, its name in both languages for
/// people.
void write_part(Xml& xml, const Part& part) {
  xml.raw("<Strd><RfrdDocInf><Tp><CdOrPrtry><Prtry>PROGRAM</Prtry></CdOrPrtry>");
  xml.element("Issr", plain(part.government, 35)).raw("</Tp>");
  xml.element("Nb", plain(part.program, 35)).raw("</RfrdDocInf><RfrdDocAmt>");
  if (part.amount > Money())
    xml.amount("RmtdAmt", part.amount);
  else
    xml.amount("CdtNoteAmt", Money() - part.amount);  // taken back: amounts have no sign
  xml.raw("</RfrdDocAmt>");
  for (const std::string* name : {&part.name_en, &part.name_fr}) {
    const std::string text = plain(*name, kLongestName);
    if (!text.empty()) xml.element("AddtlRmtInf", text);
  }
  xml.raw("</Strd>");
}

void write_payment(Xml& xml, const Payment& payment) {
  xml.raw("<CdtTrfTxInf><PmtId>").element("EndToEndId", payment.end_to_end_id).raw("</PmtId><Amt>");
  xml.amount("InstdAmt", payment.amount).raw("</Amt>");
  write_agent(xml, "CdtrAgt", payment.account);
  xml.raw("<Cdtr>").element("Nm", plain(payment.payee_name, kLongestName)).raw("</Cdtr>");
  write_account(xml, "CdtrAcct", payment.account, {});
  xml.raw("<RmtInf>");
  for (const Part& part : payment.parts) write_part(xml, part);
  xml.raw("</RmtInf></CdtTrfTxInf>\n");
}

}  // namespace

Result<FileTotals> write_pain001(const FileHeader& header, const std::vector<Batch>& batches,
                                 const NextPayment& next, const Sink& sink) {
  auto totals = check_file(header, batches);
  if (!totals) return totals;
  Xml xml(sink);
  const std::string id = message_id(header.run, header.number);
  write_group(xml, header, id, totals->payments, totals->total);
  Payment payment;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    begin_batch(xml, batches[i], id + "-" + std::to_string(i + 1));
    BatchCheck check(batches[i]);
    while (!check.full()) {
      if (!next(payment)) break;
      if (auto fault = check.add(payment)) return *fault;
      write_payment(xml, payment);
    }
    if (auto fault = check.finish()) return *fault;
    xml.raw("</PmtInf>\n");
  }
  if (next(payment)) return Failure{"there are more payments than the batches say"};
  xml.raw("</CstmrCdtTrfInitn>\n</Document>\n");
  totals->bytes = xml.flush();
  return totals;
}

}  // namespace guichet::bank
