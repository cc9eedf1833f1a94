#include "gateway/http/payment_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "gateway/http/elsewhere.h"

namespace guichet::http {
namespace {

constexpr std::uint64_t kPieceBytes = 256 * 1024;

}  // namespace

std::shared_ptr<FileStream> FileStream::open(const std::filesystem::path& file, std::uint64_t bytes,
                                             boost::asio::thread_pool& readers) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return nullptr;
  std::shared_ptr<FileStream> stream(new FileStream(descriptor, bytes, readers));
  struct stat found {};
  if (fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode) ||
      static_cast<std::uint64_t>(found.st_size) != bytes)
    return nullptr;
  return stream;
}

FileStream::~FileStream() {
  ::close(descriptor_);
}

boost::asio::awaitable<std::string> FileStream::next() {
  const auto read_piece = [this] {
    std::string piece(std::min(left_, kPieceBytes), '\0');
    std::size_t have = 0;
    while (have < piece.size()) {
      const ssize_t got = ::read(descriptor_, piece.data() + have, piece.size() - have);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0)
        throw std::system_error(got < 0 ? errno : EIO, std::generic_category(), "a bank file");
      have += static_cast<std::size_t>(got);
    }
    left_ -= piece.size();
    return piece;
  };
  if (left_ == 0) co_return std::string();
  co_return co_await elsewhere(readers_, read_piece);
}

}  // namespace guichet::http
