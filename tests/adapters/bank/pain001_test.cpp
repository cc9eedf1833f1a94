#include "adapters/bank/pain001.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "adapters/bank/bank_text.h"
#include "adapters/bank/identifiers.h"
#include "adapters/bank/payment_check.h"
#include "tests/adapters/bank/payments.h"

namespace guichet::bank {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Payments;
using testing::written;

Result<FileTotals> write(const Payments& payments, const std::vector<Batch>& batches,
                         const NextPayment& next) {
  return write_pain001(payments.header(), batches, next, [](std::string_view) {});
}

/// One payment, changed by `change`, in a file of its own.
template <class Change>
Result<FileTotals> write_changed(const Change& change) {
  const Payments payments(1);
  Payment payment = payments.payment(0);
  change(payment);
  bool given = false;
  return write(payments, payments.batches(), [&](Payment& to) {
    to = payment;
    return !std::exchange(given, true);
  });
}

TEST(CreditTransferFile, HasTheControlSumAndCountOfItsPayments) {
  const Payments payments(1000);
  std::int64_t cents = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) cents += payments.amount(i).cents();
  const std::string file = written(payments);
  const std::string sums =
      "<NbOfTxs>1000</NbOfTxs><CtrlSum>" + Money::of_cents(cents).to_string() + "</CtrlSum>";
  const std::size_t group = file.find(sums);
  ASSERT_NE(group, std::string::npos);
  EXPECT_NE(file.find(sums, group + 1), std::string::npos) << "of the batch";
}

TEST(CreditTransferFile, HasTheSameBytesEachTimeAndOtherBytesForAnotherNumber) {
  const Payments payments(300);
  EXPECT_EQ(written(payments), written(payments));
  FileHeader second = payments.header();
  second.number = 2;
  EXPECT_NE(written(payments), written(second, payments.batches(), payments.source()));
}

// The bytes of a file are part of what is promised: a change of them needs a reason.
TEST(CreditTransferFile, OfOnePaymentReadsLikeThis) {
  EXPECT_EQ(written(Payments(1)),
            R"(<?xml version="1.0" encoding="UTF-8"?>
)"
            R"(<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
)"
            R"(<CstmrCdtTrfInitn>
)"
            R"(<GrpHdr><MsgId>F48KZ7P9D21T44913Z1X6TRR5HX-1</MsgId><CreDtTm>2026-01-16T14:03:22Z)"
            R"(</CreDtTm><NbOfTxs>1</NbOfTxs><CtrlSum>0.01</CtrlSum><InitgPty>)"
            R"(<Nm>Service Nouveau-Brunswick</Nm><Id><OrgId><Othr><Id>8090012300</Id></Othr>)"
            R"(</OrgId></Id></InitgPty></GrpHdr>
)"
            R"(<PmtInf><PmtInfId>F48KZ7P9D21T44913Z1X6TRR5HX-1-1</PmtInfId><PmtMtd>TRF</PmtMtd>)"
            R"(<BtchBookg>true</BtchBookg><NbOfTxs>1</NbOfTxs><CtrlSum>0.01</CtrlSum><PmtTpInf>)"
            R"(<SvcLvl><Cd>NURG</Cd></SvcLvl><CtgyPurp><Cd>SSBE</Cd></CtgyPurp></PmtTpInf>)"
            R"(<ReqdExctnDt><Dt>2026-01-20</Dt></ReqdExctnDt><Dbtr><Nm>Service Nouveau-Brunswick)"
            R"(</Nm></Dbtr><DbtrAcct><Id><Othr><Id>9876543</Id></Othr></Id><Ccy>CAD</Ccy>)"
            R"(</DbtrAcct><DbtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CACPA</Cd></ClrSysId>)"
            R"(<MmbId>000100042</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt><ChrgBr>SHAR</ChrgBr>
)"
            R"(<CdtTrfTxInf><PmtId><EndToEndId>G41BRFDVMY5Q0X26RNCWVKY55PN</EndToEndId></PmtId>)"
            R"(<Amt><InstdAmt Ccy="CAD">0.01</InstdAmt></Amt><CdtrAgt><FinInstnId><ClrSysMmbId>)"
            R"(<ClrSysId><Cd>CACPA</Cd></ClrSysId><MmbId>000100000</MmbId></ClrSysMmbId>)"
            R"(</FinInstnId></CdtrAgt><Cdtr><Nm>Marie Cormier</Nm></Cdtr><CdtrAcct><Id><Othr>)"
            R"(<Id>1000000</Id></Othr></Id></CdtrAcct><RmtInf><Strd><RfrdDocInf><Tp><CdOrPrtry>)"
            R"(<Prtry>PROGRAM</Prtry></CdOrPrtry><Issr>CA</Issr></Tp><Nb>ca-ccb</Nb></RfrdDocInf>)"
            R"(<RfrdDocAmt><RmtdAmt Ccy="CAD">0.01</RmtdAmt></RfrdDocAmt>)"
            R"(<AddtlRmtInf>Canada child benefit</AddtlRmtInf>)"
            R"(<AddtlRmtInf>Allocation canadienne pour enfants</AddtlRmtInf></Strd></RmtInf>)"
            R"(</CdtTrfTxInf>
)"
            R"(</PmtInf>
)"
            R"(</CstmrCdtTrfInitn>
)"
            R"(</Document>
)");
}

TEST(CreditTransferFile, NamesTheAccountByRoutingNumberAndAccount) {
  const std::string file = written(Payments(1));
  EXPECT_THAT(file,
              HasSubstr("<CdtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CACPA</Cd></ClrSysId>"
                        "<MmbId>000100000</MmbId></ClrSysMmbId></FinInstnId></CdtrAgt>"));
  EXPECT_THAT(file, HasSubstr("<CdtrAcct><Id><Othr><Id>1000000</Id></Othr></Id></CdtrAcct>"));
}

TEST(CreditTransferFile, SaysWhichGovernmentPaysWhichPartAndWhatIsTakenBack) {
  const Payments payments(1);
  Payment payment = payments.payment(0);
  payment.amount = Money::of_cents(60'000);
  payment.parts = {{"ca-ccb", "CA", "Canada child benefit", "Allocation canadienne pour enfants",
                    Money::of_cents(66'641)},
                   {"nb-ctb", "NB", "New Brunswick child tax benefit",
                    "Prestation fiscale pour enfants du N.-B.", Money::of_cents(-6'641)}};
  Batch batch = payments.batches()[0];
  batch.total = payment.amount;
  bool given = false;
  const std::string file = written(payments.header(), {batch}, [&](Payment& to) {
    to = payment;
    return !std::exchange(given, true);
  });
  EXPECT_THAT(file, HasSubstr("<Issr>CA</Issr></Tp><Nb>ca-ccb</Nb></RfrdDocInf><RfrdDocAmt>"
                              "<RmtdAmt Ccy=\"CAD\">666.41</RmtdAmt></RfrdDocAmt>"
                              "<AddtlRmtInf>Canada child benefit</AddtlRmtInf>"
                              "<AddtlRmtInf>Allocation canadienne pour enfants</AddtlRmtInf>"));
  EXPECT_THAT(file, HasSubstr("<Nb>nb-ctb</Nb></RfrdDocInf><RfrdDocAmt>"
                              "<CdtNoteAmt Ccy=\"CAD\">66.41</CdtNoteAmt></RfrdDocAmt>"));
  EXPECT_THAT(file, HasSubstr("<InstdAmt Ccy=\"CAD\">600.00</InstdAmt>"));
}

TEST(CreditTransferFile, IsNotMadeWhereThePaymentsAreNotThoseOfTheBatch) {
  const Payments payments(10);
  std::vector<Batch> batches = payments.batches();
  batches[0].count = 11;
  EXPECT_THAT(write(payments, batches, payments.source()).error().message,
              HasSubstr("10 payments where the batch says 11"));
  batches[0].count = 9;
  EXPECT_FALSE(write(payments, batches, payments.source()));
  batches = payments.batches();
  batches[0].total += Money::of_cents(1);
  EXPECT_THAT(write(payments, batches, payments.source()).error().message, HasSubstr("add up to"));
  EXPECT_TRUE(write(payments, payments.batches(), payments.source()));
}

TEST(CreditTransferFile, IsNotMadeWhereAPaymentStandsTwiceOrOutOfOrder) {
  const Payments payments(2);
  for (const bool twice : {true, false}) {
    std::vector<Batch> batches = payments.batches();
    if (twice)
      batches[0].total =
          payments.amount(payments.order()[0]) + payments.amount(payments.order()[0]);
    std::size_t at = 0;
    const auto result = write(payments, batches, [&](Payment& to) {
      to = payments.payment(payments.order()[twice ? 0 : 1 - at % 2]);
      return at++ < 2;
    });
    EXPECT_THAT(result.error().message, HasSubstr("stands twice, or not in the order"));
  }
}

TEST(CreditTransferFile, IsNotMadeWithAPaymentThatABankWouldNotTake) {
  EXPECT_TRUE(write_changed([](Payment&) {}));
  EXPECT_FALSE(write_changed([](Payment& p) { p.payee_name = "ᓄᓇᕗᑦ"; }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.payee_name = "  "; }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.payee_name = "\xC3("; }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.account.institution = "01"; }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.account.transit = "1234a"; }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.account.number = "1234567890123"; }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.parts.clear(); }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.parts[0].amount += Money::of_cents(1); }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.parts[0].government.clear(); }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.amount = p.parts[0].amount = Money(); }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.end_to_end_id = std::string(36, 'G'); }));
  EXPECT_FALSE(write_changed([](Payment& p) { p.end_to_end_id = "<b>"; }));
}

TEST(CreditTransferFile, RefusesAHeaderThatCannotNameAFile) {
  const Payments payments(1);
  const auto refused = [&](auto change) {
    FileHeader header = payments.header();
    change(header);
    return !write_pain001(header, payments.batches(), payments.source(), [](std::string_view) {});
  };
  EXPECT_TRUE(refused([](FileHeader& h) { h.run = "../../etc/passwd"; }));
  EXPECT_TRUE(refused([](FileHeader& h) { h.run = ""; }));
  EXPECT_TRUE(refused([](FileHeader& h) { h.number = 0; }));
  EXPECT_TRUE(refused([](FileHeader& h) { h.number = 10'000; }));
  EXPECT_TRUE(refused([](FileHeader& h) { h.sender = "省"; }));
}

TEST(BankText, WritesNamesInTheLettersThatBanksTake) {
  EXPECT_EQ(to_bank_text("Zoë Lévesque-Nguyễn"), "Zoe Levesque-Nguyen");
  EXPECT_EQ(to_bank_text("Étienne D’Amours, Œuvres"), "Etienne D'Amours, OEuvres");
  EXPECT_EQ(to_bank_text("Łukasz Grüß Ærø Đặng Þór"), "Lukasz Gruss AEro Dang THor");
  EXPECT_EQ(to_bank_text("Sahaiʔa"), "Sahai'a");
  EXPECT_EQ(to_bank_text("Zoe\u0308  Le\u0301vesque"), "Zoe Levesque") << "marks after letters";
  EXPECT_EQ(to_bank_text(" A & B\n<C> «D» "), "A + B .C. .D.");
  EXPECT_EQ(to_bank_text("//a/b"), "--a-b");
}

TEST(BankText, RefusesWhatItCannotWrite) {
  EXPECT_FALSE(to_bank_text("ᓄᓇᕗᑦ"));
  EXPECT_FALSE(to_bank_text("Анна"));
  EXPECT_FALSE(to_bank_text("省"));
  EXPECT_FALSE(to_bank_text("\xFF"));
  EXPECT_FALSE(to_bank_text("\xC0\xAF")) << "overlong";
  EXPECT_FALSE(to_bank_text("\xE2\x82")) << "cut off";
  EXPECT_FALSE(to_bank_text("\xED\xA0\x80")) << "half of a pair";
}

TEST(BankText, NeverHasACharacterThatABankRefuses) {
  for (char32_t c = 1; c < 0x3000; ++c) {
    std::string utf8;
    if (c < 0x80)
      utf8 = {static_cast<char>(c)};
    else if (c < 0x800)
      utf8 = {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 63))};
    else
      utf8 = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 63)),
              static_cast<char>(0x80 | (c & 63))};
    const auto text = to_bank_text("a" + utf8 + "z");
    if (!text) continue;
    EXPECT_EQ(
        text->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-?:(),.'+ "),
        std::string::npos)
        << std::hex << static_cast<unsigned>(c);
  }
}

TEST(Identifiers, AreOfTheirMeaningAndFitIso20022) {
  EXPECT_EQ(end_to_end_id("2026-01-20", "c_1"), end_to_end_id("2026-01-20", "c_1"));
  EXPECT_NE(end_to_end_id("2026-01-20", "c_1"), end_to_end_id("2026-01-21", "c_1"));
  EXPECT_NE(end_to_end_id("2026-01-20", "c_1"), end_to_end_id("2026-01-20", "c_1", 2));
  EXPECT_NE(end_to_end_id("a", "bc"), end_to_end_id("ab", "c"));
  EXPECT_LE(end_to_end_id("2026-01-20", "c_1", 999'999).size(), 35u);
  EXPECT_LE(message_id("2026-01-20", kMostFilesOfARun).size() + 3, 35u)
      << "with the number of a batch";
  EXPECT_EQ(end_to_end_id("2026-01-20", "c_1"), "G25K80VVM74AJT76VQWJJQ2KK11")
      << "the same on every machine, for ever";
}

TEST(PaymentFault, SaysWhatToDoInBothLanguages) {
  for (const auto fault :
       {PaymentFault::name_missing, PaymentFault::name_not_latin, PaymentFault::account,
        PaymentFault::amount, PaymentFault::parts, PaymentFault::identifier}) {
    EXPECT_FALSE(text_of(fault).en.empty());
    EXPECT_FALSE(text_of(fault).fr.empty());
    EXPECT_NE(text_of(fault).en, text_of(fault).fr);
  }
}

}  // namespace
}  // namespace guichet::bank
