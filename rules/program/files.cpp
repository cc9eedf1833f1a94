#include "rules/program/files.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>

#include "rules/program/document.h"

namespace guichet::rules {
namespace {

namespace fs = std::filesystem;

bool is_utf8(const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || at + length > text.size()) return false;
    for (std::size_t i = 1; i < length; ++i)
      if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return false;
    at += length;
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const fs::path& path, const std::string& name) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return Failure{name + ": not found, or not a file"};
  if (fs::file_size(path, error) > kMaxFileBytes)
    return Failure{name + ": larger than " + std::to_string(kMaxFileBytes) + " bytes"};
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return Failure{name + ": cannot be read"};
  if (text.size() > kMaxFileBytes || !is_utf8(text)) return Failure{name + ": not UTF-8 text"};
  return Result<std::string>{boost::system::in_place_value, std::move(text)};
}

std::string version_of(const std::map<std::string, std::string>& files) {
  const auto free_context = [](EVP_MD_CTX* context) { EVP_MD_CTX_free(context); };
  const std::unique_ptr<EVP_MD_CTX, decltype(free_context)> context(EVP_MD_CTX_new(), free_context);
  EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
  // Each text goes in with its length before it, so that no two lists of files look the same.
  const auto add = [&](const std::string& text) {
    const std::string length = std::to_string(text.size()) + ":";
    EVP_DigestUpdate(context.get(), length.data(), length.size());
    EVP_DigestUpdate(context.get(), text.data(), text.size());
  };
  for (const auto& [name, content] : files) {
    add(name);
    add(content);
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(context.get(), digest.data(), &size);
  std::string text = "sha256:";
  constexpr std::string_view kHex = "0123456789abcdef";
  for (unsigned i = 0; i < size; ++i) {
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

}  // namespace guichet::rules
