#include "gateway/http/certificates.h"

namespace guichet::http {

Certificates::Certificates(std::filesystem::path file, std::chrono::milliseconds every)
    : watch_(
          "clients of certificates", {std::move(file)},
          [this](const std::vector<std::string>& contents) -> Result<void> {
            auto read = identity::CertificateTable::read(contents.front());
            if (!read) return read.error();
            auto table = std::make_shared<const identity::CertificateTable>(std::move(*read));
            const std::lock_guard lock(mutex_);
            table_ = std::move(table);
            return {};
          },
          every) {}

std::shared_ptr<const identity::CertificateTable> Certificates::now() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

std::optional<identity::Principal> Certificates::find(
    const identity::Certificate& certificate) const {
  return now()->find(certificate);
}

}  // namespace guichet::http
