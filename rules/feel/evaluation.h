#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rules/feel/limits.h"
#include "rules/feel/value.h"

namespace guichet::feel {

/// Thrown inside the engine where a limit is reached; the public functions catch it.
struct LimitReached {
  std::string what;  // "more than 5000000 steps"
};

/// One evaluation under way: what it may still use, its local variables, and where the values of a
/// model's variables come from. One thread.
class Evaluation {
 public:
  explicit Evaluation(const Limits& limits) : limits_(limits), steps_(limits.steps) {}
  virtual ~Evaluation() = default;
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  /// The value of a variable that the expressions' environment declared as global.
  virtual const Value& global(std::size_t index);
  /// What now() and today() give: null where the caller has not said, for a result depends on
  /// nothing but its inputs.
  virtual std::optional<DateTime> now() const { return std::nullopt; }
  /// Why a result is null. Call only where `noting()`.
  virtual void note(std::string text);
  bool noting() const { return noting_; }

  const Limits& limits() const { return limits_; }
  void spend(std::uint64_t steps) {
    if (steps > steps_) out_of("steps", limits_.steps);
    steps_ -= steps;
  }
  void check_list(std::size_t size) const {
    if (size > limits_.list_size) out_of("elements in one list", limits_.list_size);
  }
  void check_string(std::size_t bytes) const {
    if (bytes > limits_.string_size) out_of("bytes in one string", limits_.string_size);
  }
  /// Value::list, Value::context, Value::string within the limits.
  Value list(std::vector<Value> items);
  Value context(const Shape& shape, std::vector<Value> values);
  Value context(std::vector<std::pair<std::string, Value>> entries);
  Value range(RangeValue range);
  Value function(std::shared_ptr<const Callable> function);
  Value string(std::string text);

  /// While it lives, `levels` more parts stand within one another.
  class Deeper {
   public:
    Deeper(Evaluation& evaluation, std::uint32_t levels)
        : evaluation_(evaluation), levels_(levels) {
      if (evaluation.depth_ + levels > evaluation.limits_.depth)
        evaluation.out_of("parts within one another", evaluation.limits_.depth);
      evaluation.depth_ += levels;
    }
    ~Deeper() { evaluation_.depth_ -= levels_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Evaluation& evaluation_;
    std::uint32_t levels_;
  };

  /// Room for local variables, all null; given back in the opposite order.
  class Locals {
   public:
    Locals(Evaluation& evaluation, std::size_t count) : evaluation_(evaluation), count_(count) {
      if (count == 0) return;
      if (evaluation.chunks_.empty() && evaluation.first_used_ + count <= kFirstChunk) {
        begin_ = evaluation.first_ + evaluation.first_used_;
        evaluation.first_used_ += count;
      } else {
        begin_ = in_chunks();
      }
    }
    ~Locals();
    Locals(const Locals&) = delete;
    Locals& operator=(const Locals&) = delete;
    Value* begin() const { return begin_; }

   private:
    Value* in_chunks();
    Evaluation& evaluation_;
    std::size_t count_;
    bool new_chunk_ = false;
    Value* begin_ = nullptr;
  };

 protected:
  bool noting_ = false;

 private:
  static constexpr std::size_t kFirstChunk = 32;
  static constexpr std::size_t kChunk = 512;
  struct Chunk {
    std::unique_ptr<Value[]> values;
    std::size_t size = 0;
    std::size_t used = 0;
  };
  [[noreturn]] void out_of(const char* what, std::uint64_t limit) const;
  [[noreturn]] void too_deep() const;
  void check_depth(std::span<const Value> values) const;

  Limits limits_;
  std::uint64_t steps_;
  std::uint32_t depth_ = 0;
  Value first_[kFirstChunk];
  std::size_t first_used_ = 0;
  std::vector<Chunk> chunks_;
};

/// What an expression sees while it is evaluated.
struct Frame {
  Evaluation& evaluation;
  Value* locals;
  std::span<const Value> captured;
};

}  // namespace guichet::feel
