#pragma once

#include <string>
#include <vector>

#include "rules/feel/parser.h"

namespace guichet::feel {

/// An evaluation that keeps the notes.
class Noting : public Evaluation {
 public:
  explicit Noting(const Limits& limits = {}) : Evaluation(limits) { noting_ = true; }
  void note(std::string text) override { notes.push_back(std::move(text)); }
  std::vector<std::string> notes;
};

/// The result as a literal; "error: …" where it cannot be read, "stopped: …" at a limit.
inline std::string evaluate(const std::string& expression, const Limits& limits = {}) {
  const auto code = compile(expression);
  if (!code) return "error: " + code.error().message;
  try {
    Noting evaluation(limits);
    return to_literal(code->run(evaluation));
  } catch (const LimitReached& limit) {
    return "stopped: " + limit.what;
  }
}

}  // namespace guichet::feel
