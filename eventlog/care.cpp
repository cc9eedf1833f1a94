#include "eventlog/care.h"

#include <algorithm>
#include <utility>

#include "eventlog/host.h"

namespace guichet::eventlog {

namespace {

// A batch that died may come again in another order where a group reads several topics or
// partitions: so many times its records are handled one by one.
constexpr std::size_t kOneByOneTimes = 4;
constexpr std::size_t kOneByOneLeast = 64;
// More than can have been under way when the process died. A group that is never without work must
// not go on for ever as if it had only just died.
constexpr std::size_t kMostRecordsOfCare = 65'536;

bool is_at(const Attempt& attempt, const Record& record) {
  return attempt.position == record.position && attempt.partition == record.partition &&
         attempt.topic == record.topic;
}

}  // namespace

Care::Care(Session& session, std::string group)
    : session_(session), group_(std::move(group)), on_(!session.stopped_in_order()) {
  if (!on_) return;
  const std::optional<Attempt> died = session.last_attempt(group_);
  if (!died) return;
  const bool alone = !died->topic.empty();
  if (alone) died_ = died;
  // The position of a batch is how many records it had.
  const std::size_t records = alone ? 0 : std::min<std::size_t>(died->position, kMaxRecordsPerPass);
  one_by_one_ = std::max(kOneByOneLeast, kOneByOneTimes * records);
}

void Care::before(const Polled& inputs) {
  if (!on_) return;
  if (one_by_one_ == 0) {
    handled_ += inputs.size();
    if (handled_ > kMostRecordsOfCare) return end();
    Attempt batch;
    batch.position = inputs.size();
    session_.note_attempt(group_, batch);
  } else {
    --one_by_one_;
    before_one(inputs.front());
  }
}

void Care::before_one(const Record& input) {
  if (!on_ || kills(input)) return;
  const unsigned before = died_ && is_at(*died_, input) ? died_->tries : 0;
  session_.note_attempt(group_, Attempt{.topic = input.topic,
                                        .partition = input.partition,
                                        .position = input.position,
                                        .tries = before + 1});
}

void Care::end() {
  if (std::exchange(on_, false)) session_.note_attempt(group_, std::nullopt);
}

bool Care::kills(const Record& input) const {
  return on_ && died_ && died_->tries >= kMaxDeathsOfARecord && is_at(*died_, input);
}

}  // namespace guichet::eventlog
