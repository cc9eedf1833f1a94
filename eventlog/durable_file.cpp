#include "eventlog/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "eventlog/descriptor.h"

namespace guichet::eventlog {
namespace {

void write_whole(const std::filesystem::path& file, std::string_view text) {
  const Descriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) throw_errno("cannot make " + file.string());
  write_all(fd, text, "cannot write " + file.string());
  if (::fsync(fd.get()) != 0) throw_errno("cannot sync " + file.string());
}

}  // namespace

void write_durably(const std::filesystem::path& file, std::string_view text) {
  const std::filesystem::path aside = file.string() + ".new";
  std::filesystem::remove(aside);  // of a crash
  write_whole(aside, text);
  std::filesystem::rename(aside, file);
  const std::filesystem::path folder = file.parent_path();
  const Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0)
    throw_errno("cannot sync " + folder.string());
}

}  // namespace guichet::eventlog
