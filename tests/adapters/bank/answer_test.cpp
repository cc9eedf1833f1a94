#include "adapters/bank/answer.h"

#include <gmock/gmock.h>

#include <map>

#include "adapters/bank/reason_codes.h"
#include "tests/adapters/bank/answers.h"
#include "tests/adapters/bank/payments.h"

namespace guichet::bank {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using testing::Payments;
using testing::SaidLine;
using testing::StatusReport;
using testing::written;

class BankAnswer : public ::testing::Test {
 protected:
  StatusReport report() const { return StatusReport::of(sent_); }
  std::string id(std::uint32_t i) const { return std::string(sent_.end_to_end_id(i)); }
  Result<Answer> read(const StatusReport& report) const { return read(report.xml()); }
  Result<Answer> read(const std::string& xml) const { return Answer::read(sent_, read_text(xml)); }
  std::string refusal(const StatusReport& report) const {
    const auto answer = read(report);
    return answer ? "not refused" : answer.error().message;
  }
  /// The standing of each payment of which something was said.
  static std::map<std::string, Standing> standings(const Answer& answer) {
    std::map<std::string, Standing> map;
    answer.each([&](std::string_view id, Money, Standing standing, const Reason&) {
      map.emplace(id, standing);
    });
    return map;
  }

  const std::string file_ = written(Payments(20));
  const SentFile sent_ = SentFile::read(read_text(file_)).value();
};

TEST_F(BankAnswer, SaysWhichPaymentsAreAcceptedPendingAndRejected) {
  StatusReport said = report();
  said.status = "PART";
  said.batch_status = "PART";
  for (std::uint32_t i = 0; i < 20; ++i)
    said.lines.push_back({id(i),
                          i == 3   ? "RJCT"
                          : i == 4 ? "PDNG"
                          : i == 5 ? "ACSC"
                                   : "ACCP",
                          i == 3 ? "AC04" : "", sent_.amount(i).to_string()});
  for (const char* version :
       {"pain.002.001.03", "pain.002.001.10", "pain.002.001.11", "pain.002.001.12"}) {
    said.version = version;
    const auto answer = read(said);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->sum(Standing::accepted).count, 17u);
    EXPECT_EQ(answer->sum(Standing::rejected).count, 1u);
    EXPECT_EQ(answer->sum(Standing::rejected).total, sent_.amount(3));
    EXPECT_EQ(answer->sum(Standing::pending).count, 1u);
    EXPECT_EQ(answer->sum(Standing::settled).total, sent_.amount(5));
    Money all;
    answer->each([&](std::string_view payment, Money amount, Standing standing, const Reason& why) {
      all += amount;
      EXPECT_EQ(standing == Standing::rejected, payment == id(3));
      if (payment == id(3)) {
        EXPECT_EQ(why.code, "AC04");
        EXPECT_EQ(why.text, "told by the bank: AC04");
      }
    });
    EXPECT_EQ(all, sent_.total());
    EXPECT_TRUE(answer->held().empty());
  }
}

TEST_F(BankAnswer, ToAWholeFileIsThatOfEachPayment) {
  StatusReport said = report();
  said.status = "RJCT";
  said.reason = "FF01";
  said.batch.clear();
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->sum(Standing::rejected).count, 20u);
  EXPECT_EQ(answer->sum(Standing::rejected).total, sent_.total());
  answer->each(
      [](std::string_view, Money, Standing, const Reason& why) { EXPECT_EQ(why.code, "FF01"); });
}

TEST_F(BankAnswer, ThatTheBankHasTheFileAlreadyRejectsNobody) {
  StatusReport said = report();
  said.status = "RJCT";
  said.batch.clear();
  for (const char* code : {"DUPL", "DU01", "AM05"}) {
    said.reason = code;
    const auto answer = read(said);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->duplicate());
    EXPECT_EQ(answer->sum(Standing::unknown).count, 20u);
  }
}

TEST_F(BankAnswer, ThatAPaymentIsADuplicateIsForAPerson) {
  StatusReport said = report();
  said.status = "PART";
  said.lines = {{id(0), "RJCT", "AM05", ""}, {id(1), "RJCT", "AC04", ""}};
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->duplicate());
  EXPECT_THAT(answer->held(),
              ElementsAre(Field(&HeldLine::why, HeldLine::Why::taken_for_duplicate)));
  EXPECT_EQ(answer->sum(Standing::rejected).count, 1u);
}

TEST_F(BankAnswer, ToABatchIsThatOfItsOtherPayments) {
  StatusReport said = report();
  said.status = "PART";
  said.batch_status = "ACCP";
  said.lines = {{id(2), "ACSC", "", ""}};
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->sum(Standing::accepted).count, 19u);
  EXPECT_EQ(answer->sum(Standing::settled).count, 1u);
}

TEST_F(BankAnswer, SaysNothingOfPaymentsThatItDoesNotName) {
  StatusReport said = report();
  said.count = said.total = said.batch_count = said.batch_total = "";
  said.lines = {{id(7), "RJCT", "AC04", ""}};  // a later report, of one
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_THAT(standings(*answer), ElementsAre(std::pair(id(7), Standing::rejected)));
  EXPECT_EQ(answer->sum(Standing::unknown).count, 19u);
}

TEST_F(BankAnswer, ToAnotherFileIsRefusedWhole) {
  StatusReport said = report();
  said.original = "SOMEBODY-ELSES";
  EXPECT_THAT(refusal(said), HasSubstr("answers another file"));
}

TEST_F(BankAnswer, WithACountOrSumThatIsNotOursIsRefusedWhole) {
  for (const auto wrong : {&StatusReport::total, &StatusReport::batch_total}) {
    StatusReport said = report();
    said.lines = {{id(0), "ACCP", "", ""}};
    (said.*wrong) = (sent_.total() + Money::of_cents(1)).to_string();
    EXPECT_THAT(refusal(said), HasSubstr("control sum"));
    (said.*wrong) = "1e6";
    EXPECT_THAT(refusal(said), HasSubstr("is not one"));
  }
  for (const auto wrong : {&StatusReport::count, &StatusReport::batch_count}) {
    StatusReport said = report();
    (said.*wrong) = "21";
    EXPECT_NE(refusal(said), "not refused");
  }
  StatusReport said = report();
  said.total += "000";  // the same sum, written otherwise
  EXPECT_EQ(refusal(said), "not refused");
}

TEST_F(BankAnswer, ThatContradictsItselfAboutAWholeIsRefusedWhole) {
  StatusReport said = report();
  said.lines = {{id(0), "RJCT", "AC04", ""}};
  for (const char* accepted : {"ACCP", "ACSP", "ACSC", "ACTC", "PDNG"}) {
    said.status = accepted;
    EXPECT_THAT(refusal(said),
                HasSubstr("the file is accepted, and has a payment that is rejected"));
  }
  said.status = "PART";
  said.batch_status = "ACCP";
  EXPECT_THAT(refusal(said), HasSubstr("a batch is accepted"));
  said.status = "RJCT";
  EXPECT_THAT(refusal(said), HasSubstr("the file is rejected, and has a payment that is not"));
  said.batch_status = "";
  said.lines[0].status = "ACCP";
  EXPECT_THAT(refusal(said), HasSubstr("the file is rejected, and has a payment that is not"));
  said.status = "WHAT";
  EXPECT_THAT(refusal(said), HasSubstr("is not known"));
  said.status = "";
  said.batch = "NOT-OURS";
  EXPECT_THAT(refusal(said), HasSubstr("a batch that we did not send"));
}

TEST_F(BankAnswer, HoldsTheLinesThatCannotBeRightAndTakesTheOthers) {
  StatusReport said = report();
  said.lines = {{"GNOSUCHPAYMENT", "ACCP", "", ""},
                {id(0), "ACCP", "", "0.99"},
                {id(1), "ACCP", "", sent_.amount(1).to_string(), "USD"},
                {id(2), "ODD", "", ""},
                {id(3), "RJCT", "AC04", ""},
                {id(4), "ACCP", "", sent_.amount(4).to_string()}};
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->held(), ElementsAre(Field(&HeldLine::why, HeldLine::Why::unknown_payment),
                                          Field(&HeldLine::why, HeldLine::Why::amount_differs),
                                          Field(&HeldLine::why, HeldLine::Why::currency),
                                          Field(&HeldLine::why, HeldLine::Why::unknown_status)));
  EXPECT_EQ(answer->held()[1].said, "0.99");
  EXPECT_THAT(standings(*answer), ElementsAre(std::pair(id(3), Standing::rejected),
                                              std::pair(id(4), Standing::accepted)));
}

TEST_F(BankAnswer, HoldsAPaymentOfWhichItSaysTwoThings) {
  StatusReport said = report();
  said.lines = {{id(0), "ACCP", "", ""},
                {id(0), "RJCT", "AC04", ""},
                {id(0), "ACCP", "", ""},
                {id(1), "ACCP", "", ""},
                {id(1), "ACCP", "", ""}};
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->held(), ElementsAre(Field(&HeldLine::why, HeldLine::Why::contradicted),
                                          Field(&HeldLine::why, HeldLine::Why::contradicted)));
  EXPECT_THAT(standings(*answer), ElementsAre(std::pair(id(1), Standing::accepted)))
      << "said twice alike counts once";
}

TEST_F(BankAnswer, HoldsALineOfWhichTheBatchWouldSayMore) {
  StatusReport said = report();
  said.batch_status = "ACCP";
  said.lines = {{id(0), "ACCP", "", "0.99"}};
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_EQ(standings(*answer).count(id(0)), 0u);
  EXPECT_EQ(answer->sum(Standing::accepted).count, 19u);
}

TEST_F(BankAnswer, CountsTheHeldLinesBeyondThoseThatItKeeps) {
  StatusReport said = report();
  for (std::size_t i = 0; i < kMostHeldLines + 5; ++i)
    said.lines.push_back({"G" + std::to_string(i), "ACCP", "", ""});
  const auto answer = read(said);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->held().size(), kMostHeldLines);
  EXPECT_EQ(answer->held_count(), kMostHeldLines + 5);
}

TEST_F(BankAnswer, CutOffAnywhereIsRefusedWhole) {
  StatusReport said = report();
  said.status = "PART";
  for (std::uint32_t i = 0; i < 20; ++i) said.lines.push_back({id(i), "ACCP", "", ""});
  const std::string xml = said.xml();
  ASSERT_TRUE(read(xml));
  const std::size_t whole = xml.find("</Document>") + std::string_view("</Document>").size();
  for (std::size_t size = 0; size < whole; ++size) EXPECT_FALSE(read(xml.substr(0, size))) << size;
  EXPECT_THAT(read(xml.substr(0, whole / 2)).error().message, HasSubstr("ends early"));
}

TEST_F(BankAnswer, WithAHeadAfterItsLinesOrTwiceIsRefusedWhole) {
  StatusReport said = report();
  said.lines = {{id(0), "ACCP", "", ""}};
  const std::string xml = said.xml();
  const std::size_t end = xml.find("</CstmrPmtStsRpt>");
  for (const char* more : {"<OrgnlGrpInfAndSts><GrpSts>RJCT</GrpSts></OrgnlGrpInfAndSts>",
                           "<GrpHdr><MsgId>BANK-2</MsgId></GrpHdr>"})
    EXPECT_THAT(read(std::string(xml).insert(end, more)).error().message, HasSubstr("its head"));
  const std::size_t line = xml.find("<TxSts>");
  EXPECT_FALSE(read(std::string(xml).insert(line, "<TxSts>RJCT</TxSts>")));
  const std::size_t batch_end = xml.find("</OrgnlPmtInfAndSts>");
  EXPECT_FALSE(read(std::string(xml).insert(batch_end, "<PmtInfSts>RJCT</PmtInfSts>")));
}

TEST_F(BankAnswer, IsNotReadFromAnotherKindOfMessage) {
  EXPECT_FALSE(read(file_)) << "our own file";
  EXPECT_FALSE(read("<Document/>"));
  EXPECT_FALSE(read("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.02\"/>"));
  EXPECT_FALSE(read("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"/>"));
  EXPECT_FALSE(read("{}"));
  EXPECT_FALSE(read(""));
}

TEST(SentFile, HasWhatWasWritten) {
  const Payments payments(1000);
  const std::string file = written(payments);
  const SentFile sent = SentFile::read(read_text(file)).value();
  ASSERT_EQ(sent.size(), 1000u);
  EXPECT_EQ(sent.total(), payments.batches()[0].total);
  for (std::uint32_t i = 0; i < sent.size(); ++i) {
    const Payment payment = payments.payment(payments.order()[i]);
    EXPECT_EQ(sent.end_to_end_id(i), payment.end_to_end_id);
    EXPECT_EQ(sent.amount(i), payment.amount);
    EXPECT_EQ(sent.find(payment.end_to_end_id), i);
  }
  EXPECT_EQ(sent.find(""), std::nullopt);
  EXPECT_EQ(sent.find("Z"), std::nullopt);
}

/// Two batches: the payments of `first`, then those of `second`.
std::string written_in_two(const Payments& first, const Payments& second) {
  const NextPayment one = first.source(), other = second.source();
  return written(first.header(), {first.batches()[0], second.batches()[0]},
                 [&](Payment& payment) { return one(payment) || other(payment); });
}

TEST(SentFile, OfTwoBatchesHoldsALineThatStandsInTheOther) {
  const std::string file = written_in_two(Payments(5), Payments(7, "2026-01-20b"));
  const SentFile sent = SentFile::read(read_text(file)).value();
  ASSERT_EQ(sent.size(), 12u);
  EXPECT_EQ(sent.batch_of(4), 0u);
  EXPECT_EQ(sent.batch_of(5), 1u);
  StatusReport said = StatusReport::of(sent);
  said.lines = {{std::string(sent.end_to_end_id(0)), "ACCP", "", ""},
                {std::string(sent.end_to_end_id(5)), "ACCP", "", ""}};
  const auto answer = Answer::read(sent, read_text(said.xml()));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->sum(Standing::accepted).count, 1u);
  EXPECT_THAT(answer->held(), ElementsAre(Field(&HeldLine::why, HeldLine::Why::unknown_payment)));
}

TEST(SentFile, WithAPaymentInTwoBatchesIsNotRead) {
  EXPECT_FALSE(SentFile::read(read_text(written_in_two(Payments(5), Payments(5)))));
}

TEST(SentFile, IsNotReadWhereTheDiskChangedIt) {
  const std::string file = written(Payments(5));
  const auto changed = [&](const char* from, const char* to) {
    std::string other = file;
    const std::size_t at = other.rfind(from);
    EXPECT_NE(at, std::string::npos);
    return SentFile::read(read_text(other.replace(at, std::string_view(from).size(), to)));
  };
  EXPECT_TRUE(changed("CAD", "CAD"));
  EXPECT_FALSE(changed("<InstdAmt Ccy=\"CAD\">", "<InstdAmt Ccy=\"CAD\">1"));
  EXPECT_FALSE(changed("<EndToEndId>G", "<EndToEndId>0"));
  EXPECT_FALSE(changed("</PmtInf>", ""));
}

TEST(HeldLine, SaysWhatToDoInBothLanguages) {
  using Why = HeldLine::Why;
  for (const Why why : {Why::unknown_payment, Why::contradicted, Why::amount_differs,
                        Why::unknown_status, Why::currency, Why::taken_for_duplicate}) {
    EXPECT_FALSE(text_of(why).en.empty());
    EXPECT_NE(text_of(why).en, text_of(why).fr);
  }
}

TEST(ReasonCodes, AreExplainedInBothLanguages) {
  for (const char* code :
       {"AC01", "AC04", "AM04", "RC01", "MD07", "FF01", "DUPL", "AM05", "AM10"}) {
    const auto text = reason_text(code);
    ASSERT_TRUE(text) << code;
    EXPECT_FALSE(text->en.empty());
    EXPECT_NE(text->en, text->fr);
  }
  EXPECT_FALSE(reason_text("XX99"));
  EXPECT_TRUE(needs_new_account("AC04"));
  EXPECT_FALSE(needs_new_account("AM04"));
  EXPECT_FALSE(needs_new_account("XX99"));
}

}  // namespace
}  // namespace guichet::bank
