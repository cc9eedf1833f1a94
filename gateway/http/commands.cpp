#include "gateway/http/commands.h"

#include <algorithm>

namespace guichet::http {

namespace asio = boost::asio;

std::string etag_of(const views::CaseView& now) {
  return case_etag(now.state->current().number(), now.state->version());
}

namespace {

std::optional<Answered> find_verdict(const eventlog::Record& record, const std::string& command) {
  auto now = views::case_of(record);
  if (!now) return std::nullopt;
  const auto& verdicts = now->state->verdicts();
  const auto verdict = std::ranges::find(verdicts, command, &v1::Verdict::command_id);
  if (verdict == verdicts.end()) return std::nullopt;
  Answered answered{.verdict = *verdict, .at = {}, .position = {record.partition, record.position}};
  if (now->state->has_current()) answered.at = std::move(now);
  return answered;
}

}  // namespace

asio::awaitable<CommandAnswer> Commands::send(eventlog::Record command, Watch& watch) {
  const SteadyTime began = std::chrono::steady_clock::now();
  const SteadyTime deadline = began + verdict_time_;
  const auto place = queue_.enter(began);
  if (!place) co_return NoRoom{};
  const std::string id = command.header.id();
  if (!co_await watch.turn(deadline)) co_return NoRoom{};
  std::vector<eventlog::Record> records;
  records.push_back(std::move(command));
  const bool taken = log_.append(std::move(records), watch.settler());
  std::optional<Answered> answered;
  while (taken && !answered) {
    const Watch::StateRecord record = co_await watch.next(deadline, Patience::to_the_deadline);
    if (!record) break;
    answered = find_verdict(*record, id);
  }
  watch.end_turn();
  if (answered) place->answered(std::chrono::steady_clock::now());
  if (answered) co_return std::move(*answered);
  if (!taken || watch.failed()) co_return NoRoom{};
  co_return NoVerdict{watch.durable()};
}

}  // namespace guichet::http
