// DMN 1.5, 10.3.4.9: how points and ranges lie to one another; range() of 10.3.4.1.
#include "rules/feel/builtin.h"
#include "rules/feel/lexer.h"
#include "rules/feel/parser.h"
#include "rules/feel/ranges.h"

namespace guichet::feel {

std::optional<bool> contains(const RangeValue& range, const Value& value) {
  if (range.form == RangeValue::Form::not_equal) {
    const auto same = equal(value, range.low);
    return same ? std::optional(!*same) : std::nullopt;
  }
  if (range.low_bounded) {
    const auto low = compare(value, range.low);
    if (!low) return std::nullopt;
    if (!(*low > 0 || (*low == 0 && range.low_closed))) return false;
  }
  if (range.high_bounded) {
    const auto high = compare(value, range.high);
    if (!high) return std::nullopt;
    if (!(*high < 0 || (*high == 0 && range.high_closed))) return false;
  }
  return range.low_bounded || range.high_bounded ? std::optional(true) : std::nullopt;
}

namespace {

using Args = std::span<Value>;

/// One end of a range, or a point: -1, 0, 1 as it lies before, on or after another; thrown where
/// the two cannot be compared.
struct NotComparable {};

enum class Side { low, high };

const Value& end_of(const Value& value, Side side) {
  if (!value.is(Kind::range)) return value;
  return side == Side::low ? value.range().low : value.range().high;
}
bool closed(const Value& value, Side side) {
  if (!value.is(Kind::range)) return true;
  return side == Side::low ? value.range().low_closed : value.range().high_closed;
}

/// An end without bound lies before or after everything.
int far(const Value& value, Side side) {
  if (!value.is(Kind::range)) return 0;
  if (side == Side::low) return value.range().low_bounded ? 0 : -1;
  return value.range().high_bounded ? 0 : 1;
}

int order(const Value& a, Side a_side, const Value& b, Side b_side) {
  const Value& x = end_of(a, a_side);
  const Value& y = end_of(b, b_side);
  const int x_far = far(a, a_side), y_far = far(b, b_side);
  if (x_far != 0 || y_far != 0) return x_far < y_far ? -1 : x_far > y_far ? 1 : 0;
  const auto result = compare(x, y);
  if (!result) throw NotComparable{};
  return *result < 0 ? -1 : *result > 0 ? 1 : 0;
}

bool before(const Value& a, const Value& b) {
  const int o = order(a, Side::high, b, Side::low);
  return o < 0 || (o == 0 && !(closed(a, Side::high) && closed(b, Side::low)));
}

bool meets(const Value& a, const Value& b) {
  return closed(a, Side::high) && closed(b, Side::low) && order(a, Side::high, b, Side::low) == 0;
}

bool overlaps(const Value& a, const Value& b) {
  return !before(a, b) && !before(b, a);
}

/// The low end of `a` is not after that of `b`, closedness considered.
bool starts_no_later(const Value& a, const Value& b) {
  const int o = order(a, Side::low, b, Side::low);
  return o < 0 || (o == 0 && (closed(a, Side::low) || !closed(b, Side::low)));
}
bool ends_no_earlier(const Value& a, const Value& b) {
  const int o = order(a, Side::high, b, Side::high);
  return o > 0 || (o == 0 && (closed(a, Side::high) || !closed(b, Side::high)));
}

bool includes(const Value& a, const Value& b) {
  return starts_no_later(a, b) && ends_no_earlier(a, b);
}

bool overlaps_before(const Value& a, const Value& b) {
  return overlaps(a, b) && starts_no_later(a, b) && !starts_no_later(b, a) && ends_no_earlier(b, a);
}

bool overlaps_after(const Value& a, const Value& b) {
  return overlaps(a, b) && starts_no_later(b, a) && !starts_no_later(a, b) && ends_no_earlier(a, b);
}

bool finishes(const Value& a, const Value& b) {
  if (!a.is(Kind::range)) return closed(b, Side::high) && order(a, Side::high, b, Side::high) == 0;
  return closed(a, Side::high) == closed(b, Side::high) &&
         order(a, Side::high, b, Side::high) == 0 && starts_no_later(b, a);
}

bool starts(const Value& a, const Value& b) {
  if (!a.is(Kind::range)) return closed(b, Side::low) && order(a, Side::low, b, Side::low) == 0;
  return closed(a, Side::low) == closed(b, Side::low) && order(a, Side::low, b, Side::low) == 0 &&
         ends_no_earlier(b, a);
}

bool coincides(const Value& a, const Value& b) {
  return order(a, Side::low, b, Side::low) == 0 && order(a, Side::high, b, Side::high) == 0 &&
         closed(a, Side::low) == closed(b, Side::low) &&
         closed(a, Side::high) == closed(b, Side::high);
}

template <bool (*holds)(const Value&, const Value&), bool swapped = false>
Value relation(Evaluation& evaluation, Args args) {
  try {
    return Value(swapped ? holds(args[1], args[0]) : holds(args[0], args[1]));
  } catch (const NotComparable&) {
    return nothing(evaluation, "these points and ranges cannot be compared");
  }
}

/// Whether the ends are literals or made of one, as in date("2026-01-01").
bool of_literals(const std::string& text) {
  try {
    const auto tokens = read_tokens(text);
    for (std::size_t i = 1; i + 1 < tokens.size(); ++i)
      if (tokens[i].is("(") && tokens[i + 1].kind != Token::Kind::string) return false;
    return true;
  } catch (const SyntaxError&) {
    return false;
  }
}

Value range_of_text(Evaluation& evaluation, Args args) {
  const std::string& text = args[0].string();
  const auto code = of_literals(text) ? compile(text) : Failure{};
  const Value* value = code ? code->root->constant() : nullptr;
  if (!value || !value->is(Kind::range))
    return nothing(evaluation, "range() needs a range of literals, such as \"[1..10]\"");
  const RangeValue& range = value->range();
  const auto ends = compare(range.low, range.high);
  const bool empty =
      range.low_bounded && range.high_bounded && range.low.is_null() && range.high.is_null();
  if (empty || (ends && *ends > 0))
    return nothing(evaluation, "the first end of a range does not come after its last");
  return *value;
}

constexpr BuiltinForm kForms[] = {
    {"before", "point1:point|range, point2:point|range", relation<before>},
    {"after", "point1:point|range, point2:point|range", relation<before, true>},
    {"meets", "range1:range, range2:range", relation<meets>},
    {"met by", "range1:range, range2:range", relation<meets, true>},
    {"overlaps", "range1:range, range2:range", relation<overlaps>},
    {"overlaps before", "range1:range, range2:range", relation<overlaps_before>},
    {"overlaps after", "range1:range, range2:range", relation<overlaps_after>},
    {"finishes", "point:point|range, range:range", relation<finishes>},
    {"finishes", "range1:range, range2:range", relation<finishes>},
    {"finished by", "range:range, point:point|range", relation<finishes, true>},
    {"finished by", "range1:range, range2:range", relation<finishes, true>},
    {"includes", "range:range, point:point|range", relation<includes>},
    {"includes", "range1:range, range2:range", relation<includes>},
    {"during", "point:point|range, range:range", relation<includes, true>},
    {"during", "range1:range, range2:range", relation<includes, true>},
    {"starts", "point:point|range, range:range", relation<starts>},
    {"starts", "range1:range, range2:range", relation<starts>},
    {"started by", "range:range, point:point|range", relation<starts, true>},
    {"started by", "range1:range, range2:range", relation<starts, true>},
    {"coincides", "point1:point, point2:point", relation<coincides>},
    {"coincides", "range1:range, range2:range", relation<coincides>},
    {"range", "from:string", range_of_text},
};

}  // namespace

std::span<const BuiltinForm> range_builtins() {
  return kForms;
}

}  // namespace guichet::feel
