#include "tests/adapters/bank/answers.h"

namespace guichet::bank::testing {
namespace {

std::string element(const std::string& name, const std::string& text) {
  return text.empty() ? "" : "<" + name + ">" + text + "</" + name + ">";
}

std::string reason_of(const std::string& code) {
  if (code.empty()) return "";
  return "<StsRsnInf><Rsn>" + element("Cd", code) + "</Rsn><AddtlInf>told by the bank: " + code +
         "</AddtlInf></StsRsnInf>";
}

}  // namespace

StatusReport StatusReport::of(const SentFile& sent) {
  StatusReport report;
  report.original = sent.message_id();
  report.count = std::to_string(sent.size());
  report.total = sent.total().to_string();
  report.batch = sent.batches()[0].id;
  report.batch_count = std::to_string(sent.batches()[0].count);
  report.batch_total = sent.batches()[0].total.to_string();
  return report;
}

std::string StatusReport::xml() const {
  std::string xml = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                    "\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:" +
                    version + "\"><CstmrPmtStsRpt>\n<GrpHdr>" + element("MsgId", message_id) +
                    "<CreDtTm>2026-01-20T14:03:22Z</CreDtTm></GrpHdr>\n<OrgnlGrpInfAndSts>" +
                    element("OrgnlMsgId", original) +
                    "<OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>" +
                    element("OrgnlNbOfTxs", count) + element("OrgnlCtrlSum", total) +
                    element("GrpSts", status) + reason_of(reason) + "</OrgnlGrpInfAndSts>\n";
  if (!batch.empty()) {
    xml += "<OrgnlPmtInfAndSts>" + element("OrgnlPmtInfId", batch) +
           element("OrgnlNbOfTxs", batch_count) + element("OrgnlCtrlSum", batch_total) +
           element("PmtInfSts", batch_status);
    for (const SaidLine& line : lines) {
      xml += "\n<TxInfAndSts>" + element("OrgnlEndToEndId", line.end_to_end_id) +
             element("TxSts", line.status) + reason_of(line.reason);
      if (!line.amount.empty())
        xml += "<OrgnlTxRef><Amt><InstdAmt Ccy=\"" + line.currency + "\">" + line.amount +
               "</InstdAmt></Amt></OrgnlTxRef>";
      xml += "</TxInfAndSts>";
    }
    xml += "</OrgnlPmtInfAndSts>\n";
  }
  return xml + "</CstmrPmtStsRpt></Document>\n";
}

}  // namespace guichet::bank::testing
