#include "gateway/cli/data_folder.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <string>
#include <system_error>

#include "eventlog/durable_file.h"

namespace guichet::cli {
namespace {

constexpr std::size_t kNameDigits = 12;

std::string random_name() {
  std::random_device device;
  constexpr std::string_view hex = "0123456789abcdef";
  std::string name;
  while (name.size() < kNameDigits) name += hex[device() % hex.size()];
  return name;
}

bool is_name(const std::string& text) {
  return text.size() == kNameDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

Result<void> make_data_folder(const std::filesystem::path& folder) {
  std::error_code failed;
  const bool made = std::filesystem::create_directories(folder, failed);
  if (failed || !std::filesystem::is_directory(folder))
    return Failure{"cannot make the folder " + folder.string() + " (" + failed.message() +
                   "); name another with --data DIR"};
  if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  return {};
}

Result<std::string> instance_name(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "instance";
  std::string name;
  if (std::ifstream(file) >> name && is_name(name)) return {boost::system::in_place_value, name};
  // None yet, or cut short by a crash: nobody can have worked under it.
  name = random_name();
  try {
    eventlog::write_durably(file, name + "\n");
  } catch (const std::system_error& failed) {
    return Failure{failed.what()};
  }
  return {boost::system::in_place_value, name};
}

}  // namespace guichet::cli
