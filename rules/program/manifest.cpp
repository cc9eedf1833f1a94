#include "rules/program/manifest.h"

#include <algorithm>

namespace guichet::rules {

bool Manifest::offered_where(const std::string& province) const {
  return offered_in.empty() || std::ranges::find(offered_in, province) != offered_in.end();
}

}  // namespace guichet::rules
