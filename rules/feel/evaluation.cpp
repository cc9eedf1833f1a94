#include "rules/feel/evaluation.h"

#include <algorithm>

#include "rules/feel/callable.h"
#include "schemas/values/invariant.h"

namespace guichet::feel {

const Value& Evaluation::global(std::size_t) {
  GUICHET_INVARIANT(!"a global variable exists");
}
void Evaluation::note(std::string) {}

void Evaluation::out_of(const char* what, std::uint64_t limit) const {
  throw LimitReached{"more than " + std::to_string(limit) + " " + what};
}

void Evaluation::too_deep() const {
  out_of("values in one another", kMaxValueDepth);
}

void Evaluation::check_depth(std::span<const Value> values) const {
  for (const Value& value : values)
    if (value.depth() + 1 >= kMaxValueDepth) too_deep();
}

Value Evaluation::list(std::vector<Value> items) {
  check_list(items.size());
  check_depth(items);
  return Value::list(std::move(items));
}

Value Evaluation::context(const Shape& shape, std::vector<Value> values) {
  check_depth(values);
  return Value::context(shape, std::move(values));
}

Value Evaluation::context(std::vector<std::pair<std::string, Value>> entries) {
  check_list(entries.size());
  for (const auto& entry : entries) check_depth({&entry.second, 1});
  spend(entries.size() * entries.size() / 16);  // names are looked for one by one
  return Value::context(std::move(entries));
}

Value Evaluation::range(RangeValue range) {
  check_depth({&range.low, 1});
  check_depth({&range.high, 1});
  return Value::range(std::move(range));
}

Value Evaluation::function(std::shared_ptr<const Callable> function) {
  if (function->depth() >= kMaxValueDepth) too_deep();
  return Value::function(std::move(function));
}

Value Evaluation::string(std::string text) {
  check_string(text.size());
  spend(text.size() / 64);
  return Value::string(std::move(text));
}

Value* Evaluation::Locals::in_chunks() {
  if (!evaluation_.chunks_.empty()) {
    if (Chunk& last = evaluation_.chunks_.back(); last.used + count_ <= last.size) {
      last.used += count_;
      return last.values.get() + last.used - count_;
    }
  }
  const std::size_t size = std::max(kChunk, count_);
  evaluation_.chunks_.push_back({std::make_unique<Value[]>(size), size, count_});
  new_chunk_ = true;
  return evaluation_.chunks_.back().values.get();
}

Evaluation::Locals::~Locals() {
  if (count_ == 0) return;
  if (new_chunk_) {
    evaluation_.chunks_.pop_back();
    return;
  }
  for (std::size_t i = 0; i < count_; ++i) begin_[i] = Value();
  (evaluation_.chunks_.empty() ? evaluation_.first_used_ : evaluation_.chunks_.back().used) -=
      count_;
}

}  // namespace guichet::feel
