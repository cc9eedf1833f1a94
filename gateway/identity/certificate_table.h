#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/identity/principal.h"
#include "schemas/values/result.h"

namespace guichet::identity {

inline constexpr std::size_t kMaxCertificateClients = 1024;
inline constexpr std::size_t kMaxCertificateNameBytes = 512;

/// What a client certificate says that was verified: signed by a CA of ours, for clients, and
/// valid.
struct Certificate {
  /// "dns:payroll.example.ca", "uri:spiffe://example.ca/payroll", "email:x@example.ca" of its
  /// alternative names, and "subject:CN=payroll,O=Example" (RFC 2253).
  std::vector<std::string> names;
  Instant until;
};

/// Whose certificate is whose: a CA says that a name is right, this table what the name may.
///
///   {"clients": [{"name": "dns:payroll.example.ca", "subject": "payroll", "roles": ["partner"],
///                 "programs": ["nb-ctb"], "governments": [], "desk": ""}]}
///
/// Does not change once made; any thread.
class CertificateTable {
 public:
  /// The failure says what is wrong, and where.
  static Result<CertificateTable> read(std::string_view json);

  /// Who this certificate is of; none where no entry has a name of it, or more than one has.
  std::optional<Principal> find(const Certificate& certificate) const;

  std::size_t size() const { return clients_.size(); }

 private:
  std::map<std::string, Principal, std::less<>> clients_;  // by name
};

}  // namespace guichet::identity
