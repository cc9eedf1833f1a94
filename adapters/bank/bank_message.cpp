#include "adapters/bank/bank_message.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "adapters/bank/message_text.h"
#include "adapters/bank/xml_reader.h"
#include "eventlog/descriptor.h"

namespace guichet::bank {
namespace {

constexpr std::size_t kLongestReason = 500;  // what is kept of several texts

/// Where a text goes. Of an element that only holds others: that it begins or ends.
enum class Field {
  head_id,
  head_original,
  head_original_version,
  head_count,
  head_total,
  head_total_again,
  head_status,
  head_code,
  head_text,
  batch,
  batch_id,
  batch_count,
  batch_total,
  batch_status,
  batch_code,
  batch_text,
  entry,
  entry_amount,
  entry_side,
  entry_status,
  entry_date,
  entry_reference,
  entry_reversal,
  line,
  line_id,
  line_original,
  line_status,
  line_amount,
  line_amount_else,
  line_side,
  line_date,
  line_reference,
  line_returned,
  line_code,
  line_text,
};

using Fields = std::unordered_map<std::string_view, Field>;

/// What is read of each message, by the path of its element; the rest is passed over.
const Fields& fields_of(MessageKind kind) {
  static const Fields initiation = {
      {"/Document/CstmrCdtTrfInitn/GrpHdr/MsgId", Field::head_id},
      {"/Document/CstmrCdtTrfInitn/GrpHdr/NbOfTxs", Field::head_count},
      {"/Document/CstmrCdtTrfInitn/GrpHdr/CtrlSum", Field::head_total},
      {"/Document/CstmrCdtTrfInitn/PmtInf", Field::batch},
      {"/Document/CstmrCdtTrfInitn/PmtInf/PmtInfId", Field::batch_id},
      {"/Document/CstmrCdtTrfInitn/PmtInf/NbOfTxs", Field::batch_count},
      {"/Document/CstmrCdtTrfInitn/PmtInf/CtrlSum", Field::batch_total},
      {"/Document/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf", Field::line},
      {"/Document/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/PmtId/EndToEndId", Field::line_id},
      {"/Document/CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf/Amt/InstdAmt", Field::line_amount},
  };
  static const Fields status_report = {
      {"/Document/CstmrPmtStsRpt/GrpHdr/MsgId", Field::head_id},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlMsgId", Field::head_original},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlMsgNmId", Field::head_original_version},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlNbOfTxs", Field::head_count},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/OrgnlCtrlSum", Field::head_total},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/GrpSts", Field::head_status},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/StsRsnInf/Rsn/Cd", Field::head_code},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/StsRsnInf/Rsn/Prtry", Field::head_code},
      {"/Document/CstmrPmtStsRpt/OrgnlGrpInfAndSts/StsRsnInf/AddtlInf", Field::head_text},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts", Field::batch},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/OrgnlPmtInfId", Field::batch_id},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/OrgnlNbOfTxs", Field::batch_count},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/OrgnlCtrlSum", Field::batch_total},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/PmtInfSts", Field::batch_status},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/StsRsnInf/Rsn/Cd", Field::batch_code},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/StsRsnInf/Rsn/Prtry", Field::batch_code},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/StsRsnInf/AddtlInf", Field::batch_text},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts", Field::line},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/OrgnlEndToEndId", Field::line_id},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/TxSts", Field::line_status},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/AcctSvcrRef", Field::line_reference},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Cd", Field::line_code},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/Rsn/Prtry",
       Field::line_code},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/StsRsnInf/AddtlInf",
       Field::line_text},
      {"/Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts/OrgnlTxRef/Amt/InstdAmt",
       Field::line_amount},
  };
  static const Fields notification = {
      {"/Document/BkToCstmrDbtCdtNtfctn/GrpHdr/MsgId", Field::head_id},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry", Field::entry},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/Amt", Field::entry_amount},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/CdtDbtInd", Field::entry_side},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/RvslInd", Field::entry_reversal},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/Sts", Field::entry_status},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/Sts/Cd", Field::entry_status},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/BookgDt/Dt", Field::entry_date},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/BookgDt/DtTm", Field::entry_date},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/AcctSvcrRef", Field::entry_reference},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls", Field::line},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/Refs/MsgId",
       Field::line_original},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/Refs/EndToEndId",
       Field::line_id},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/Refs/AcctSvcrRef",
       Field::line_reference},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/Amt", Field::line_amount},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt",
       Field::line_amount_else},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/CdtDbtInd", Field::line_side},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/RtrInf", Field::line_returned},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/RtrInf/Rsn/Cd",
       Field::line_code},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/RtrInf/Rsn/Prtry",
       Field::line_code},
      {"/Document/BkToCstmrDbtCdtNtfctn/Ntfctn/Ntry/NtryDtls/TxDtls/RtrInf/AddtlInf",
       Field::line_text},
  };
  static const Fields payment_return = {
      {"/Document/PmtRtr/GrpHdr/MsgId", Field::head_id},
      {"/Document/PmtRtr/GrpHdr/NbOfTxs", Field::head_count},
      {"/Document/PmtRtr/GrpHdr/CtrlSum", Field::head_total},
      {"/Document/PmtRtr/GrpHdr/TtlRtrdIntrBkSttlmAmt", Field::head_total_again},
      {"/Document/PmtRtr/OrgnlGrpInf/OrgnlMsgId", Field::head_original},
      {"/Document/PmtRtr/OrgnlGrpInf/OrgnlMsgNmId", Field::head_original_version},
      {"/Document/PmtRtr/TxInf", Field::line},
      {"/Document/PmtRtr/TxInf/RtrId", Field::line_reference},
      {"/Document/PmtRtr/TxInf/OrgnlGrpInf/OrgnlMsgId", Field::line_original},
      {"/Document/PmtRtr/TxInf/OrgnlEndToEndId", Field::line_id},
      {"/Document/PmtRtr/TxInf/RtrdIntrBkSttlmAmt", Field::line_amount},
      {"/Document/PmtRtr/TxInf/IntrBkSttlmDt", Field::line_date},
      {"/Document/PmtRtr/TxInf/RtrRsnInf/Rsn/Cd", Field::line_code},
      {"/Document/PmtRtr/TxInf/RtrRsnInf/Rsn/Prtry", Field::line_code},
      {"/Document/PmtRtr/TxInf/RtrRsnInf/AddtlInf", Field::line_text},
  };
  switch (kind) {
    case MessageKind::initiation:
      return initiation;
    case MessageKind::status_report:
      return status_report;
    case MessageKind::notification:
      return notification;
    case MessageKind::payment_return:
      break;
  }
  return payment_return;
}

/// The kinds and versions that are read: those whose elements stand where fields_of() says.
struct Known {
  std::string_view message;
  MessageKind kind;
  int first, last;
};
constexpr std::array<Known, 4> kKnown = {{
    {"pain.001.001.", MessageKind::initiation, 9, 9},
    {"pain.002.001.", MessageKind::status_report, 3, 15},
    {"camt.054.001.", MessageKind::notification, 2, 14},
    {"pacs.004.001.", MessageKind::payment_return, 2, 14},
}};

class MessageReader : public XmlHandler {
 public:
  explicit MessageReader(MessageHandler& handler) : handler_(handler) {}

  std::optional<Failure> document(std::string_view name_space) override {
    constexpr std::string_view kIso = "urn:iso:std:iso:20022:tech:xsd:";
    if (name_space.starts_with(kIso)) name_space.remove_prefix(kIso.size());
    for (const Known& known : kKnown) {
      if (!name_space.starts_with(known.message)) continue;
      const auto version = parse_count(name_space.substr(known.message.size()));
      if (name_space.size() != known.message.size() + 2 || !version ||
          *version < static_cast<std::uint64_t>(known.first) ||
          *version > static_cast<std::uint64_t>(known.last))
        break;
      head_.kind = known.kind;
      head_.version = name_space;
      fields_ = &fields_of(known.kind);
      return {};
    }
    return Failure{
        "it is none of pain.002.001.03 to .15, camt.054.001.02 to .14, pacs.004.001.02 to "
        ".14"};
  }

  std::optional<Failure> begin(std::string_view path, std::string_view currency) override {
    currency_ = currency;
    const auto field = fields_->find(path);
    if (field == fields_->end()) return {};
    switch (field->second) {
      case Field::batch:
        batch_ = MessageBatch();
        batch_open_ = true;
        return give_head();
      case Field::entry:
        entry_ = Entry();
        entry_.line.booked = false;
        return give_head();
      case Field::line:
        line_ = MessageLine();
        if (++lines_ > kMessageLimits.lines)
          return Failure{"it has more than " + std::to_string(kMessageLimits.lines) + " lines"};
        if (auto failure = give_head()) return failure;
        return give_batch();
      case Field::line_returned:
        line_.returned = true;
        return {};
      default:
        return {};
    }
  }

  std::optional<Failure> end(std::string_view path, std::string_view text) override {
    if (path.size() == std::string_view("/Document").size()) return give_head();
    const auto field = fields_->find(path);
    if (field == fields_->end()) return {};
    return take(field->second, text);
  }

  const MessageHead& head() const { return head_; }

 private:
  struct Entry {
    MessageLine line;  // what its transactions share
    std::uint64_t lines = 0;
    Money sum;           // of the lines' own amounts
    bool whole = true;   // each line has one, on the side of the entry
    bool alone = false;  // its only line has the entry's
  };

  std::optional<Failure> give_head() {
    if (std::exchange(head_given_, true)) return {};
    if (head_.message_id.empty()) return Failure{"it has no id (GrpHdr/MsgId)"};
    if (total_again_ && head_.total && *total_again_ != *head_.total)
      return Failure{"its two control sums differ"};
    if (total_again_) head_.total = total_again_;
    return handler_.head(head_);
  }

  std::optional<Failure> give_batch() {
    if (!std::exchange(batch_open_, false)) return {};
    return handler_.batch(batch_);
  }

  std::optional<Failure> take(Field field, std::string_view text) {
    switch (field) {
      case Field::head_id:
        return of_head(head_.message_id, text);
      case Field::head_original:
        return of_head(head_.original_message_id, text);
      case Field::head_original_version:
        return of_head(head_.original_version, text);
      case Field::head_count:
        return of_head(head_.count, parse_count(text), "a count");
      case Field::head_total:
        return of_head(head_.total, parse_amount(text), "a control sum");
      case Field::head_total_again:
        return of_head(total_again_, parse_amount(text), "a sum");
      case Field::head_status:
        return of_head(head_.status, text);
      case Field::head_code:
        return first_code(head_.reason, text);
      case Field::head_text:
        return add_text(head_.reason, text);
      case Field::batch:
        return give_batch();
      case Field::batch_id:
        return of_batch(batch_.id, text);
      case Field::batch_count:
        return of_batch(batch_.count, parse_count(text), "a count");
      case Field::batch_total:
        return of_batch(batch_.total, parse_amount(text), "a control sum");
      case Field::batch_status:
        return of_batch(batch_.status, text);
      case Field::batch_code:
        return first_code(batch_.reason, text);
      case Field::batch_text:
        return add_text(batch_.reason, text);
      case Field::entry:
        return end_entry();
      case Field::entry_amount:
        return amount(entry_.line, text);
      case Field::entry_side:
        return side(entry_.line, text);
      case Field::entry_status:
        if (!text.empty()) entry_.line.booked = text == "BOOK";
        return {};
      case Field::entry_date:
        return date(entry_.line, text);
      case Field::entry_reference:
        return once(entry_.line.reference, text);
      case Field::entry_reversal:
        entry_.line.returned = text == "true" || text == "1";
        return {};
      case Field::line:
        return end_line();
      case Field::line_id:
        return once(line_.end_to_end_id, text);
      case Field::line_original:
        return once(line_.original_message_id, text);
      case Field::line_status:
        return once(line_.status, text);
      case Field::line_amount:
        return amount(line_, text);
      case Field::line_amount_else:
        return line_.amount ? std::nullopt : amount(line_, text);
      case Field::line_side:
        has_side_ = true;
        return side(line_, text);
      case Field::line_date:
        return date(line_, text);
      case Field::line_reference:
        return once(line_.reference, text);
      case Field::line_returned:
        return {};
      case Field::line_code:
        return first_code(line_.reason, text);
      case Field::line_text:
        return add_text(line_.reason, text);
    }
    return {};
  }

  std::optional<Failure> end_line() {
    if (head_.kind != MessageKind::notification) {
      if (head_.kind == MessageKind::payment_return) line_.returned = true;
      return handler_.line(line_);
    }
    ++entry_.lines;
    const MessageLine& entry = entry_.line;
    if (!std::exchange(has_side_, false)) line_.credit = entry.credit;
    if (entry_.alone || (!line_.amount && entry_.lines > 1))
      return Failure{"of several payments of an entry, one has no amount of its own"};
    if (!line_.amount) {
      entry_.alone = true;
      line_.amount = entry.amount;
      line_.currency = entry.currency;
    }
    if (!line_.amount || line_.credit != entry.credit || line_.currency != entry.currency)
      entry_.whole = false;
    else if (!add(entry_.sum, *line_.amount))
      return Failure{"an entry adds up to more than there is"};
    if (!line_.date) line_.date = entry.date;
    if (line_.reference.empty()) line_.reference = entry.reference;
    line_.booked = entry.booked;
    line_.returned = line_.returned || entry.returned;
    return handler_.line(line_);
  }

  std::optional<Failure> end_entry() {
    if (entry_.lines == 0) return handler_.line(entry_.line);
    if (entry_.whole && entry_.line.amount && entry_.sum != *entry_.line.amount)
      return Failure{"the payments of an entry add up to " + entry_.sum.to_string() +
                     ", and the entry says " + entry_.line.amount->to_string()};
    return {};
  }

  std::optional<Failure> of_head(std::string& to, std::string_view text) {
    if (head_given_) return Failure{"its head stands twice, or after what it heads"};
    return once(to, text);
  }

  template <class T>
  std::optional<Failure> of_head(std::optional<T>& to, std::optional<T> value, const char* what) {
    if (head_given_) return Failure{"its head stands twice, or after what it heads"};
    return once(to, value, what);
  }

  std::optional<Failure> of_batch(std::string& to, std::string_view text) {
    if (!batch_open_) return Failure{"the head of a batch stands after its payments"};
    return once(to, text);
  }

  template <class T>
  std::optional<Failure> of_batch(std::optional<T>& to, std::optional<T> value, const char* what) {
    if (!batch_open_) return Failure{"the head of a batch stands after its payments"};
    return once(to, value, what);
  }

  static std::optional<Failure> once(std::string& to, std::string_view text) {
    if (!to.empty()) return Failure{"a field stands twice in one place"};
    if (text.size() > kLongestId) return Failure{"an id or code is too long"};
    to = text;
    return {};
  }

  template <class T>
  static std::optional<Failure> once(std::optional<T>& to, std::optional<T> value,
                                     const char* what) {
    if (to) return Failure{"a field stands twice in one place"};
    if (!value) return Failure{std::string(what) + " is not one"};
    to = value;
    return {};
  }

  std::optional<Failure> amount(MessageLine& line, std::string_view text) {
    line.currency = currency_;
    return once(line.amount, parse_amount(text), "an amount");
  }

  static std::optional<Failure> date(MessageLine& line, std::string_view text) {
    return once(line.date, parse_date(text), "a date");
  }

  static std::optional<Failure> side(MessageLine& line, std::string_view text) {
    if (text != "CRDT" && text != "DBIT") return Failure{"CdtDbtInd is neither CRDT nor DBIT"};
    line.credit = text == "CRDT";
    return {};
  }

  static std::optional<Failure> first_code(Reason& reason, std::string_view text) {
    if (reason.code.empty()) reason.code = text.substr(0, kLongestId);
    return {};
  }

  static std::optional<Failure> add_text(Reason& reason, std::string_view text) {
    if (reason.text.size() >= kLongestReason) return {};
    if (!reason.text.empty()) reason.text += ' ';
    reason.text += text;
    std::size_t size = std::min(reason.text.size(), kLongestReason);
    while (size < reason.text.size() && (reason.text[size] & 0xC0) == 0x80)
      --size;  // a whole letter
    reason.text.resize(size);
    return {};
  }

  static constexpr std::size_t kLongestId = 140;

  MessageHandler& handler_;
  const Fields* fields_ = nullptr;
  std::string currency_;  // of the element that began last
  MessageHead head_;
  std::optional<Money> total_again_;
  bool head_given_ = false, batch_open_ = false, has_side_ = false;
  MessageBatch batch_;
  Entry entry_;
  MessageLine line_;
  std::uint64_t lines_ = 0;
};

}  // namespace

Source read_file(const std::filesystem::path& path) {
  // O_NONBLOCK: should the name stand for a pipe, do not wait for its other end.
  const auto fd = std::make_shared<eventlog::Descriptor>(
      ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (fd->get() < 0 || ::fstat(fd->get(), &status) != 0)
    eventlog::throw_errno("cannot open " + path.string());
  if (!S_ISREG(status.st_mode))
    throw std::system_error(EINVAL, std::generic_category(), path.string() + " is no regular file");
  return [fd, path](char* to, std::size_t size) {
    while (true) {
      const ssize_t n = ::read(fd->get(), to, size);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) eventlog::throw_errno("cannot read " + path.string());
    }
  };
}

Source read_text(std::string_view bytes) {
  return [bytes](char* to, std::size_t size) mutable {
    const std::size_t n = std::min(size, bytes.size());
    std::memcpy(to, bytes.data(), n);
    bytes.remove_prefix(n);
    return n;
  };
}

Result<MessageHead> read_message(const Source& source, MessageHandler& handler,
                                 std::uint64_t most_bytes) {
  MessageReader reader(handler);
  if (auto failure = read_xml(source, reader, most_bytes)) return *failure;
  return reader.head();
}

}  // namespace guichet::bank
