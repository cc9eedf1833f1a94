// Equality and order of values (DMN 1.5, tables 42 and 53).
#include "rules/feel/value.h"

namespace guichet::feel {

namespace {

std::optional<bool> equal_lists(std::span<const Value> a, std::span<const Value> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!equal(a[i], b[i]).value_or(false)) return false;
  return true;
}

std::optional<bool> equal_contexts(const Value& a, const Value& b) {
  if (a.shape().size() != b.shape().size()) return false;
  for (std::size_t i = 0; i < a.shape().size(); ++i) {
    const auto& name = a.shape().name(i);
    const Value* other = b.find(name, Shape::hash_name(name));
    if (!other || !equal(a.entries()[i], *other).value_or(false)) return false;
  }
  return true;
}

/// FEEL compares times by whole seconds (value functions of DMN 1.5, 10.3.2.3.5).
Wide seconds(Wide nanos) {
  return nanos / kNanosPerSecond - (nanos % kNanosPerSecond < 0 ? 1 : 0);
}

std::weak_ordering order(Wide a, Wide b) {
  return a < b   ? std::weak_ordering::less
         : a > b ? std::weak_ordering::greater
                 : std::weak_ordering::equivalent;
}

}  // namespace

std::optional<bool> equal(const Value& a, const Value& b) {
  if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::boolean:
      return a.boolean() == b.boolean();
    case Kind::string:
      return a.string() == b.string();
    case Kind::list:
      return equal_lists(a.list(), b.list());
    case Kind::context:
      return equal_contexts(a, b);
    case Kind::range: {
      const RangeValue &x = a.range(), &y = b.range();
      return x.low_closed == y.low_closed && x.high_closed == y.high_closed && x.form == y.form &&
             x.low_bounded == y.low_bounded && x.high_bounded == y.high_bounded &&
             equal(x.low, y.low).value_or(false) && equal(x.high, y.high).value_or(false);
    }
    case Kind::function:
      return a.function() == b.function();
    default: {
      const auto ordering = compare(a, b);
      return ordering ? std::optional(*ordering == 0) : std::nullopt;
    }
  }
}

bool same(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is(Kind::time)) return a.time() == b.time();
  if (a.is(Kind::date_time)) return a.date_time() == b.date_time();
  return equal(a, b).value_or(false);
}

std::optional<std::weak_ordering> compare(const Value& a, const Value& b) {
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case Kind::number:
      return a.number() <=> b.number();
    case Kind::string:
      return a.string() <=> b.string();  // UTF-8 sorts as code points do
    case Kind::date:
      return a.date() <=> b.date();
    case Kind::time:
      return order(seconds(instant(a.time())), seconds(instant(b.time())));
    case Kind::date_time:
      return order(seconds(instant(a.date_time())), seconds(instant(b.date_time())));
    case Kind::days_duration:
      return a.days_duration() <=> b.days_duration();
    case Kind::months_duration:
      return a.months_duration() <=> b.months_duration();
    default:
      return std::nullopt;
  }
}

}  // namespace guichet::feel
