#include "gateway/identity/certificate_table.h"

#include <gmock/gmock.h>

namespace guichet::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Instant kUntil = Instant(std::chrono::seconds(1'800'000'000));

constexpr std::string_view kTable = R"({"clients": [
  {"name": "dns:payroll.example.ca", "subject": "payroll", "roles": ["partner"], "programs": ["nb-ctb"]},
  {"name": "subject:CN=van,O=Service", "subject": "van", "roles": ["clerk"], "desk": "van-1"}]})";

std::string wrong(std::string_view text) {
  const auto table = CertificateTable::read(text);
  return table ? "" : table.error().message;
}

std::string entry(std::string_view members) {
  return R"({"clients": [{"name": "dns:a", "subject": "a", )" + std::string(members) + "}]}";
}

TEST(CertificateTable, SaysWhoACertificateIsOf) {
  const auto table = CertificateTable::read(kTable);
  ASSERT_TRUE(table) << table.error().message;
  const auto payroll = table->find({{"subject:CN=x", "dns:payroll.example.ca"}, kUntil});
  ASSERT_TRUE(payroll);
  EXPECT_EQ(payroll->subject, "payroll");
  EXPECT_THAT(payroll->roles, ElementsAre("partner"));
  EXPECT_THAT(payroll->programs, ElementsAre("nb-ctb"));
  EXPECT_EQ(payroll->known_by, KnownBy::certificate);
  EXPECT_EQ(payroll->until, kUntil);
  EXPECT_EQ(table->find({{"subject:CN=van,O=Service"}, kUntil})->desk, "van-1");
}

TEST(CertificateTable, TakesNamesLetterByLetterAndOfTheirKind) {
  const auto table = CertificateTable::read(kTable);
  for (const char* other :
       {"dns:Payroll.example.ca", "dns:example.ca", "dns:x.payroll.example.ca",
        "uri:payroll.example.ca", "subject:CN=payroll.example.ca", "payroll.example.ca", ""})
    EXPECT_FALSE(table->find({{other}, kUntil})) << other;
  EXPECT_FALSE(table->find({{}, kUntil}));
}

TEST(CertificateTable, OfTwoEntriesIsNeither) {
  const auto table = CertificateTable::read(kTable);
  EXPECT_FALSE(table->find({{"dns:payroll.example.ca", "subject:CN=van,O=Service"}, kUntil}));
}

TEST(CertificateTable, IsRefusedWithWhatIsWrong) {
  for (const char* none : {"", "[]", "{}", R"({"clients": {}})", R"({"clients": [], "more": 1})",
                           R"({"clients": [], "clients": []})"})
    EXPECT_THAT(wrong(none), HasSubstr("not a table")) << none;
  EXPECT_EQ(wrong(R"({"clients": []})"), "");
  EXPECT_THAT(wrong(R"({"clients": [1]})"), HasSubstr("clients[0]"));
  EXPECT_THAT(wrong(R"({"clients": [{"name": "a", "subject": "a"}]})"), HasSubstr("dns:"));
  EXPECT_THAT(wrong(R"({"clients": [{"name": "dns:a"}]})"), HasSubstr("subject"));
  EXPECT_THAT(wrong(entry(R"("roles": ["owner"])")), HasSubstr("roles")) << "no owner by a file";
  EXPECT_THAT(wrong(entry(R"("role": ["clerk"])")), HasSubstr("nothing else"));
  EXPECT_THAT(wrong(entry(R"("desk": "a b")")), HasSubstr("desk"));
  EXPECT_THAT(wrong(entry(R"("programs": [1])")), HasSubstr("programs"));
  EXPECT_THAT(wrong(R"({"clients": [{"name": "dns:a", "subject": "a"},
                                    {"name": "dns:a", "subject": "b"}]})"),
              HasSubstr("twice"));
}

TEST(CertificateTable, IsBounded) {
  const auto of = [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i)
      text +=
          (i > 0 ? "," : "") + (R"({"name": "dns:)" + std::to_string(i)) + R"(", "subject": "a"})";
    return R"({"clients": [)" + text + "]}";
  };
  EXPECT_EQ(wrong(of(kMaxCertificateClients)), "");
  EXPECT_THAT(wrong(of(kMaxCertificateClients + 1)), HasSubstr("more than"));
}

}  // namespace
}  // namespace guichet::identity
