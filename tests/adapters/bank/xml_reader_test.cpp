// XML from outside: whatever comes, memory stays what it was, and a refusal says why.

#include "adapters/bank/xml_reader.h"

#include <gmock/gmock.h>
#include <malloc.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "adapters/bank/bank_message.h"

namespace guichet::bank {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Seen : public XmlHandler {
 public:
  std::vector<std::string> ends;
  std::optional<Failure> document(std::string_view) override { return {}; }
  std::optional<Failure> begin(std::string_view, std::string_view) override { return {}; }
  std::optional<Failure> end(std::string_view path, std::string_view text) override {
    if (ends.size() < 100) ends.push_back(std::string(path) + "=" + std::string(text));
    return {};
  }
};

std::string refusal(const Source& source) {
  Seen seen;
  const auto failure = read_xml(source, seen);
  return failure ? failure->message : "not refused";
}
std::string refusal(std::string_view xml) {
  return refusal(read_text(xml));
}

/// `before`, then `again` for ever.
Source endless(std::string before, std::string again) {
  return [text = std::move(before), again = std::move(again)](char* to, std::size_t size) mutable {
    while (text.size() < size) {
      std::string more;
      while (more.size() < size) more += again;
      text += more;
    }
    std::memcpy(to, text.data(), size);
    text.erase(0, size);
    return size;
  };
}

TEST(BankXml, IsReadWithItsPathsAndTexts) {
  Seen seen;
  ASSERT_FALSE(read_xml(read_text("<?xml version=\"1.0\"?>\n<a xmlns=\"u\"><!-- c --><b> x &amp; "
                                  "<![CDATA[<y>]]>&#233; </b><c/></a>\n"),
                        seen));
  EXPECT_THAT(seen.ends, ElementsAre("/a/b=x & <y>é", "/a/c=", "/a="));
}

TEST(BankXml, PassesOverElementsOfAnotherNamespace) {
  Seen seen;
  ASSERT_FALSE(read_xml(
      read_text("<a xmlns=\"u\"><x xmlns=\"v\"><b xmlns=\"u\">1</b>2</x><b>3</b></a>"), seen));
  EXPECT_THAT(seen.ends, ElementsAre("/a/b=3", "/a="));
}

TEST(BankXml, WithADocumentTypeOrEntitiesIsRefused) {
  EXPECT_THAT(refusal("<!DOCTYPE a><a/>"), HasSubstr("document type"));
  EXPECT_THAT(refusal("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>"),
              HasSubstr("document type"));
  std::string laughs = "<!DOCTYPE a [<!ENTITY l0 \"lol\">";
  for (int i = 1; i < 10; ++i) {
    laughs += "<!ENTITY l" + std::to_string(i) + " \"";
    for (int k = 0; k < 10; ++k) laughs += "&l" + std::to_string(i - 1) + ";";
    laughs += "\">";
  }
  EXPECT_THAT(refusal(laughs + "]><a>&l9;</a>"), HasSubstr("document type"));
  EXPECT_THAT(refusal("<a>&x;</a>"), HasSubstr("not well-formed"));
}

TEST(BankXml, ThatIsNotWellFormedIsRefused) {
  EXPECT_THAT(refusal("<a><b></a>"), HasSubstr("not well-formed"));
  EXPECT_THAT(refusal("<a/><a/>"), HasSubstr("not well-formed"));
  EXPECT_THAT(refusal("<a>\x01</a>"), HasSubstr("not well-formed"));
  EXPECT_THAT(refusal("<a>\xFF</a>"), HasSubstr("not well-formed"));
  EXPECT_THAT(refusal("<a b=\"1\" b=\"2\"/>"), HasSubstr("not well-formed"));
  EXPECT_THAT(refusal("<a"), HasSubstr("ends early"));
  EXPECT_THAT(refusal("<a>"), HasSubstr("ends early"));
  EXPECT_THAT(refusal(""), HasSubstr("ends early"));
}

TEST(BankXml, DeeperOrLongerThanAnyMessageIsRefusedInBoundedMemory) {
  struct Case {
    std::string before, again, refusal;
  };
  for (const auto& [before, again, reason] :
       {Case{"", "<a>", "deeper than"}, Case{"<r xmlns=\"u\">", "<x xmlns=\"v\">", "deeper than"},
        Case{"<a>", "text ", "text is longer"}, Case{"<a><!--", "comment ", "tag or comment"},
        Case{"<a ", "b", "tag or comment"}, Case{"<a b=\"", "value ", "tag or comment"},
        Case{"<a><?p ", "instruction ", "tag or comment"},
        Case{"<a><![CDATA[", "data ", "text is longer"}, Case{"<", "n", "tag or comment"}}) {
    std::size_t first = 0, most = 0;
    const Source measured = [&, source = endless(before, again)](char* to, std::size_t size) {
      const struct mallinfo2 now = mallinfo2();
      most = std::max(most, now.uordblks + now.hblkhd);
      if (first == 0) first = most;
      return source(to, size);
    };
    EXPECT_THAT(refusal(measured), HasSubstr(reason)) << before;
    EXPECT_LT(most, first + (1 << 20)) << before;
  }
}

TEST(BankXml, WithMoreNamesThanAnyMessageIsRefused) {
  std::string elements = "<a>", attributes = "<a>", prefixes = "<a>";
  for (int i = 0; i < 10'000; ++i) {
    const std::string n = std::to_string(i);
    elements += "<n" + n + "/>";
    attributes += "<b c" + n + "=\"\"/>";
    prefixes += "<b xmlns:p" + n + "=\"u\"/>";
  }
  for (const std::string& xml : {elements, attributes, prefixes})
    EXPECT_THAT(refusal(xml), HasSubstr("more names"));
}

TEST(BankXml, IsNotReadFromAPipeOrAFolder) {
  EXPECT_THROW(read_file("/dev/null"), std::system_error);
  EXPECT_THROW(read_file("/tmp"), std::system_error);
  EXPECT_THROW(read_file("/no/such/file"), std::system_error);
}

TEST(BankXml, WhoseSourceBreaksThrowsItOn) {
  Seen seen;
  EXPECT_THROW(
      (void)read_xml([](char*, std::size_t) -> std::size_t { throw std::runtime_error("disk"); },
                     seen),
      std::runtime_error);
}

}  // namespace
}  // namespace guichet::bank
