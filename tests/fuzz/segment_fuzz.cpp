// A segment and a state as they may stand on a disk: read whole, or found damaged.

#include <google/protobuf/stubs/logging.h>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "eventlog/sqlite/segment.h"
#include "tests/fuzz/check.h"

namespace guichet::eventlog {
namespace {

std::vector<Record> records_of(std::string_view bytes, std::uint64_t first, std::uint64_t from) {
  std::vector<Record> records;
  for_each_record(bytes, first, from, "topic", 3, [&](Record&& record) {
    records.push_back(std::move(record));
    return true;
  });
  return records;
}

void check_same(const Record& a, const Record& b) {
  FUZZ_CHECK(a.position == b.position && a.payload == b.payload);
  FUZZ_CHECK(a.header.SerializeAsString() == b.header.SerializeAsString());
}

/// What was read is written and read again, and is the same; from a position on, it is the rest.
void segment(std::string_view bytes) {
  const std::uint64_t first = 7;
  const std::vector<Record> records = records_of(bytes, first, 0);
  Segment written;
  std::uint64_t before = first;
  for (const Record& record : records) {
    FUZZ_CHECK(record.position >= before);
    FUZZ_CHECK(record.topic == "topic" && record.partition == 3);
    before = record.position;
    written.add(record);
  }
  written.seal(5);
  FUZZ_CHECK(written.count == records.size());
  FUZZ_CHECK(written.checksum == segment_checksum(written.bytes));
  const std::vector<Record> again = records_of(written.bytes, written.first, 0);
  FUZZ_CHECK(again.size() == records.size());
  for (std::size_t i = 0; i < again.size(); ++i) check_same(again[i], records[i]);
  if (records.empty()) return;
  const std::uint64_t middle = records[records.size() / 2].position;
  for (const Record& record : records_of(bytes, first, middle))
    FUZZ_CHECK(record.position >= middle);
}

void state(std::string_view bytes) {
  Record record;
  read_state(bytes, record);
  Record again;
  read_state(state_bytes(record), again);
  check_same(record, again);
}

}  // namespace
}  // namespace guichet::eventlog

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::eventlog;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    segment(bytes);
  } catch (const DamagedError&) {
  }
  try {
    state(bytes);
  } catch (const DamagedError&) {
  }
  return 0;
}
