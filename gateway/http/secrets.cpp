#include "gateway/http/secrets.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "eventlog/descriptor.h"
#include "eventlog/durable_file.h"
#include "schemas/values/invariant.h"

namespace guichet::http {
namespace {

// One line: what it is, the key in hexadecimal, and the start of its SHA-256, which shows damage.
constexpr std::string_view kMark = "guichet-key-1";
constexpr std::size_t kCheckBytes = 8;
constexpr std::size_t kMaxKeyFileBytes = 256;

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::optional<std::string> unhex(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string bytes;
  if (text.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = digits.find(text[i]);
    const auto low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

std::string check_of(std::string_view key) {
  std::string digest(32, '\0');
  unsigned size = 0;
  GUICHET_INVARIANT(EVP_Digest(key.data(), key.size(),
                               reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(),
                               nullptr) == 1);
  return digest.substr(0, kCheckBytes);
}

std::string line_of(std::string_view key) {
  return std::string(kMark) + " " + hex(key) + " " + hex(check_of(key)) + "\n";
}

std::string make_key(const std::filesystem::path& folder, const std::string& name) {
  std::string key(kSecretBytes, '\0');
  GUICHET_INVARIANT(
      RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) == 1);
  eventlog::write_durably(folder / name, line_of(key));
  return key;
}

Result<std::string> read_key(const std::filesystem::path& file) {
  const eventlog::Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0)
    return Failure{file.string() + ": cannot be read (" + std::strerror(errno) +
                   "); it must be a file that this user owns"};
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) eventlog::throw_errno("cannot look at " + file.string());
  // Root may hand a key to another user by that user's group, as Kubernetes mounts secrets.
  const bool given_by_root = status.st_uid == 0 && ::geteuid() != 0;
  if ((status.st_mode & (given_by_root ? 037 : 077)) != 0)
    return Failure{file.string() +
                   ": others may read or write this key; run chmod 600 on it, and think about who "
                   "has read it"};
  std::string text(kMaxKeyFileBytes, '\0');
  const ssize_t n = ::read(fd.get(), text.data(), text.size());
  if (n < 0) eventlog::throw_errno("cannot read " + file.string());
  text.resize(static_cast<std::size_t>(n));

  const Failure damaged{file.string() + ": this key is damaged; put it back from a backup"};
  const std::size_t start = kMark.size() + 1;
  if (text.size() != start + 2 * kSecretBytes + 1 + 2 * kCheckBytes + 1) return damaged;
  const std::optional<std::string> key =
      unhex(std::string_view(text).substr(start, 2 * kSecretBytes));
  if (!key || text != line_of(*key)) return damaged;
  return {boost::system::in_place_value, *key};
}

Result<std::string> open_key(const std::filesystem::path& folder, const std::string& name,
                             FirstStart first_start) {
  const std::filesystem::path file = folder / name;
  if (std::filesystem::exists(std::filesystem::symlink_status(file))) return read_key(file);
  if (first_start == FirstStart::yes)
    return {boost::system::in_place_value, make_key(folder, name)};
  return Failure{file.string() +
                 ": this key is gone, but the folder has data that was made with it; put it back "
                 "from a backup"};
}

}  // namespace

Result<Secrets> open_secrets(const std::filesystem::path& folder, FirstStart first_start) {
  Result<std::string> ids = open_key(folder, "ids.key", first_start);
  if (!ids) return ids.error();
  Result<std::string> clients = open_key(folder, "clients.key", first_start);
  if (!clients) return clients.error();
  return Secrets{std::move(*ids), std::move(*clients)};
}

}  // namespace guichet::http
