#include "gateway/http/key_source.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>

namespace guichet::http {

KeySource::KeySource(Read read, KeySourceOptions options)
    : read_(std::move(read)), options_(std::move(options)) {
  read_once();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

std::shared_ptr<const identity::KeySet> KeySource::keys() const {
  const std::lock_guard lock(mutex_);
  return keys_ && Clock::now() - keys_read_ <= options_.keep ? keys_ : nullptr;
}

bool KeySource::ask() {
  const std::lock_guard lock(mutex_);
  if (asked_) return true;
  if (Clock::now() - last_reading_ < options_.least_pause) return false;
  asked_ = true;
  changed_.notify_all();
  return true;
}

std::uint64_t KeySource::readings() const {
  const std::lock_guard lock(mutex_);
  return readings_;
}

std::string KeySource::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void KeySource::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const auto pause =
          trouble_.empty() ? options_.every : std::min(options_.every, options_.after_failure);
      changed_.wait_for(lock, stop, pause, [this] { return asked_; });
    }
    if (!stop.stop_requested()) read_once();
  }
}

void KeySource::read_once() {
  const auto began = Clock::now();
  const auto text = read_();
  auto read = text ? identity::KeySet::read(*text) : Result<identity::KeySet>(text.error());
  const std::string trouble = read ? "" : read.error().message;
  std::unique_lock lock(mutex_);
  if (read) {
    keys_ = std::make_shared<const identity::KeySet>(std::move(*read));
    keys_read_ = began;
  }
  const bool news = trouble != trouble_;
  trouble_ = trouble;
  last_reading_ = Clock::now();
  ++readings_;
  asked_ = false;
  lock.unlock();
  if (!news) return;
  if (trouble.empty())
    spdlog::info("keys of {}: read", options_.name);
  else
    spdlog::error("keys of {}: {}", options_.name, trouble);
}

KeySource::Read keys_of_file(std::filesystem::path file) {
  return [file = std::move(file)]() -> Result<std::string> {
    std::ifstream in(file, std::ios::binary);
    std::string text(identity::kMaxKeySetBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.is_open() || in.bad()) return Failure{"the file cannot be read"};
    text.resize(static_cast<std::size_t>(in.gcount()));
    return {boost::system::in_place_value, std::move(text)};
  };
}

}  // namespace guichet::http
