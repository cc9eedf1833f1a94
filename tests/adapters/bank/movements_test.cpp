#include "adapters/bank/movements.h"

#include <gmock/gmock.h>

#include "adapters/bank/message_text.h"
#include "tests/adapters/bank/payments.h"

namespace guichet::bank {
namespace {

using ::testing::HasSubstr;
using testing::Payments;
using testing::written;

std::string document(const std::string& version, const std::string& inside) {
  return "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:" + version + "\">" + inside +
         "</Document>";
}

std::string return_of(const std::string& id, const std::string& amount) {
  return "<TxInf><RtrId>R-" + id + "</RtrId><OrgnlEndToEndId>" + id +
         "</OrgnlEndToEndId><OrgnlIntrBkSttlmAmt Ccy=\"CAD\">441.00</OrgnlIntrBkSttlmAmt>"
         "<RtrdIntrBkSttlmAmt Ccy=\"CAD\">" +
         amount +
         "</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-01-23</IntrBkSttlmDt><RtrRsnInf><Rsn><Cd>AC04</"
         "Cd>"
         "</Rsn></RtrRsnInf></TxInf>";
}

std::string returns(const std::string& count, const std::string& sum, const std::string& lines) {
  return document("pacs.004.001.09",
                  "<PmtRtr><GrpHdr><MsgId>RTR-1</MsgId><NbOfTxs>" + count + "</NbOfTxs><CtrlSum>" +
                      sum + "</CtrlSum><TtlRtrdIntrBkSttlmAmt Ccy=\"CAD\">" + sum +
                      "</TtlRtrdIntrBkSttlmAmt></GrpHdr><OrgnlGrpInf><OrgnlMsgId>F-1</OrgnlMsgId>"
                      "</OrgnlGrpInf>" +
                      lines + "</PmtRtr>");
}

std::string entry(const std::string& amount, const std::string& side, const std::string& details,
                  const std::string& status = "<Sts><Cd>BOOK</Cd></Sts>") {
  return "<Ntry><Amt Ccy=\"CAD\">" + amount + "</Amt><CdtDbtInd>" + side + "</CdtDbtInd>" + status +
         "<BookgDt><Dt>2026-01-20</Dt></BookgDt><AcctSvcrRef>REF</AcctSvcrRef>" + details +
         "</Ntry>";
}

std::string details(const std::string& id, const std::string& amount,
                    const std::string& more = "") {
  return "<TxDtls><Refs><MsgId>F-1</MsgId><EndToEndId>" + id +
         "</EndToEndId></Refs><Amt Ccy=\"CAD\">" + amount + "</Amt>" + more + "</TxDtls>";
}

std::string notification(const std::string& entries,
                         const std::string& version = "camt.054.001.08") {
  return document(version, "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N-1</MsgId></GrpHdr><Ntfctn>" +
                               entries + "</Ntfctn></BkToCstmrDbtCdtNtfctn>");
}

TEST(BankReturns, SayWhatCameBackWhenAndWhy) {
  const auto read = Movements::read(
      read_text(returns("2", "450.00", return_of("G1", "441.00") + return_of("G2", "9.00"))));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  const Movement one = (*read)[0];
  EXPECT_TRUE(one.returned);
  EXPECT_EQ(one.original_message_id, "F-1");
  EXPECT_EQ(one.end_to_end_id, "G1");
  EXPECT_EQ(one.amount, Money::of_cents(44'100));
  EXPECT_EQ(to_string(one.date.value()), "2026-01-23");
  EXPECT_EQ(one.reason.code, "AC04");
  EXPECT_EQ(one.reference, "R-G1");
}

TEST(BankReturns, WithAWrongCountOrSumAreRefusedWhole) {
  const std::string lines = return_of("G1", "441.00");
  EXPECT_TRUE(Movements::read(read_text(returns("1", "441.00", lines))));
  EXPECT_THAT(Movements::read(read_text(returns("2", "441.00", lines))).error().message,
              HasSubstr("payments, and has 1"));
  EXPECT_THAT(Movements::read(read_text(returns("1", "441.01", lines))).error().message,
              HasSubstr("control sum is 441.01"));
}

TEST(BankReturns, ThatAddUpToMoreThanThereIsAreRefused) {
  std::string lines;
  const std::string most(12, '9');
  for (int i = 0; i < 100'000; ++i) lines += return_of("G", most);
  EXPECT_THAT(Movements::read(read_text(returns("100000", "1.00", lines))).error().message,
              HasSubstr("more than there is"));
}

TEST(BankNotification, SaysWhatWasBookedAndWhatCameBack) {
  const auto read = Movements::read(read_text(notification(
      entry("50.00", "DBIT",
            "<NtryDtls>" + details("G1", "20.00") + details("G2", "30.00") + "</NtryDtls>") +
      entry("20.00", "CRDT",
            "<NtryDtls>" + details("G1", "20.00", "<RtrInf><Rsn><Cd>MD07</Cd></Rsn></RtrInf>") +
                "</NtryDtls>") +
      entry("7.00", "CRDT", "<NtryDtls>" + details("THEIRS", "7.00") + "</NtryDtls>") +
      entry("3.00", "DBIT", "") +
      entry("1.00", "DBIT", "<NtryDtls>" + details("G3", "1.00") + "</NtryDtls>",
            "<Sts><Cd>PDNG</Cd></Sts>"))));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 3u);
  EXPECT_FALSE((*read)[0].returned);
  EXPECT_EQ((*read)[1].end_to_end_id, "G2");
  EXPECT_EQ((*read)[1].amount, Money::of_cents(3000));
  EXPECT_TRUE((*read)[2].returned);
  EXPECT_EQ((*read)[2].reason.code, "MD07");
  EXPECT_EQ(read->others(), 3u) << "money from others, a fee, what is only announced";
}

TEST(BankNotification, OfTheFirstVersionsIsReadAlike) {
  const auto read = Movements::read(read_text(notification(
      entry("20.00", "DBIT",
            "<NtryDtls><TxDtls><Refs><EndToEndId>G1</EndToEndId></Refs><AmtDtls><TxAmt>"
            "<Amt Ccy=\"CAD\">20.00</Amt></TxAmt></AmtDtls></TxDtls></NtryDtls>",
            "<Sts>BOOK</Sts>"),
      "camt.054.001.02")));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ((*read)[0].amount, Money::of_cents(2000));
}

TEST(BankNotification, OfAnEntryWithOnePaymentGivesItTheEntrysAmount) {
  const std::string bare = "<TxDtls><Refs><EndToEndId>G1</EndToEndId></Refs></TxDtls>";
  const auto one = Movements::read(
      read_text(notification(entry("20.00", "DBIT", "<NtryDtls>" + bare + "</NtryDtls>"))));
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ((*one)[0].amount, Money::of_cents(2000));
  for (const std::string& two :
       {bare + bare, details("G2", "1.00") + bare, bare + details("G2", "1.00")})
    EXPECT_THAT(Movements::read(read_text(notification(
                                    entry("20.00", "DBIT", "<NtryDtls>" + two + "</NtryDtls>"))))
                    .error()
                    .message,
                HasSubstr("no amount of its own"));
}

TEST(BankNotification, ThatDoesNotSayBookedSettlesNothing) {
  const auto read = Movements::read(read_text(notification(
      entry("1.00", "DBIT", "<NtryDtls>" + details("G3", "1.00") + "</NtryDtls>", ""))));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 0u);
}

TEST(BankNotification, WhoseEntryIsNotTheSumOfItsPaymentsIsRefused) {
  EXPECT_THAT(
      Movements::read(read_text(notification(entry("51.00", "DBIT",
                                                   "<NtryDtls>" + details("G1", "20.00") +
                                                       details("G2", "30.00") + "</NtryDtls>"))))
          .error()
          .message,
      HasSubstr("the entry says 51.00"));
}

TEST(BankMovement, IsHeldAgainstTheFileThatItIsOf) {
  const std::string file = written(Payments(5));
  const SentFile sent = SentFile::read(read_text(file)).value();
  Movement movement;
  movement.end_to_end_id = sent.end_to_end_id(2);
  movement.amount = sent.amount(2);
  EXPECT_EQ(check_movement(sent, movement), MovementFault::none);
  movement.original_message_id = sent.message_id();
  EXPECT_EQ(check_movement(sent, movement), MovementFault::none);
  movement.amount += Money::of_cents(1);
  EXPECT_EQ(check_movement(sent, movement), MovementFault::amount_differs);
  movement.end_to_end_id = "G";
  EXPECT_EQ(check_movement(sent, movement), MovementFault::unknown_payment);
}

TEST(BankAmount, IsReadAsBanksWriteIt) {
  for (const char* text : {"441", "441.0", "441.00", "000441.00000"})
    EXPECT_EQ(parse_amount(text), Money::of_cents(44'100)) << text;
  EXPECT_EQ(parse_amount("0.01"), Money::of_cents(1));
  for (const char* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,00", "0.001", "1 0", "NaN",
                           "1000000000000", "0x1", "1.00.0"})
    EXPECT_EQ(parse_amount(text), std::nullopt) << text;
  EXPECT_EQ(parse_count("12"), 12u);
  EXPECT_EQ(parse_count("1234567890123456"), std::nullopt);
  EXPECT_EQ(parse_date("2026-02-29"), std::nullopt);
  EXPECT_TRUE(parse_date("2026-01-20T14:03:22Z"));
  EXPECT_FALSE(parse_date("2026-01-20 14:03"));
}

}  // namespace
}  // namespace guichet::bank
