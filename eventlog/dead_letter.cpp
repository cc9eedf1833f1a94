#include "eventlog/dead_letter.h"

#include <xxhash.h>

#include <array>
#include <cstdio>

#include "schemas/topics.h"

namespace guichet::eventlog {
namespace {

std::string xxh128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text.data();
}

/// What is kept of the payload; says in the letter where that is not all of it.
std::string kept(const std::string& payload, v1::DeadLetter& letter) {
  if (payload.size() <= kMaxKeptBytes) return payload;
  letter.set_whole_bytes(payload.size());
  letter.set_whole_xxh128(xxh128(payload));
  letter.mutable_text()->append("; of its " + std::to_string(payload.size()) + " bytes the first " +
                                std::to_string(kKeptHeadBytes) + " are kept");
  return payload.substr(0, kKeptHeadBytes);
}

}  // namespace

std::string dead_letter_id(const Record& record, std::string_view place) {
  std::string meaning(place);
  meaning += '/';
  if (!record.header.id().empty()) {
    meaning += record.header.id();
  } else {
    meaning += record.topic + '/' + std::to_string(record.partition) + '/' +
               std::to_string(record.position);
  }
  // Two records of one id with other content are two letters: neither may hide the other.
  meaning += '/' + record.payload;
  return "d_" + xxh128(meaning);
}

v1::DeadLetter make_dead_letter(const Record& record, const Cause& cause) {
  v1::DeadLetter letter;
  letter.set_id(dead_letter_id(record, cause.place));
  letter.set_kind(cause.kind);
  letter.set_failure_class(cause.failure_class);
  letter.set_place(cause.place);
  letter.set_text(cause.text);
  // What a program wrote without naming an application is keyed by the program.
  if (record.header.key() != cause.program) letter.set_application_id(record.header.key());
  letter.set_program(cause.program);
  letter.set_topic(record.topic);
  letter.set_partition(record.partition);
  letter.set_position(record.position);
  if (record.header.kind() == v1::KIND_UNSPECIFIED) {
    letter.set_original(kept(record.payload, letter));
  } else {
    *letter.mutable_record()->mutable_header() = record.header;
    letter.mutable_record()->set_payload(kept(record.payload, letter));
  }
  letter.set_attempts(1);
  letter.set_first_seen_us(record.header.recorded_at_us());
  letter.set_last_seen_us(record.header.recorded_at_us());
  return letter;
}

Output dead_letter(const Record& record, const Cause& cause) {
  return dead_letter(record, make_dead_letter(record, cause));
}

Output dead_letter(const Record& record, const v1::DeadLetter& letter) {
  return {.topic = std::string(topics::kDeadLetters),
          .key = record.header.key(),
          .id = letter.id(),
          .kind = v1::KIND_DEAD_LETTER,
          .payload = letter.SerializeAsString()};
}

std::string line_of(const v1::DeadLetter& letter) {
  return "dead letter " + letter.id() + " class=" + letter.failure_class() +
         " place=" + letter.place() + " topic=" + letter.topic() +
         " partition=" + std::to_string(letter.partition()) +
         " position=" + std::to_string(letter.position());
}

}  // namespace guichet::eventlog
