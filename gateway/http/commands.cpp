#include "gateway/http/commands.h"

namespace guichet::http {

namespace asio = boost::asio;

std::string etag_of(const CaseNow& now) {
  return case_etag(now.state.current().number(), now.state.version());
}

std::optional<CaseNow> read_case(const eventlog::Record& record) {
  v1::KeyState key;
  CaseNow now;
  if (!key.ParseFromString(record.payload) || !now.state.ParseFromString(key.state()) ||
      !now.state.has_current())
    return std::nullopt;
  now.held = key.has_held();
  now.partition = record.partition;
  now.position = record.position;
  return now;
}

namespace {

std::optional<Answered> find_verdict(const eventlog::Record& record, const std::string& command) {
  v1::KeyState key;
  v1::CaseState state;
  if (!key.ParseFromString(record.payload) || !state.ParseFromString(key.state()))
    return std::nullopt;
  for (const v1::Verdict& verdict : state.verdicts())
    if (verdict.command_id() == command) {
      Answered answered;
      answered.verdict = verdict;
      answered.position = {record.partition, record.position};
      if (state.has_current())
        answered.at = CaseNow{std::move(state), key.has_held(), record.partition, record.position};
      return answered;
    }
  return std::nullopt;
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
  const bool taken = log_.append(std::move(records), [fail = watch.failer()](bool durable) {
    if (!durable) fail();
  });
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
  co_return NoVerdict{};
}

}  // namespace guichet::http
