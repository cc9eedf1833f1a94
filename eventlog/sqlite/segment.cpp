#include "eventlog/sqlite/segment.h"

#include <xxhash.h>

#include <array>
#include <limits>
#include <utility>

namespace guichet::eventlog {

namespace {

// A record in a segment: distance from the position before it, size of header, size of payload
// (variable-length numbers of seven bits a byte, as in protobuf), header, payload.

void put_number(std::string& bytes, std::uint64_t number) {
  while (number >= 0x80) {
    bytes.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  bytes.push_back(static_cast<char>(number));
}

std::uint64_t take_number(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) throw DamagedError{};
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  throw DamagedError{};
}

std::string_view take(std::string_view& bytes, std::uint64_t size) {
  if (size > bytes.size()) throw DamagedError{};
  const std::string_view taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

void parse_header(std::string_view bytes, v1::Header& header) {
  if (!header.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) throw DamagedError{};
}

}  // namespace

void Segment::add(const Record& record) {
  if (count == 0) first = last = record.position;
  put_number(bytes, record.position - last);
  put_number(bytes, record.header.ByteSizeLong());
  put_number(bytes, record.payload.size());
  record.header.AppendToString(&bytes);
  bytes += record.payload;
  last = record.position;
  ++count;
}

void Segment::seal(std::uint64_t chain_before) {
  checksum = segment_checksum(bytes);
  chain = segment_chain(chain_before, first, last, count, checksum);
}

std::uint64_t segment_checksum(std::string_view bytes) {
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::uint64_t segment_chain(std::uint64_t chain_before, std::uint64_t first, std::uint64_t last,
                            std::uint64_t count, std::uint64_t checksum) {
  const std::array<std::uint64_t, 5> link = {chain_before, first, last, count, checksum};
  return XXH3_64bits(link.data(), sizeof(link));
}

void for_each_record(std::string_view bytes, std::uint64_t first, std::uint64_t from,
                     const std::string& topic, std::uint32_t partition,
                     const std::function<bool(Record&&)>& call) {
  std::uint64_t position = first;
  while (!bytes.empty()) {
    const std::uint64_t distance = take_number(bytes);
    if (distance > std::numeric_limits<std::uint64_t>::max() - position) throw DamagedError{};
    position += distance;
    const std::uint64_t header_size = take_number(bytes);
    const std::uint64_t payload_size = take_number(bytes);
    const std::string_view header = take(bytes, header_size);
    const std::string_view payload = take(bytes, payload_size);
    if (position < from) continue;
    Record record;
    record.topic = topic;
    record.partition = partition;
    record.position = position;
    parse_header(header, record.header);
    record.payload = payload;
    if (!call(std::move(record))) return;
  }
}

std::string state_bytes(const Record& record) {
  std::string bytes;
  const std::size_t header_size = record.header.ByteSizeLong();
  bytes.reserve(header_size + record.payload.size() + 4);
  put_number(bytes, header_size);
  record.header.AppendToString(&bytes);
  bytes += record.payload;
  return bytes;
}

std::uint64_t state_checksum(std::string_view bytes, std::uint64_t position) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), position);
}

void read_state(std::string_view bytes, Record& record) {
  const std::uint64_t header_size = take_number(bytes);
  parse_header(take(bytes, header_size), record.header);
  record.payload = bytes;
}

}  // namespace guichet::eventlog
