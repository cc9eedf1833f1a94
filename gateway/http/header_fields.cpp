#include "gateway/http/header_fields.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "gateway/http/request.h"
#include "schemas/values/traceparent.h"

namespace guichet::http {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(trimmed(text.substr(0, at)));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

// The weight of an item such as "fr-CA;q=0.8", in thousandths.
int weight(const std::vector<std::string_view>& item) {
  for (std::size_t i = 1; i < item.size(); ++i) {
    if (!item[i].starts_with("q=") && !item[i].starts_with("Q=")) continue;
    std::string_view q = item[i].substr(2);
    if (q.starts_with('1')) return 1000;
    if (!q.starts_with("0")) return 0;
    q.remove_prefix(std::min<std::size_t>(2, q.size()));
    int thousandths = 0;
    for (std::size_t digit = 0; digit < 3; ++digit)
      thousandths = thousandths * 10 +
                    (digit < q.size() && q[digit] >= '0' && q[digit] <= '9' ? q[digit] - '0' : 0);
    return thousandths;
  }
  return 1000;
}

// A subject, role or desk: letters, digits and the marks that names and addresses have.
bool is_actor_part(std::string_view text) {
  return !text.empty() && text.size() <= kMaxActorPart &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view("._-@+").find(c) != std::string_view::npos;
         });
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
    return text.substr(1, text.size() - 2);
  return text;
}

std::string_view without_weak(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  return etag;
}

}  // namespace

std::optional<Language> preferred_language(std::string_view accept_language) {
  std::optional<Language> best;
  int best_weight = 0;
  for (std::string_view range : split(accept_language, ',')) {
    const std::vector<std::string_view> item = split(range, ';');
    const std::string_view primary = item[0].substr(0, item[0].find('-'));
    const bool french = same_name(primary, "fr");
    if (!french && !same_name(primary, "en")) continue;
    if (weight(item) <= best_weight) continue;
    best_weight = weight(item);
    best = french ? Language::fr : Language::en;
  }
  return best;
}

bool accepts(std::string_view accept, std::string_view media_type) {
  if (media_type.empty() || trimmed(accept).empty()) return true;
  const std::string all_of_type = std::string(media_type.substr(0, media_type.find('/'))) + "/*";
  // The most precise range decides (RFC 9110, 12.5.1).
  int best_precision = 0;
  int best_weight = 0;
  for (std::string_view range : split(accept, ',')) {
    const std::vector<std::string_view> item = split(range, ';');
    int precision = 0;
    if (item[0] == "*/*") precision = 1;
    if (same_name(item[0], all_of_type)) precision = 2;
    if (same_name(item[0], media_type)) precision = 3;
    if (precision == 0 || precision < best_precision) continue;
    best_weight = precision > best_precision ? weight(item) : std::max(best_weight, weight(item));
    best_precision = precision;
  }
  return best_weight > 0;
}

bool is_json(std::string_view content_type) {
  const std::vector<std::string_view> item = split(content_type, ';');
  if (!same_name(item[0], "application/json")) return false;
  for (std::size_t i = 1; i < item.size(); ++i) {
    const std::size_t equals = item[i].find('=');
    if (same_name(item[i].substr(0, equals), "charset") && equals != std::string_view::npos &&
        !same_name(unquoted(item[i].substr(equals + 1)), "utf-8"))
      return false;
  }
  return true;
}

std::optional<std::chrono::seconds> preferred_wait(std::string_view prefer) {
  for (std::string_view preference : split(prefer, ',')) {
    const std::string_view item = split(preference, ';')[0];
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || !same_name(trimmed(item.substr(0, equals)), "wait"))
      continue;
    const auto seconds = number<std::uint32_t>(unquoted(trimmed(item.substr(equals + 1))));
    if (!seconds || *seconds == 0) return std::nullopt;
    return std::min(std::chrono::seconds(*seconds), kMaxPreferredWait);
  }
  return std::nullopt;
}

std::string case_etag(std::uint32_t submission, std::uint64_t version, std::uint64_t account) {
  return "\"" + std::to_string(submission) + "." + std::to_string(version) +
         (account == 0 ? "" : "." + std::to_string(account)) + "\"";
}

bool matches_etag(std::string_view if_none_match, std::string_view etag) {
  for (std::string_view tag : split(if_none_match, ','))
    if (tag == "*" || without_weak(tag) == etag) return true;
  return false;
}

std::optional<std::uint32_t> submission_of_etag(std::string_view if_match) {
  if (if_match == "*") return 0;
  const std::string_view tag = without_weak(if_match);
  const std::string_view inside = unquoted(tag);
  const std::size_t dot = inside.find('.');
  if (inside.size() == tag.size() || dot == std::string_view::npos) return std::nullopt;
  const auto submission = number<std::uint32_t>(inside.substr(0, dot));
  const std::string_view versions = inside.substr(dot + 1);
  const std::size_t second = versions.find('.');
  if (!submission || *submission == 0 || !number<std::uint64_t>(versions.substr(0, second)) ||
      (second != std::string_view::npos && !number<std::uint64_t>(versions.substr(second + 1))))
    return std::nullopt;
  return submission;
}

std::string to_string(LogPosition position) {
  return std::to_string(position.partition) + "-" + std::to_string(position.position);
}

std::optional<LogPosition> parse_position(std::string_view text) {
  const std::size_t hyphen = text.find('-');
  if (hyphen == std::string_view::npos) return std::nullopt;
  const auto partition = number<std::uint32_t>(text.substr(0, hyphen));
  const auto position = number<std::uint64_t>(text.substr(hyphen + 1));
  if (!partition || !position) return std::nullopt;
  return LogPosition{*partition, *position};
}

bool is_idempotency_key(std::string_view text) {
  return !text.empty() && text.size() <= kMaxIdempotencyKey &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<Problem> refuse_key(std::string_view text) {
  if (text.empty() || is_idempotency_key(text)) return std::nullopt;
  return Problem{ProblemKind::bad_header,
                 std::nullopt,
                 {{"Idempotency-Key",
                   {"must be 1 to 255 visible ASCII characters without spaces",
                    "doit avoir de 1 à 255 caractères ASCII visibles sans espace"}}}};
}

std::optional<v1::Actor> parse_actor(std::string_view guichet_actor) {
  v1::Actor actor;
  if (trimmed(guichet_actor).empty()) {
    actor.set_subject("local-owner");
    actor.add_roles("owner");
    return actor;
  }
  for (std::string_view pair : split(guichet_actor, ';')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = trimmed(pair.substr(0, equals));
    const std::string_view value = trimmed(pair.substr(equals + 1));
    if (name == "roles") {
      for (std::string_view role : split(value, ',')) {
        if (!is_actor_part(role) || actor.roles_size() == static_cast<int>(kMaxRoles))
          return std::nullopt;
        actor.add_roles(std::string(role));
      }
      continue;
    }
    if (!is_actor_part(value)) return std::nullopt;
    if (name == "name" && actor.subject().empty())
      actor.set_subject(std::string(value));
    else if (name == "desk" && actor.desk().empty())
      actor.set_desk(std::string(value));
    else
      return std::nullopt;
  }
  if (actor.subject().empty()) return std::nullopt;
  return actor;
}

std::string traceparent_for(std::string_view traceparent, std::string_view trace,
                            std::string_view span) {
  const bool readable = is_traceparent(traceparent);
  std::string made = "00-";
  made += readable ? traceparent.substr(3, 32) : trace;
  made += '-';
  made += span;
  made += '-';
  made += readable ? traceparent.substr(53, 2) : "01";
  return made;
}

std::string_view trace_of(std::string_view traceparent) {
  return traceparent.size() < 35 ? std::string_view{} : traceparent.substr(3, 32);
}

}  // namespace guichet::http
