#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "eventlog/log.h"

namespace guichet::eventlog::kafka {

/// What a session's groups were about to handle, in a small file of the session's own that is
/// synced before it counts: so that the next process knows that this one died, and with what. A
/// file that is deleted loses that memory and nothing else.
///
/// One thread at a time. Throws std::system_error where the file cannot be written.
class Attempts {
 public:
  /// Reads what the process before left, and writes down that this one runs.
  explicit Attempts(std::filesystem::path file);

  /// False: the process before died.
  bool stopped_in_order() const { return stopped_in_order_; }
  /// What a group wrote down last, in the process before.
  std::optional<Attempt> last(std::string_view group) const;

  void note(std::string_view group, const std::optional<Attempt>& attempt);
  /// Nothing died, and nothing is remembered.
  void stop();

 private:
  using ByGroup = std::map<std::string, Attempt, std::less<>>;
  void read();
  void write(bool running) const;

  std::filesystem::path file_;
  bool stopped_in_order_ = true;
  ByGroup last_;
  ByGroup now_;
};

}  // namespace guichet::eventlog::kafka
