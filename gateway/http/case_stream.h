#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "gateway/http/commands.h"
#include "gateway/http/problem.h"
#include "gateway/http/request.h"
#include "gateway/http/server.h"

namespace guichet::http {

/// One of the streams that may be open at a time; counted as long as it lives.
class StreamSeat {
 public:
  /// Null where `most` are open.
  static std::shared_ptr<StreamSeat> take(std::atomic<std::int64_t>& open, std::size_t most);
  explicit StreamSeat(std::atomic<std::int64_t>& open) : open_(open) {}
  StreamSeat(const StreamSeat&) = delete;
  StreamSeat& operator=(const StreamSeat&) = delete;
  ~StreamSeat() { --open_; }

 private:
  std::atomic<std::int64_t>& open_;
};

/// A case as server-sent events (HTML Living Standard, 9.2): the whole case each time that it
/// changes, its ETag without quotes as the event's id, a comment now and then in between. A reader
/// that is slower than the case sees the newest state, and none that stood between. Ends when the
/// server drains, or at `end`; who comes back with Last-Event-ID misses nothing.
class CaseStream : public BodyStream {
 public:
  /// `now` was read after the watch was opened. Nothing is sent of it where its id is `last_id`.
  CaseStream(std::shared_ptr<StreamSeat> seat, std::unique_ptr<Watch> watch, views::CaseView now,
             std::optional<Language> language, std::string_view last_id, SteadyTime end,
             const Limits& limits);

  boost::asio::awaitable<std::string> next() override;

 private:
  std::string begin();
  std::string event_of(const views::CaseView& now);

  std::shared_ptr<StreamSeat> seat_;
  std::unique_ptr<Watch> watch_;
  std::optional<views::CaseView> first_;
  std::optional<Language> language_;
  std::string last_id_;
  bool last_held_ = false;
  bool begun_ = false;
  const Limits& limits_;
  SteadyTime end_;
};

}  // namespace guichet::http
