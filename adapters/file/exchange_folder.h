#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guichet::adapters {

/// A folder that is shared with a program outside: `<exchange>/<program>/<part>`.
///
/// Whoever is on the other side may write anything there at any time. So no link is followed below
/// `<exchange>`, nothing but regular files is opened, sizes are bounded, and a file that was
/// replaced since it was read is not taken for the one that was read. Calls throw std::system_error
/// where the disk fails. One thread at a time.
class ExchangeFolder {
 public:
  /// Which file a name stood for when it was read.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };

  struct File {
    std::string bytes;
    Identity identity;
    /// Why it was not read (no regular file, too large); empty where it was.
    std::string fault;
  };

  /// Opens it; makes what is missing of `<program>/<part>`.
  ExchangeFolder(const std::filesystem::path& exchange, std::string_view program,
                 std::string_view part);
  ~ExchangeFolder();
  ExchangeFolder(const ExchangeFolder&) = delete;
  ExchangeFolder& operator=(const ExchangeFolder&) = delete;

  /// The first `most` names, in order, that end in .json and do not begin with a dot.
  std::vector<std::string> names(std::size_t most) const;

  /// Nothing where there is no such file (any more).
  std::optional<File> read(const std::string& name, std::size_t most_bytes) const;

  /// Writes under a temporary name, syncs, renames: the file is there whole or not at all. Writing
  /// the same again leaves the file as it is.
  void write(const std::string& name, std::string_view bytes) const;

  /// Moves the file unless it was replaced or taken away since it was read. Where the name is taken
  /// there, a number is added to it.
  void move(const std::string& name, const Identity& identity, const ExchangeFolder& to) const;

 private:
  int folder_;
};

}  // namespace guichet::adapters
