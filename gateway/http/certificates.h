#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "gateway/http/file_watch.h"
#include "gateway/identity/certificate_table.h"

namespace guichet::http {

/// Whose certificate is whose, by a file that is read again when it changes: who is taken out of it
/// is nobody at their next request. Any thread.
class Certificates {
 public:
  /// Throws std::runtime_error that says what is wrong with the file.
  explicit Certificates(std::filesystem::path file,
                        std::chrono::milliseconds every = FileWatch::kEvery);

  std::optional<identity::Principal> find(const identity::Certificate& certificate) const;

 private:
  std::shared_ptr<const identity::CertificateTable> now() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const identity::CertificateTable> table_;
  FileWatch watch_;  // last: it calls back
};

}  // namespace guichet::http
