#pragma once

#include <string>

#include "gateway/cli/words.h"

namespace guichet::cli {

/// A problem (RFC 9457) as people read it: what is wrong, each bad field, what to do next.
std::string problem_text(unsigned status, const std::string& body, const Words& words);

}  // namespace guichet::cli
