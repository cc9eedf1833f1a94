#pragma once

#include <string>
#include <vector>

#include "rules/program/document.h"
#include "rules/program/manifest.h"
#include "rules/program/parameters.h"

namespace guichet::rules {

inline constexpr std::size_t kMaxParameters = 200;
inline constexpr std::size_t kMaxBrackets = 50;
inline constexpr std::size_t kMaxDates = 200;
inline constexpr std::size_t kMaxTexts = 200;

/// program.yaml. Version and figures_from are the loader's to fill in.
Manifest read_manifest(const Node& node, Mistakes& mistakes);

/// parameters.json
Parameters read_parameters(const Node& node, Mistakes& mistakes);

/// holidays.yaml
std::vector<Day> read_holidays(const Node& node, Mistakes& mistakes);

/// One reason of texts.yaml, its templates not yet read.
struct ReasonText {
  std::string key;
  std::string place;
  LocalText text;
  std::string citation;
  bool depends_on_figures = true;
};
std::vector<ReasonText> read_reason_texts(const Node& node, Mistakes& mistakes);

}  // namespace guichet::rules
