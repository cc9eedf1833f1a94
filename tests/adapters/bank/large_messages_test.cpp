// Two gigabytes of anything from a bank: refused after so many bytes or lines, in bounded memory.

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "adapters/bank/answer.h"
#include "adapters/bank/movements.h"
#include "tests/adapters/bank/answers.h"
#include "tests/adapters/bank/payments.h"

namespace guichet::bank {
namespace {

using ::testing::HasSubstr;
using testing::Payments;
using testing::written;

constexpr std::uint64_t kTwoGigabytes = 2'000'000'000;

long memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

/// `before`, then `again` over and over, to two gigabytes.
class Large {
 public:
  Large(std::string before, const std::string& again) : text_(std::move(before)) {
    while (again_.size() < 256 * 1024) again_ += again;
  }
  std::size_t operator()(char* to, std::size_t size) {
    if (given_ >= kTwoGigabytes) return 0;
    if (at_ == text_.size()) {
      text_ = again_;
      at_ = 0;
    }
    const std::size_t n = std::min(size, text_.size() - at_);
    std::memcpy(to, text_.data() + at_, n);
    at_ += n;
    given_ += n;
    return n;
  }

 private:
  std::string text_, again_;
  std::size_t at_ = 0;
  std::uint64_t given_ = 0;
};

class LargeBankMessage : public ::testing::Test {
 protected:
  LargeBankMessage() {
    testing::StatusReport report = testing::StatusReport::of(sent_);
    report.lines = {{"G1", "ACCP", "", ""}};
    const std::string xml = report.xml();
    const std::size_t line = xml.find("<TxInfAndSts>"), end = xml.find("</OrgnlPmtInfAndSts>");
    head_ = xml.substr(0, line);
    line_ = xml.substr(line, end - line);
  }
  std::string refusal(const std::string& before, const std::string& again) const {
    const auto answer = Answer::read(sent_, Large(before, again));
    return answer ? "not refused" : answer.error().message;
  }

  const std::string file_ = written(Payments(20));
  const SentFile sent_ = SentFile::read(read_text(file_)).value();
  std::string head_, line_;
  const long before_ = memory_mib();
};

TEST_F(LargeBankMessage, OfLinesIsRefusedAtTheMostThatAreRead) {
  EXPECT_THAT(refusal(head_, line_), HasSubstr("more than 2000000 lines"));
  EXPECT_LT(memory_mib() - before_, 16);
}

TEST_F(LargeBankMessage, OfSpaceAndOtherElementsIsRefusedAtTheMostBytes) {
  EXPECT_THAT(refusal(head_, std::string(4096, ' ') + "<X>" + std::string(4096, 'x') + "</X>"),
              HasSubstr("larger than 1073741824 bytes"));
  EXPECT_LT(memory_mib() - before_, 16);
}

TEST_F(LargeBankMessage, OfMovementsIsRefusedAtTheMostThatAreRead) {
  const auto read = Movements::read(
      Large("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09\"><PmtRtr><GrpHdr>"
            "<MsgId>R</MsgId></GrpHdr>",
            "<TxInf><OrgnlEndToEndId>G1</OrgnlEndToEndId><RtrdIntrBkSttlmAmt Ccy=\"CAD\">1.00"
            "</RtrdIntrBkSttlmAmt></TxInf>"));
  EXPECT_THAT(read.error().message, HasSubstr("more than 2000000 lines"));
  EXPECT_LT(memory_mib() - before_, 300) << "two million of them";
}

}  // namespace
}  // namespace guichet::bank
