#include "gateway/audit/trail.h"

#include <iterator>
#include <memory>
#include <optional>

#include "gateway/audit/chain.h"
#include "schemas/topics.h"

namespace guichet::audit {
namespace {

constexpr std::uint32_t kSchemaVersion = 1;

/// What the log says of a batch; it may say so when the trail is gone.
class Verdict {
 public:
  void settle(bool durable) {
    const std::scoped_lock lock(mutex_);
    durable_ = durable;
    settled_.notify_all();
  }
  /// False where it is not known when the trail is to stop, too.
  bool wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    settled_.wait(lock, stop, [this] { return durable_.has_value(); });
    return durable_.value_or(false);
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any settled_;
  std::optional<bool> durable_;
};

}  // namespace

Trail::Trail(eventlog::Log& log, std::function<Instant()> clock, std::string tenant,
             std::function<std::string()> new_chain)
    : log_(log),
      clock_(std::move(clock)),
      tenant_(std::move(tenant)),
      new_chain_(std::move(new_chain)),
      chain_(new_chain_()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Trail::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  for (const Waiting& waiting : waiting_) waiting.done(false);
  waiting_.clear();
}

void Trail::note(v1::AuditEntry entry, Done done) {
  {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() < kMaxWaiting) {
      waiting_.push_back({std::move(entry), std::move(done)});
      came_.notify_one();
      return;
    }
  }
  done(false);
}

void Trail::run(const std::stop_token& stop) {
  for (;;) {
    std::vector<Waiting> batch = next_batch(stop);
    if (batch.empty()) return;
    const bool durable = write(batch, stop);
    for (const Waiting& one : batch) one.done(durable);
  }
}

std::vector<Trail::Waiting> Trail::next_batch(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  came_.wait(lock, stop, [this] { return !waiting_.empty(); });
  std::vector<Waiting> batch;
  if (stop.stop_requested()) return batch;
  const auto end =
      waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMaxBatch));
  batch.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

bool Trail::write(std::vector<Waiting>& batch, const std::stop_token& stop) {
  std::uint64_t number = number_;
  std::string previous = previous_;
  const std::int64_t now = to_micros(clock_());
  std::vector<eventlog::Record> records;
  for (Waiting& one : batch) {
    one.entry.set_chain(chain_);
    one.entry.set_number(++number);
    one.entry.set_previous(previous);
    one.entry.set_at_us(now);
    eventlog::Record record;
    record.topic = topics::kAudit;
    record.header.set_id(chain_ + "/" + std::to_string(number));
    record.header.set_kind(v1::KIND_AUDIT_ENTRY);
    record.header.set_key(chain_);
    record.header.set_tenant(tenant_);
    record.header.set_recorded_at_us(now);
    record.header.set_schema_version(kSchemaVersion);
    record.payload = one.entry.SerializeAsString();
    previous = digest_of(record.payload);
    records.push_back(std::move(record));
  }
  const auto verdict = std::make_shared<Verdict>();
  try {
    if (!log_.append(std::move(records), [verdict](bool durable) { verdict->settle(durable); }))
      return false;
  } catch (const eventlog::LogUnavailable&) {
    return false;
  }
  const bool durable = verdict->wait(stop);
  if (!durable) chain_ = new_chain_();
  number_ = durable ? number : 0;
  previous_ = durable ? std::move(previous) : std::string();
  return durable;
}

}  // namespace guichet::audit
