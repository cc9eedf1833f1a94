#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <ostream>
#include <string>

namespace guichet::dmn {

struct TckTally {
  std::size_t passed = 0;
  std::size_t total = 0;
  struct Count {
    std::size_t passed = 0;
    std::size_t total = 0;
  };
  std::map<std::string, Count> by_level;  // the first folder below the one given
};

/// Runs every file of test cases of the DMN kit under a folder; prints a line for each case that
/// fails, with what was expected and what came. Numbers agree within 1e-8, as the kit allows; an
/// expected error is a null.
TckTally run_tck_cases(const std::filesystem::path& folder, std::ostream& out);

/// Likewise, then `passed N of M` for each level and for all. 0 where all pass, else 1; 2 where
/// there are no cases.
int run_tck(const std::filesystem::path& folder, std::ostream& out);

}  // namespace guichet::dmn
