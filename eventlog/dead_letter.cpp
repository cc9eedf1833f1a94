#include "eventlog/dead_letter.h"

#include <xxhash.h>

#include <array>
#include <cstdio>

#include "schemas/topics.h"

namespace guichet::eventlog {

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
  const XXH128_hash_t hash = XXH3_128bits(meaning.data(), meaning.size());
  std::array<char, 35> text{};
  std::snprintf(text.data(), text.size(), "d_%016llx%016llx",
                static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text.data();
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
    letter.set_original(record.payload);
  } else {
    *letter.mutable_record()->mutable_header() = record.header;
    letter.mutable_record()->set_payload(record.payload);
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

}  // namespace guichet::eventlog
