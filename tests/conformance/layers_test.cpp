// Holds the one-way dependencies of ARCHITECTURE.md by reading what every file includes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kSource = GUICHET_SOURCE_DIR;

// A folder may include from itself and from those named; the longest match says what a file is in.
const std::map<std::string, std::set<std::string>> kMayUse = {
    {"schemas", {}},
    {"eventlog", {"schemas"}},
    {"eventlog/memory", {"eventlog", "schemas"}},
    {"eventlog/sqlite", {"eventlog", "schemas"}},
    {"eventlog/kafka", {"eventlog", "eventlog/sqlite", "schemas"}},
    {"eventlog/migrate", {"eventlog", "eventlog/sqlite", "eventlog/kafka", "schemas"}},
    {"rules/feel", {"schemas"}},
    {"rules/dmn", {"rules/feel", "schemas"}},
    {"rules/program", {"rules/dmn", "rules/feel", "schemas"}},
    {"payments", {"eventlog", "rules/program", "schemas"}},
    {"adapters", {"eventlog", "rules/program", "schemas"}},
    {"adapters/rules", {"adapters", "eventlog", "rules/program", "schemas"}},
    {"adapters/partner", {"adapters", "eventlog", "rules/program", "schemas"}},
    {"adapters/file", {"adapters", "eventlog", "rules/program", "schemas"}},
    {"adapters/bank", {"eventlog", "schemas"}},
    {"adapters/payments", {"adapters/bank", "eventlog", "schemas"}},
    // A screening is determined as the rules adapter does it.
    {"gateway/cases",
     {"adapters", "adapters/rules", "eventlog", "gateway/identity", "rules/program", "schemas"}},
    {"gateway/views", {"gateway/cases", "eventlog", "eventlog/sqlite", "schemas"}},
    {"gateway/identity", {"schemas"}},
    {"gateway/audit", {"eventlog", "schemas"}},
    {"gateway/http",
     {"gateway/audit", "gateway/cases", "gateway/identity", "gateway/views", "payments",
      "adapters/bank", "eventlog", "rules/program", "schemas"}},
    // The one place where parts are put together.
    {"gateway/cli",
     {"gateway/audit", "gateway/cases", "gateway/identity", "gateway/views", "gateway/http",
      "payments", "adapters", "adapters/rules", "adapters/file", "adapters/partner",
      "adapters/payments", "adapters/bank", "rules/dmn", "rules/program", "eventlog",
      "eventlog/sqlite", "eventlog/kafka", "eventlog/migrate", "schemas"}},
};

// What reaches the world outside: never in a pure folder.
const std::regex kImpure(
    R"(^(boost/(asio|beast)|openssl|sqlite3|SQLiteCpp|librdkafka|libpq|sys/socket|fstream|filesystem|iostream|thread|mutex))");
const std::set<std::string> kPure = {"schemas",      "payments",         "rules/feel",
                                     "adapters",     "adapters/partner", "adapters/rules",
                                     "gateway/cases"};
// Single files of folders that also hold an edge.
const std::set<std::string> kPureFiles = {
    "adapters/bank/answer.cpp",       "adapters/bank/bank_text.cpp",
    "adapters/bank/message_text.cpp", "adapters/bank/movements.cpp",
    "adapters/bank/reason_codes.cpp", "adapters/bank/sent_file.cpp",
    "adapters/bank/file_check.cpp",   "adapters/bank/identifiers.cpp",
    "adapters/bank/pain001.cpp",      "adapters/bank/payment_check.cpp",
    "eventlog/keyed_runner.cpp",      "eventlog/dead_letter.cpp",
    "eventlog/processor.h",           "rules/program/schedule.h",
    "rules/program/schedule.cpp",     "rules/program/program.h",
    "rules/program/manifest.h",       "rules/program/manifest.cpp",
    "gateway/identity/access.h",      "gateway/identity/access.cpp",
    "gateway/identity/principal.h"};

std::string room_of(const std::string& path) {
  std::string best;
  for (const auto& [folder, _] : kMayUse)
    if (path.starts_with(folder + "/") && folder.size() > best.size()) best = folder;
  return best;
}

struct Include {
  std::string file;
  std::string target;
  bool quoted;
};

std::vector<Include> all_includes() {
  std::vector<Include> includes;
  const std::regex line_form(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  for (const char* top : {"schemas", "eventlog", "rules", "payments", "adapters", "gateway"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / top)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (std::regex_search(line, match, line_form))
          includes.push_back(
              {fs::relative(entry.path(), kSource).string(), match[2], match[1] == "\""});
      }
    }
  }
  return includes;
}

TEST(Layers, EveryFolderIncludesOnlyWhatItMayUse) {
  const auto includes = all_includes();
  ASSERT_GT(includes.size(), 100u);
  for (const Include& include : includes) {
    const std::string from = room_of(include.file);
    EXPECT_FALSE(from.empty()) << include.file << " is in no room of the table";
    if (!include.quoted || include.target.ends_with(".pb.h")) continue;
    const std::string to = room_of(include.target);
    EXPECT_FALSE(to.empty()) << include.file << " includes \"" << include.target
                             << "\"; write project includes from the top of the repository";
    if (from.empty() || to.empty() || from == to) continue;
    EXPECT_TRUE(kMayUse.at(from).contains(to))
        << include.file << " includes " << include.target << ": " << from << " may not use " << to;
  }
}

TEST(Layers, PureCodeReachesNothingOutside) {
  for (const Include& include : all_includes()) {
    if (!kPure.contains(room_of(include.file)) && !kPureFiles.contains(include.file)) continue;
    EXPECT_FALSE(std::regex_search(include.target, kImpure))
        << include.file << " is pure and includes <" << include.target << ">";
  }
}

}  // namespace
