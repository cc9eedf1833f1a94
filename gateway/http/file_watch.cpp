#include "gateway/http/file_watch.h"

#include <spdlog/spdlog.h>

#include <fstream>
#include <stdexcept>

namespace guichet::http {
namespace {

Result<std::string> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(FileWatch::kMaxBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.is_open() || in.bad()) return Failure{file.string() + " cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > FileWatch::kMaxBytes) return Failure{file.string() + " is too large"};
  return {boost::system::in_place_value, std::move(text)};
}

}  // namespace

FileWatch::FileWatch(std::string name, std::vector<std::filesystem::path> files, Take take,
                     std::chrono::milliseconds every)
    : name_(std::move(name)), files_(std::move(files)), take_(std::move(take)), every_(every) {
  if (const auto held = look(); !held)
    throw std::runtime_error(name_ + ": " + held.error().message);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Result<void> FileWatch::look() {
  std::vector<std::string> contents;
  for (const auto& file : files_) {
    auto text = read_file(file);
    if (!text) return text.error();
    contents.push_back(std::move(*text));
  }
  if (contents == contents_) return {};
  contents_ = std::move(contents);
  return take_(contents_);
}

void FileWatch::run(const std::stop_token& stop) {
  std::string trouble;
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      never_.wait_for(lock, stop, every_, [] { return false; });
    }
    if (stop.stop_requested()) return;
    const std::vector<std::string> before = contents_;
    const auto held = look();
    if (!held && held.error().message != trouble)
      spdlog::error("{}: {}; what was there before holds on", name_, held.error().message);
    if (held && contents_ != before) spdlog::info("{}: read again", name_);
    // A pair that does not fit stays trouble until other bytes come.
    if (!held || contents_ != before) trouble = held ? "" : held.error().message;
  }
}

}  // namespace guichet::http
