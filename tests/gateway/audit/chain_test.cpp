#include "gateway/audit/chain.h"

#include <gmock/gmock.h>

#include "guichet/v1/audit.pb.h"

namespace guichet::audit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ChainFault::Kind;

/// A chain of entries as their bytes.
std::vector<std::string> chain(const std::string& name, int entries) {
  std::vector<std::string> bytes;
  for (int number = 1; number <= entries; ++number) {
    v1::AuditEntry entry;
    entry.set_chain(name);
    entry.set_number(static_cast<std::uint64_t>(number));
    if (!bytes.empty()) entry.set_previous(digest_of(bytes.back()));
    entry.set_call("read_application");
    entry.add_applications("application " + std::to_string(number));
    bytes.push_back(entry.SerializeAsString());
  }
  return bytes;
}

std::vector<std::pair<Kind, std::uint64_t>> faults_of(const std::vector<std::string>& entries,
                                                      const Heads& before = {}) {
  ChainCheck check(before);
  for (const std::string& entry : entries) check.add(entry);
  check.finish();
  std::vector<std::pair<Kind, std::uint64_t>> faults;
  for (const ChainFault& fault : check.faults()) faults.emplace_back(fault.kind, fault.number);
  EXPECT_EQ(check.fault_count(), faults.size());
  return faults;
}

Heads heads_of(const std::vector<std::string>& entries) {
  ChainCheck check;
  for (const std::string& entry : entries) check.add(entry);
  return check.heads();
}

TEST(ChainCheck, TakesWholeChainsThatComeBetweenOneAnother) {
  const auto a = chain("a", 3);
  const auto b = chain("b", 2);
  ChainCheck check;
  for (const std::string& entry : {a[0], b[0], a[1], a[2], b[1]}) check.add(entry);
  check.finish();
  EXPECT_THAT(check.faults(), IsEmpty());
  EXPECT_EQ(check.entries(), 5U);
  EXPECT_EQ(check.heads().at("a").number, 3U);
  EXPECT_EQ(check.heads().at("a").digest, digest_of(a[2]));
}

TEST(ChainCheck, FindsAnEntryThatWasChanged) {
  auto entries = chain("a", 4);
  v1::AuditEntry changed;
  ASSERT_TRUE(changed.ParseFromString(entries[1]));
  changed.set_applications(0, "another");
  entries[1] = changed.SerializeAsString();
  EXPECT_THAT(faults_of(entries), ElementsAre(std::pair(Kind::broken, 3U)));
}

TEST(ChainCheck, FindsAnEntryThatIsGone) {
  auto entries = chain("a", 4);
  entries.erase(entries.begin() + 1);
  EXPECT_THAT(faults_of(entries), ElementsAre(std::pair(Kind::missing, 3U)));
  entries.erase(entries.begin());
  EXPECT_EQ(faults_of(entries).front(), std::pair(Kind::missing, std::uint64_t{3}))
      << "a beginning that is gone";
}

TEST(ChainCheck, FindsAnEntryThatWasPutInAndOneThatComesTwice) {
  auto entries = chain("a", 3);
  entries.insert(entries.begin() + 1, entries[0]);
  EXPECT_THAT(faults_of(entries), testing::Contains(std::pair(Kind::missing, 1U)));
}

TEST(ChainCheck, FindsEntriesThatChangedPlaces) {
  auto entries = chain("a", 4);
  std::swap(entries[1], entries[2]);
  EXPECT_FALSE(faults_of(entries).empty());
}

TEST(ChainCheck, FindsWhatIsNoEntry) {
  for (const std::string& bad : {std::string(), std::string("\xFF\xFF"), std::string("text")})
    EXPECT_THAT(faults_of({bad}), ElementsAre(std::pair(Kind::unreadable, 0U)));
}

// Whoever can write everything can write a whole new chain: only what is kept elsewhere tells.
TEST(ChainCheck, FindsByEarlierHeadsWhatAChainItselfCannotTell) {
  const auto whole = chain("a", 4);
  const Heads before = heads_of(whole);
  EXPECT_THAT(faults_of(whole, before), IsEmpty());
  auto longer = chain("a", 6);
  EXPECT_THAT(faults_of(longer, before), IsEmpty());
  EXPECT_THAT(faults_of({whole[0], whole[1]}, before), ElementsAre(std::pair(Kind::cut_short, 4U)));
  EXPECT_THAT(faults_of({}, before), ElementsAre(std::pair(Kind::cut_short, 4U)));
  std::vector<std::string> other;
  for (std::string entry : whole) {
    v1::AuditEntry changed;
    ASSERT_TRUE(changed.ParseFromString(entry));
    changed.set_call("screen");
    changed.set_previous(other.empty() ? "" : digest_of(other.back()));
    other.push_back(changed.SerializeAsString());
  }
  EXPECT_THAT(faults_of(other), IsEmpty());
  EXPECT_THAT(faults_of(other, before), ElementsAre(std::pair(Kind::changed, 4U)));
}

TEST(ChainCheck, KeepsNoMoreFaultsThanABound) {
  ChainCheck check;
  for (int i = 0; i < 250; ++i) check.add("");
  EXPECT_EQ(check.faults().size(), ChainCheck::kMaxFaults);
  EXPECT_EQ(check.fault_count(), 250U);
}

}  // namespace
}  // namespace guichet::audit
