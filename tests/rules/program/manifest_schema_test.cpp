// Keeps schemas/manifest.schema.json in step with what the loader reads.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "rules/program/document.h"
#include "rules/program/fields.h"
#include "rules/program/readers.h"

namespace guichet::rules {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(GUICHET_SOURCE_DIR + std::string("/") + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

const Node& schema() {
  static const Node kSchema =
      read_json("manifest.schema.json", content("schemas/manifest.schema.json")).value();
  return kSchema;
}

std::vector<std::string> texts(const Node& list) {
  std::vector<std::string> all;
  for (const Node& item : list.items) all.push_back(item.text);
  return all;
}

TEST(ManifestSchema, NamesTheFieldsThatAProgramMayNeed) {
  std::vector<std::string> names;
  for (const Field& field : fields()) names.emplace_back(field.name);
  EXPECT_EQ(texts(*schema().find("properties")->find("needs")->find("items")->find("enum")), names);
}

/// The keys that the loader allows, out of what it says to an unknown one.
std::vector<std::string> keys_of_the_loader() {
  Mistakes mistakes;
  const Node node = read_yaml("program.yaml", "no_such_key: 1").value();
  read_manifest(node, mistakes);
  const std::string message = mistakes.failure().message;
  std::string list = message.substr(message.find("allowed here: ") + 14);
  list = list.substr(0, list.find('\n'));
  std::vector<std::string> keys;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    keys.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  return keys;
}

TEST(ManifestSchema, HasTheKeysOfTheLoader) {
  std::vector<std::string> described;
  for (const auto& [key, value] : schema().find("properties")->entries) described.push_back(key);
  std::vector<std::string> read = keys_of_the_loader();
  std::ranges::sort(described);
  std::ranges::sort(read);
  EXPECT_EQ(described, read);
}

TEST(ManifestSchema, RequiresWhatTheLoaderRequires) {
  Mistakes mistakes;
  read_manifest(read_yaml("program.yaml", "{}").value(), mistakes);
  const std::string message = mistakes.failure().message;
  for (const auto& [key, value] : schema().find("properties")->entries) {
    const auto required = texts(*schema().find("required"));
    EXPECT_EQ(std::ranges::find(required, key) != required.end(),
              message.find("has no " + key + ";") != std::string::npos)
        << key;
  }
}

}  // namespace
}  // namespace guichet::rules
