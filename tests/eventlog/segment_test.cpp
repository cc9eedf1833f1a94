#include "eventlog/sqlite/segment.h"

#include <gtest/gtest.h>

namespace guichet::eventlog {
namespace {

std::vector<Record> read(std::string_view bytes, std::uint64_t first) {
  std::vector<Record> records;
  for_each_record(bytes, first, 0, "topic", 0, [&](Record&& record) {
    records.push_back(std::move(record));
    return true;
  });
  return records;
}

Segment sealed(std::uint64_t records, const std::string& payload) {
  Segment segment;
  for (std::uint64_t i = 0; i < records; ++i) {
    Record record;
    record.position = 7 + 3 * i;
    record.header.set_key("key " + std::to_string(i));
    record.payload = payload;
    segment.add(record);
  }
  segment.seal(0);
  return segment;
}

TEST(Segment, OfRecordsThatAreAlikeIsStoredInATenth) {
  const std::string payload = "{\"name\":\"Ontario Child Benefit\",\"cents\":14591}";
  const Segment segment = sealed(200, payload);
  EXPECT_LT(segment.bytes.size(), 200 * payload.size() / 10);
  const std::vector<Record> again = read(segment.bytes, segment.first);
  ASSERT_EQ(again.size(), 200);
  for (std::uint64_t i = 0; i < 200; ++i) {
    EXPECT_EQ(again[i].position, 7 + 3 * i);
    EXPECT_EQ(again[i].header.key(), "key " + std::to_string(i));
    EXPECT_EQ(again[i].payload, payload);
  }
}

TEST(Segment, OfFewBytesStaysAsItIs) {
  const Segment segment = sealed(2, "short");
  EXPECT_EQ(segment.bytes.front(), '\0');
  EXPECT_EQ(read(segment.bytes, segment.first).size(), 2);
}

TEST(Segment, ThatIsCutOrExpandsWithoutEndIsDamaged) {
  const Segment segment = sealed(200, "payload");
  for (std::size_t size = 1; size < segment.bytes.size(); ++size)
    EXPECT_THROW(read(segment.bytes.substr(0, size), 7), DamagedError) << size;
  // A frame of RFC 8878 that says it holds 2⁴⁰ bytes.
  const std::string bomb("\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x00\x00\x01\x00\x00", 13);
  EXPECT_THROW(read(bomb, 7), DamagedError);
}

TEST(Segment, WhosePositionsWouldGoRoundIsDamaged) {
  // An empty record; then a distance of 2⁶⁴ − 1, no header, a payload of one byte.
  const std::string bytes =
      std::string(3, '\0') + std::string(9, '\xff') + std::string("\x01\x00\x01x", 4);
  EXPECT_THROW(read(bytes, 7), DamagedError);
}

}  // namespace
}  // namespace guichet::eventlog
