#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace guichet::testing {

/// A key and its certificate, as PEM, made on the spot.
struct Issued {
  std::string certificate;
  std::string key;
};

struct Wanted {
  std::string common_name = "localhost";
  /// As OpenSSL writes them: "DNS:localhost,IP:127.0.0.1"; empty: none.
  std::string alternative_names = {};
  std::string usage = "serverAuth";  // or clientAuth
  int from_days = -1;                // from today
  int until_days = 30;
};

/// An authority of a test's own.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name);
  ~TestAuthority();
  Issued issue(const Wanted& wanted) const;
  const std::string& certificate() const { return certificate_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::string certificate_;
};

void write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace guichet::testing
