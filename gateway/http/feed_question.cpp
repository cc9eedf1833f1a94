#include "gateway/http/feed_question.h"

#include <charconv>
#include <string>

namespace guichet::http {

FeedStart read_feed_start(const Query& query, std::size_t partitions,
                          std::vector<FieldError>& errors) {
  const auto from = query.value("from");
  if (!from) return {};
  if (auto positions = parse_feed_positions(*from, partitions)) return std::move(*positions);
  if (const auto moment = parse_moment(*from)) return moment->instant;
  errors.push_back({"from",
                    {"must be the position that a page gave, a day such as 2026-01-31, or an "
                     "instant such as 2026-01-31T14:00:00Z",
                     "doit être la position qu’une page a donnée, un jour comme 2026-01-31, ou un "
                     "instant comme 2026-01-31T14:00:00Z"}});
  return {};
}

unsigned read_feed_limit(const Query& query, unsigned usual, unsigned most,
                         std::vector<FieldError>& errors) {
  const auto text = query.value("limit");
  if (!text) return usual;
  unsigned limit = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (failed == std::errc{} && end == text->data() + text->size() && limit >= 1 && limit <= most)
    return limit;
  const std::string to = std::to_string(most);
  errors.push_back(
      {"limit", {"must be a whole number from 1 to " + to, "doit être un entier de 1 à " + to}});
  return usual;
}

FeedPositions positions_of(const FeedStart& start, const TopicFeed& feed) {
  if (const auto* positions = std::get_if<FeedPositions>(&start)) return *positions;
  if (const auto* instant = std::get_if<Instant>(&start)) return feed.at(*instant);
  return feed.beginning();
}

}  // namespace guichet::http
