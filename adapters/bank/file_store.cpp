#include "adapters/bank/file_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "eventlog/descriptor.h"

namespace guichet::bank {

using eventlog::Descriptor;
using eventlog::throw_errno;

namespace {

constexpr mode_t kFolderMode = 0750;
constexpr mode_t kFileMode = 0640;  // the group: whoever carries it to the bank
constexpr std::size_t kHashInName = 16;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail();
  }
  void add(std::string_view bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) fail();
  }
  std::string hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_.get(), digest.data(), &size) != 1) fail();
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += "0123456789abcdef"[digest[i] >> 4];
      text += "0123456789abcdef"[digest[i] & 15];
    }
    return text;
  }

 private:
  [[noreturn]] static void fail() { throw std::runtime_error("SHA-256 is not to be had"); }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::string hash_of(int folder, const std::string& name) {
  const Descriptor fd(::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (fd.get() < 0) throw_errno("cannot open " + name);
  Sha256 hash;
  std::array<char, 64 * 1024> piece;
  while (true) {
    const ssize_t n = ::read(fd.get(), piece.data(), piece.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw_errno("cannot read " + name);
    if (n == 0) return hash.hex();
    hash.add({piece.data(), static_cast<std::size_t>(n)});
  }
}

/// The file of this number that stands in the folder; `before` the hash and `after` it are its
/// name.
std::optional<std::string> standing(int folder, const std::string& before,
                                    const std::string& after) {
  Descriptor again(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (again.get() < 0) throw_errno("cannot open the folder of bank files");
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(again.get()), ::closedir);
  if (!entries) throw_errno("cannot read the folder of bank files");
  again.release();
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (name.size() == before.size() + kHashInName + after.size() && name.starts_with(before) &&
        name.ends_with(after) &&
        name.substr(before.size(), kHashInName).find_first_not_of("0123456789abcdef") ==
            std::string_view::npos)
      return std::string(name);
  }
  return {};
}

void remove(int folder, const std::string& name) {
  if (::unlinkat(folder, name.c_str(), 0) != 0 && errno != ENOENT)
    throw_errno("cannot remove " + name);
}

void sync(int fd, const std::string& what) {
  if (::fsync(fd) != 0) throw_errno("cannot sync " + what);
}

}  // namespace

FileStore::FileStore(std::filesystem::path folder) : folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_.parent_path().empty() ? "." : folder_.parent_path());
  if (::mkdir(folder_.c_str(), kFolderMode) != 0 && errno != EEXIST)
    throw_errno("cannot make " + folder_.string());
  // Also where it was there: a crash may have come between the making and this.
  const std::filesystem::path parent = folder_.parent_path().empty() ? "." : folder_.parent_path();
  const Descriptor above(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (above.get() < 0) throw_errno("cannot open " + parent.string());
  sync(above.get(), parent.string());
}

Result<StoredFile> FileStore::write(const FileHeader& header, const std::string& extension,
                                    const std::function<Result<FileTotals>(const Sink&)>& write) {
  const Descriptor folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) throw_errno("cannot open " + folder_.string());
  const std::string stem = header.run + "-" + std::to_string(header.number) + "-";
  const std::string temporary = "." + stem + "new";

  remove(folder.get(), temporary);  // of a crash
  Sha256 hash;
  Result<FileTotals> totals = FileTotals();
  {
    const Descriptor fd(::openat(folder.get(), temporary.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode));
    if (fd.get() < 0) throw_errno("cannot make " + temporary);
    totals = write([&](std::string_view bytes) {
      hash.add(bytes);
      eventlog::write_all(fd, bytes, "cannot write " + temporary);
    });
    if (totals) sync(fd.get(), temporary);
  }
  if (!totals) {
    remove(folder.get(), temporary);
    return totals.error();
  }
  const std::string sha256 = hash.hex();
  const std::string name = stem + sha256.substr(0, kHashInName) + "." + extension;
  if (const auto there = standing(folder.get(), stem, "." + extension)) {
    if (*there != name || hash_of(folder.get(), *there) != sha256) {
      remove(folder.get(), temporary);
      return Failure{"file " + std::to_string(header.number) + " of run " + header.run +
                     " was written with other bytes: " + *there + "; a number is used once"};
    }
    remove(folder.get(), temporary);
  } else if (::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) != 0) {
    throw_errno("cannot rename " + temporary);
  }
  sync(folder.get(), folder_.string());
  return StoredFile{folder_ / name, sha256, *totals};
}

}  // namespace guichet::bank
