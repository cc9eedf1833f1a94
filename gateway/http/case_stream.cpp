#include "gateway/http/case_stream.h"

#include <algorithm>

#include "gateway/http/case_json.h"

namespace guichet::http {

namespace asio = boost::asio;

namespace {

// When a reader whose stream ended comes back: at once for a person, not all together for us.
constexpr std::string_view kRetry = "retry: 2000\n\n";
constexpr std::string_view kHeartbeat = ":\n\n";

std::string id_of(const views::CaseView& now) {
  const std::string etag = etag_of(now);
  return etag.substr(1, etag.size() - 2);
}

}  // namespace

std::shared_ptr<StreamSeat> StreamSeat::take(std::atomic<std::int64_t>& open, std::size_t most) {
  if (++open > static_cast<std::int64_t>(most)) {
    --open;
    return nullptr;
  }
  return std::make_shared<StreamSeat>(open);
}

CaseStream::CaseStream(std::shared_ptr<StreamSeat> seat, std::unique_ptr<Watch> watch,
                       views::CaseView now, std::optional<Language> language,
                       std::string_view last_id, SteadyTime end, const Limits& limits)
    : seat_(std::move(seat)),
      watch_(std::move(watch)),
      first_(std::move(now)),
      language_(language),
      last_id_(last_id),
      last_held_(first_->held),
      limits_(limits),
      end_(end) {}

asio::awaitable<std::string> CaseStream::next() {
  if (!std::exchange(begun_, true)) co_return begin();
  while (true) {
    const SteadyTime quiet = std::chrono::steady_clock::now() + limits_.stream_heartbeat;
    const auto record = co_await watch_->next(std::min(quiet, end_), Patience::until_drain);
    if (!record) {
      const SteadyTime now = std::chrono::steady_clock::now();
      if (now >= end_ || now < quiet) co_return std::string();  // over, or cut short by a drain
      co_return std::string(kHeartbeat);
    }
    const auto now = views::case_of(*record);
    // A refused command writes the state with its verdict, and changes nothing that is seen.
    if (now && (id_of(*now) != last_id_ || now->held != last_held_)) co_return event_of(*now);
  }
}

std::string CaseStream::begin() {
  std::string text(kRetry);
  if (id_of(*first_) != last_id_) text += event_of(*first_);
  first_.reset();
  return text;
}

std::string CaseStream::event_of(const views::CaseView& now) {
  last_id_ = id_of(now);
  last_held_ = now.held;
  JsonOut json;
  write_case(json, *now.state, now.held, language_.value_or(language_of(*now.state)));
  return "id: " + last_id_ + "\ndata: " + std::move(json).take() + "\n\n";
}

}  // namespace guichet::http
