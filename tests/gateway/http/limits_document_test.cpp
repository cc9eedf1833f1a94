#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <regex>
#include <sstream>

#include "eventlog/sqlite/sqlite_log.h"
#include "gateway/cases/case_processor.h"
#include "gateway/http/application_in.h"
#include "gateway/http/audits.h"
#include "gateway/http/case_watch.h"
#include "gateway/http/events.h"
#include "gateway/http/header_fields.h"
#include "gateway/http/json_in.h"
#include "gateway/http/problem.h"
#include "gateway/http/server.h"
#include "gateway/views/views.h"

// docs/limits.md says what the code does.

namespace guichet::http {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::string document() {
  std::ifstream file(GUICHET_SOURCE_DIR "/docs/limits.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// 4096 → "4,096"
std::string as_count(std::size_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string as_bytes(std::size_t bytes) {
  const std::size_t kib = bytes / 1024;
  return kib % 1024 == 0 ? as_count(kib / 1024) + " MiB" : as_count(kib) + " KiB";
}

std::string as_time(milliseconds time) {
  const auto count = static_cast<std::size_t>(time.count());
  if (count % 60'000 == 0 && count > 60'000) return as_count(count / 60'000) + " min";
  if (count % 1'000 == 0) return as_count(count / 1'000) + " s";
  return std::to_string(count / 1'000) + "." + std::to_string(count % 1'000 / 100) + " s";
}

std::map<std::string, std::string> limits() {
  // A limit that is new does not compile here until it has a name, and then wants a line.
  const auto& [header_bytes, header_fields, body_bytes, all_bodies_bytes, unsent_bytes, connections,
               caller_connections, caller_bodies_bytes, event_waits, handshake_time, header_time,
               body_time, write_time, drop_time, idle_time, verdict_time, after_time, audit_time,
               drain_time, caller_requests, caller_window, queue_age, streams, stream_heartbeat,
               stream_time] = Limits{};
  return {
      {"header_bytes", as_bytes(header_bytes)},
      {"header_fields", as_count(header_fields)},
      {"body_bytes", as_bytes(body_bytes)},
      {"all_bodies_bytes", as_bytes(all_bodies_bytes)},
      {"unsent_bytes", as_bytes(unsent_bytes)},
      {"connections", as_count(connections)},
      {"caller_connections", as_count(caller_connections)},
      {"caller_bodies_bytes", as_bytes(caller_bodies_bytes)},
      {"event_waits", as_count(event_waits)},
      {"handshake_time", as_time(handshake_time)},
      {"header_time", as_time(header_time)},
      {"body_time", as_time(body_time)},
      {"write_time", as_time(write_time)},
      {"drop_time", as_time(drop_time)},
      {"idle_time", as_time(idle_time)},
      {"verdict_time", as_time(verdict_time)},
      {"after_time", as_time(after_time)},
      {"audit_time", as_time(audit_time)},
      {"drain_time", as_time(drain_time)},
      {"caller_requests", as_count(caller_requests)},
      {"caller_window", as_time(caller_window)},
      {"queue_age", as_time(queue_age)},
      {"streams", as_count(streams)},
      {"stream_heartbeat", as_time(stream_heartbeat)},
      {"stream_time", as_time(stream_time)},
      {"json_depth", as_count(kMaxJsonDepth)},
      {"json_values", as_count(kMaxJsonNodes)},
      {"field_errors", as_count(kMaxFieldErrors)},
      {"adults", as_count(kMaxAdults)},
      {"children", as_count(kMaxChildren)},
      {"programs_named", as_count(kMaxProgramsNamed)},
      {"page_items", as_count(views::kMaxPage)},
      {"events_a_page", as_count(kMaxEventsAPage)},
      {"entries_a_page", as_count(kMaxEntriesAPage)},
      {"records_looked_at", as_count(kMaxRecordsLookedAt)},
      {"waiting_entries", as_count(audit::Trail::kMaxWaiting)},
      {"idempotency_key", as_count(kMaxIdempotencyKey)},
      {"preferred_wait", as_time(kMaxPreferredWait)},
      {"commands_at_once", as_count(kMaxCommandsAtOnce)},
      {"waiting_records", as_count(eventlog::SqliteOptions{}.most_waiting_records)},
      {"watches", as_count(kMaxWatches)},
      {"steps", as_count(cases::kMaxSteps)},
      {"past", as_count(cases::kMaxPast)},
      {"whole_past", as_count(cases::kMaxWholePast)},
      {"answers_per_program", as_count(cases::kMaxAnswersPerProgram)},
      {"verdicts", as_count(cases::kMaxVerdicts)},
      {"key_uses", as_count(cases::kMaxKeyUses)},
  };
}

TEST(LimitsDocument, HasEveryLimitWithItsDefault) {
  const std::string text = document();
  for (const auto& [name, value] : limits())
    EXPECT_THAT(text, HasSubstr("\n| `" + name + "` | " + value + " |"));
}

TEST(LimitsDocument, HasNoLimitThatIsNotThere) {
  const std::string text = document();
  const auto known = limits();
  const std::regex row("\n\\| `(\\w+)` \\|");
  std::size_t rows = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at, ++rows)
    EXPECT_TRUE(known.contains((*at)[1])) << (*at)[1];
  EXPECT_EQ(rows, known.size());
}

std::string title_of(ProblemKind kind, Language language) {
  const Response response = to_response(Problem{kind, std::nullopt, {}}, language, {});
  return std::string(boost::json::parse(response.body).at("title").as_string());
}

TEST(LimitsDocument, SaysWhatAPersonReadsInBothLanguages) {
  const std::string text = document();
  std::map<std::string, unsigned> statuses;
  for (int i = 0; i <= static_cast<int>(ProblemKind::fault); ++i) {
    const auto kind = static_cast<ProblemKind>(i);
    const std::string name = type_of(kind).substr(type_of(kind).rfind('/') + 1);
    statuses[name] = status_of(kind);
  }
  // Each answer that the page names is one that there is, and has its line.
  const std::regex answer("`(\\d{3}) ([a-z-]+)`");
  std::set<std::string> named;
  for (std::sregex_iterator at(text.begin(), text.end(), answer), end; at != end; ++at) {
    named.insert((*at)[2]);
    ASSERT_TRUE(statuses.contains((*at)[2])) << (*at)[2];
    EXPECT_EQ(std::to_string(statuses[(*at)[2]]), (*at)[1]) << (*at)[2];
  }
  EXPECT_GE(named.size(), 10U);
  for (int i = 0; i <= static_cast<int>(ProblemKind::fault); ++i) {
    const auto kind = static_cast<ProblemKind>(i);
    const std::string name = type_of(kind).substr(type_of(kind).rfind('/') + 1);
    if (!named.contains(name)) continue;
    EXPECT_THAT(text, HasSubstr("\n| `" + name + "` | " + std::to_string(status_of(kind)) + " | " +
                                title_of(kind, Language::en) + " | " +
                                title_of(kind, Language::fr) + " |"));
  }
}

}  // namespace
}  // namespace guichet::http
