#include "eventlog/sqlite/segment.h"

#include <xxhash.h>
#include <zstd.h>

#include <array>
#include <limits>
#include <memory>
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

// A segment as it is stored is either as above, and begins with 0 (nothing stands before its first
// record), or one frame of zstd (RFC 8878), which begins with 0x28.
constexpr char kPlain = 0;
constexpr int kCompressionLevel = 1;
constexpr std::size_t kMinCompressed = 256;             // fewer bytes are not worth it
constexpr std::size_t kMaxExpanded = 16 * 1024 * 1024;  // longer ones stay as they are

void compress(std::string& bytes) {
  if (bytes.size() < kMinCompressed || bytes.size() > kMaxExpanded) return;
  thread_local const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                                  &ZSTD_freeCCtx);
  std::string frame(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size = ZSTD_compressCCtx(context.get(), frame.data(), frame.size(),
                                             bytes.data(), bytes.size(), kCompressionLevel);
  if (ZSTD_isError(size) || size >= bytes.size()) return;
  frame.resize(size);
  bytes = std::move(frame);
}

std::string expand(std::string_view frame) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size > kMaxExpanded) throw DamagedError{};  // or not known, or no frame
  std::string bytes(size, '\0');
  if (ZSTD_decompress(bytes.data(), bytes.size(), frame.data(), frame.size()) != size)
    throw DamagedError{};
  return bytes;
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
  compress(bytes);
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
  std::string expanded;
  if (!bytes.empty() && bytes.front() != kPlain) bytes = expanded = expand(bytes);
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
