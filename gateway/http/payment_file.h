#pragma once

#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "gateway/http/request.h"

namespace guichet::http {

/// A file for the bank as a body: pieces of 256 KiB, read on a thread of its own, so that a disk
/// that is slow holds up no connection. A file that can be read no further ends the connection
/// before the end of the body, which its reader sees.
class FileStream : public BodyStream {
 public:
  /// Null where the file is not there or has another size.
  static std::shared_ptr<FileStream> open(const std::filesystem::path& file, std::uint64_t bytes,
                                          boost::asio::thread_pool& readers);
  ~FileStream() override;
  FileStream(const FileStream&) = delete;

  boost::asio::awaitable<std::string> next() override;

 private:
  FileStream(int descriptor, std::uint64_t bytes, boost::asio::thread_pool& readers)
      : descriptor_(descriptor), left_(bytes), readers_(readers) {}

  int descriptor_;
  std::uint64_t left_;
  boost::asio::thread_pool& readers_;
};

}  // namespace guichet::http
