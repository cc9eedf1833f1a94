#include "gateway/http/case_watch.h"

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace guichet::http {

namespace asio = boost::asio;

// Where the watches sit, by application. It outlives those who came in, and posts to their
// executors only while it is open: after that these may be gone.
class CaseWatches::Room {
 public:
  using Seat = std::shared_ptr<Watch::Seat>;

  bool enter(const std::string& key, const Seat& seat) {
    const std::lock_guard lock(mutex_);
    if (count_ >= kMaxWatches) return false;
    tables_[key].seats.push_back(seat);
    ++count_;
    return true;
  }

  void leave(const std::string& key, const Watch::Seat* seat) {
    const std::lock_guard lock(mutex_);
    const auto at = tables_.find(key);
    if (at == tables_.end()) return;
    count_ -=
        std::erase_if(at->second.seats, [&](const Seat& other) { return other.get() == seat; });
    if (at->second.seats.empty()) tables_.erase(at);
  }

  bool begin_command(const std::string& key) {
    const std::lock_guard lock(mutex_);
    unsigned& commands = tables_[key].commands;
    if (commands >= kMaxCommandsAtOnce) return false;
    ++commands;
    return true;
  }

  void end_command(const std::string& key);
  void wake(std::span<const eventlog::Record> records);
  void fail(const std::weak_ptr<Watch::Seat>& seat);
  void drain();

  void close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }

  bool draining() const {
    const std::lock_guard lock(mutex_);
    return draining_;
  }

  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  bool open_ = true;
  bool draining_ = false;
  std::size_t count_ = 0;

  // Those who watch one application.
  struct Table {
    std::vector<Seat> seats;
    unsigned commands = 0;
  };
  std::unordered_map<std::string, Table> tables_;
};

// All but `room`, `key` and `durable` is touched on the executor alone; other threads post to it.
class Watch::Seat {
 public:
  Seat(std::shared_ptr<CaseWatches::Room> room, std::string key,
       const asio::any_io_executor& executor)
      : room(std::move(room)), key(std::move(key)), timer(executor) {}

  const std::shared_ptr<CaseWatches::Room> room;
  const std::string key;
  asio::steady_timer timer;
  StateRecord newest;
  bool failed = false;
  std::atomic<bool> durable{false};  // set by any thread
  bool has_turn = false;
};

namespace {

// Lets a wait look again at what it waits for.
void rouse(const std::shared_ptr<Watch::Seat>& seat) {
  asio::post(seat->timer.get_executor(), [seat] { seat->timer.cancel(); });
}

}  // namespace

void CaseWatches::Room::end_command(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto at = tables_.find(key);
  if (at == tables_.end()) return;
  --at->second.commands;
  if (!open_) return;
  for (const Seat& seat : at->second.seats) rouse(seat);
}

void CaseWatches::Room::wake(std::span<const eventlog::Record> records) {
  const std::lock_guard lock(mutex_);
  if (!open_ || tables_.empty()) return;
  for (const eventlog::Record& record : records) {
    const auto at = tables_.find(record.header.key());
    if (at == tables_.end()) continue;
    const auto state = std::make_shared<const eventlog::Record>(record);
    for (const Seat& seat : at->second.seats)
      asio::post(seat->timer.get_executor(), [seat, state] {
        seat->newest = state;
        seat->timer.cancel();
      });
  }
}

void CaseWatches::Room::fail(const std::weak_ptr<Watch::Seat>& watched) {
  const std::lock_guard lock(mutex_);
  if (!open_) return;
  if (const Seat seat = watched.lock())
    asio::post(seat->timer.get_executor(), [seat] {
      seat->failed = true;
      seat->timer.cancel();
    });
}

void CaseWatches::Room::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
  if (!open_) return;
  for (const auto& [key, table] : tables_)
    for (const Seat& seat : table.seats) rouse(seat);
}

Watch::~Watch() {
  end_turn();
  seat_->room->leave(seat_->key, seat_.get());
}

asio::awaitable<Watch::StateRecord> Watch::next(SteadyTime deadline, Patience patience) {
  while (!seat_->newest && !seat_->failed) {
    if (patience == Patience::until_drain && seat_->room->draining()) co_return nullptr;
    if (std::chrono::steady_clock::now() >= deadline) co_return nullptr;
    seat_->timer.expires_at(deadline);
    co_await seat_->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return std::exchange(seat_->newest, nullptr);
}

asio::awaitable<bool> Watch::turn(SteadyTime deadline) {
  while (!seat_->room->begin_command(seat_->key)) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    seat_->timer.expires_at(deadline);
    co_await seat_->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  seat_->has_turn = true;
  co_return true;
}

void Watch::end_turn() {
  if (std::exchange(seat_->has_turn, false)) seat_->room->end_command(seat_->key);
}

std::function<void(bool)> Watch::settler() const {
  return [room = seat_->room, seat = std::weak_ptr(seat_)](bool durable) {
    if (!durable) return room->fail(seat);
    if (const auto alive = seat.lock()) alive->durable = true;
  };
}

bool Watch::durable() const {
  return seat_->durable;
}

bool Watch::failed() const {
  return seat_->failed;
}

CaseWatches::CaseWatches(eventlog::Log& log)
    : room_(std::make_shared<Room>()),
      tail_(log.tail(
          {std::string(topics::kCases)},
          [room = room_](std::span<const eventlog::Record> records) { room->wake(records); })) {}

CaseWatches::~CaseWatches() {
  close();
}

void CaseWatches::close() {
  tail_.reset();
  room_->close();
}

std::unique_ptr<Watch> CaseWatches::open(const std::string& application_id,
                                         asio::any_io_executor executor) {
  auto seat = std::make_shared<Watch::Seat>(room_, application_id, executor);
  if (!room_->enter(application_id, seat)) return nullptr;
  return std::make_unique<Watch>(std::move(seat));
}

void CaseWatches::drain() {
  room_->drain();
}

std::size_t CaseWatches::open_watches() const {
  return room_->count();
}

}  // namespace guichet::http
