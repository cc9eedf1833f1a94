#pragma once

#include <variant>
#include <vector>

#include "gateway/http/query.h"
#include "gateway/http/topic_feed.h"

namespace guichet::http {

/// From where a page of a feed is asked for: the beginning, a position, an instant.
using FeedStart = std::variant<std::monostate, FeedPositions, Instant>;

/// The parameter `from`: what a page gave, a day, or an instant. Notes what is wrong with it.
FeedStart read_feed_start(const Query& query, std::size_t partitions,
                          std::vector<FieldError>& errors);

/// The parameter `limit`, 1 to `most`; `usual` where it is not said. Notes what is wrong with it.
unsigned read_feed_limit(const Query& query, unsigned usual, unsigned most,
                         std::vector<FieldError>& errors);

FeedPositions positions_of(const FeedStart& start, const TopicFeed& feed);

}  // namespace guichet::http
