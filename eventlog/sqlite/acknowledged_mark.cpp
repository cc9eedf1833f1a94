#include "eventlog/sqlite/acknowledged_mark.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <fstream>
#include <string>

namespace guichet::eventlog {

namespace {

using Bytes = std::array<std::uint64_t, 2>;  // the position and its checksum, within one sector

Bytes bytes_of(std::uint64_t position) {
  return {position, XXH3_64bits(&position, sizeof position)};
}

}  // namespace

AcknowledgedMark::AcknowledgedMark(const std::filesystem::path& file)
    : file_(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)) {
  if (file_.get() < 0) throw_errno("cannot open " + file.string());
}

void AcknowledgedMark::write(std::uint64_t position) {
  const Bytes bytes = bytes_of(position);
  if (::pwrite(file_.get(), bytes.data(), sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes))
    throw_errno("cannot write guichet.mark");
}

Result<void> AcknowledgedMark::check(const std::filesystem::path& file,
                                     std::uint64_t last_position) {
  std::ifstream in(file, std::ios::binary);
  Bytes bytes{};
  in.read(reinterpret_cast<char*>(bytes.data()), sizeof bytes);
  if (in.gcount() == 0) return {};  // none, or made just before a crash
  if (in.gcount() != static_cast<std::streamsize>(sizeof bytes) || bytes != bytes_of(bytes[0]))
    return Failure{file.string() +
                   ": damaged; nothing was changed; if `guichet verify` finds nothing else, delete "
                   "this file: it only says up to where records were acknowledged"};
  if (bytes[0] <= last_position) return {};
  return Failure{file.parent_path().string() + ": records up to position " +
                 std::to_string(bytes[0]) + " were acknowledged, but the log ends at " +
                 std::to_string(last_position) +
                 ": guichet.db-wal is damaged, or guichet.db was put back from an older backup; "
                 "nothing was changed; put back both files, or, to go on without those records, "
                 "delete " +
                 file.string()};
}

}  // namespace guichet::eventlog
