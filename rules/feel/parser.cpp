#include "rules/feel/parser.h"

#include <algorithm>
#include <array>

#include "rules/feel/builtins.h"
#include "rules/feel/lexer.h"
#include "rules/feel/nodes.h"
#include "rules/feel/properties.h"

namespace guichet::feel {

namespace {

using nodes::Arithmetic;
using nodes::Comparison;

constexpr std::array<std::string_view, 17> kKeywords = {
    "if",  "then", "else", "for",     "return",   "some", "every", "satisfies", "in",
    "and", "or",   "not",  "between", "instance", "true", "false", "null"};

bool is_keyword(const Token& token) {
  return token.kind == Token::Kind::word &&
         std::find(kKeywords.begin(), kKeywords.end(), token.text) != kKeywords.end();
}

/// Recursive descent over the grammar of DMN 1.5, 10.3.1.2. Where the grammar leaves open where a
/// name ends, the longest name that the scope knows counts.
class Parser {
 public:
  Parser(std::string_view text, Scope& scope) : tokens_(read_tokens(text)), scope_(&scope) {}

  ExprPtr whole_expression() {
    ExprPtr result = expression();
    expect_end();
    return result;
  }

  ExprPtr whole_tests(std::size_t slot, const Type& type) {
    input_slot_ = slot;
    input_type_ = type;
    ExprPtr result;
    if (now().is("-") && tokens_[at_ + 1].kind == Token::Kind::end) {
      ++at_;
      result = nodes::constant(Value(true));
    } else if (now().is_word("not") && tokens_[at_ + 1].is("(") && closes_at_end(at_ + 1)) {
      at_ += 2;
      result = nodes::not_of(tests(slot));
      expect(")");
    } else {
      result = tests(slot);
    }
    expect_end();
    return result;
  }

  Type whole_type() {
    Type result = type();
    expect_end();
    return result;
  }

 private:
  // --- tokens
  const Token& now() const { return tokens_[at_]; }
  bool take(std::string_view symbol) {
    if (!now().is(symbol)) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (!now().is_word(word)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view symbol) {
    if (!take(symbol)) fail("'" + std::string(symbol) + "'");
  }
  void expect_word(std::string_view word) {
    if (!take_word(word)) fail("'" + std::string(word) + "'");
  }
  void expect_end() {
    if (now().kind != Token::Kind::end) fail("an operator, or the end");
  }
  [[noreturn]] void fail(const std::string& wanted) const {
    const std::string found = now().kind == Token::Kind::end      ? "the end"
                              : now().kind == Token::Kind::string ? "a string"
                                                                  : "'" + now().text + "'";
    throw SyntaxError{now().position, found + " stands where " + wanted + " is wanted"};
  }
  /// Whether the bracket at `open` closes with the last token.
  bool closes_at_end(std::size_t open) const {
    int depth = 0;
    for (std::size_t i = open; i < tokens_.size(); ++i) {
      if (tokens_[i].is("(")) ++depth;
      if (tokens_[i].is(")") && --depth == 0) return tokens_[i + 1].kind == Token::Kind::end;
    }
    return false;
  }

  class Nested {
   public:
    explicit Nested(Parser& parser) : parser_(parser) {
      if (++parser.nesting_ > kMaxNesting)
        throw SyntaxError{parser.now().position, "more than " + std::to_string(kMaxNesting) +
                                                     " expressions stand in one another"};
    }
    ~Nested() { --parser_.nesting_; }

   private:
    Parser& parser_;
  };

  /// A finished part: evaluated at once where everything in it is constant.
  ExprPtr done(ExprPtr expr) const {
    if (expr->levels() > kMaxExpressionDepth)
      throw SyntaxError{now().position, "more than " + std::to_string(kMaxExpressionDepth) +
                                            " operators stand in one another"};
    if (!expr->foldable()) return expr;
    try {
      Limits limits;
      limits.steps = 10'000;
      Evaluation evaluation(limits);
      Frame frame{evaluation, nullptr, {}};
      Value value = expr->eval(frame);
      if (value.is_null()) return expr;  // its evaluation says why
      return nodes::constant(std::move(value));
    } catch (const LimitReached&) {
      return expr;
    }
  }

  // --- expressions, from the loosest operator to the tightest
  ExprPtr expression() {
    Nested nested(*this);
    return disjunction();
  }

  ExprPtr disjunction() {
    ExprPtr left = conjunction();
    while (take_word("or")) left = done(nodes::disjunction(std::move(left), conjunction()));
    return left;
  }

  ExprPtr conjunction() {
    ExprPtr left = comparison();
    while (take_word("and")) left = done(nodes::conjunction(std::move(left), comparison()));
    return left;
  }

  static std::optional<Comparison> comparison_of(const Token& token) {
    if (token.kind != Token::Kind::symbol) return std::nullopt;
    if (token.text == "=") return Comparison::equal;
    if (token.text == "!=") return Comparison::not_equal;
    if (token.text == "<") return Comparison::less;
    if (token.text == "<=") return Comparison::less_equal;
    if (token.text == ">") return Comparison::greater;
    if (token.text == ">=") return Comparison::greater_equal;
    return std::nullopt;
  }

  ExprPtr comparison() {
    ExprPtr left = additive();
    for (;;) {
      if (const auto op = comparison_of(now())) {
        ++at_;
        left = done(nodes::comparison(*op, std::move(left), additive()));
      } else if (take_word("between")) {
        ExprPtr low = additive();
        expect_word("and");
        left = done(nodes::between(std::move(left), std::move(low), additive()));
      } else if (take_word("in")) {
        left = membership(std::move(left));
      } else {
        return left;
      }
    }
  }

  ExprPtr membership(ExprPtr value) {
    const std::size_t slot = scope_->new_slot();
    const auto outer = input_slot_;
    input_slot_.reset();  // `?` is the value of a cell alone
    ExprPtr result;
    const std::size_t start = at_;
    if (take("(")) {
      result = tests(slot);
      if (now().is("..")) {  // it was the start of a range
        at_ = start;
        result = test(slot);
      } else {
        expect(")");
      }
    } else {
      result = test(slot);
    }
    input_slot_ = outer;
    return done(nodes::with(slot, std::move(value), std::move(result)));
  }

  ExprPtr additive() {
    ExprPtr left = multiplicative();
    for (;;) {
      if (take("+"))
        left = done(nodes::arithmetic(Arithmetic::add, std::move(left), multiplicative()));
      else if (take("-"))
        left = done(nodes::arithmetic(Arithmetic::subtract, std::move(left), multiplicative()));
      else
        return left;
    }
  }

  ExprPtr multiplicative() {
    ExprPtr left = power();
    for (;;) {
      if (take("*"))
        left = done(nodes::arithmetic(Arithmetic::multiply, std::move(left), power()));
      else if (take("/"))
        left = done(nodes::arithmetic(Arithmetic::divide, std::move(left), power()));
      else
        return left;
    }
  }

  ExprPtr power() {
    ExprPtr left = unary();
    while (take("**")) left = done(nodes::arithmetic(Arithmetic::power, std::move(left), unary()));
    return left;
  }

  ExprPtr unary() {
    if (now().is("-")) {
      Nested nested(*this);
      ++at_;
      return done(nodes::negate(unary()));
    }
    return instance();
  }

  ExprPtr instance() {
    ExprPtr value = postfix(primary());
    while (now().is_word("instance") && tokens_[at_ + 1].is_word("of")) {
      at_ += 2;
      value = done(nodes::instance_of(std::move(value), type()));
    }
    return value;
  }

  ExprPtr postfix(ExprPtr value) {
    for (;;) {
      if (now().is(".")) {
        ++at_;
        std::string member = member_name(value->type());  // before `value` is moved away
        value = done(nodes::path(std::move(value), std::move(member)));
      } else if (now().is("[") && !range_end_) {  // in "[1..10[" it ends the range
        ++at_;
        value = filter(std::move(value));
      } else if (now().is("(")) {
        value = call(std::move(value));
      } else {
        return value;
      }
    }
  }

  ExprPtr filter(ExprPtr list) {
    Nested nested(*this);
    const std::size_t mark = scope_->mark();
    const Type type = list->type().is(Kind::list) ? list->type().element() : list->type();
    const std::size_t slot = scope_->declare("item", type);
    if (!(type.is(Kind::number) || type.is(Kind::string) || type.is(Kind::boolean)))
      scope_->open_item(slot, type);
    const bool outer = std::exchange(range_end_, false);
    ExprPtr condition = disjunction();
    range_end_ = outer;
    expect("]");
    scope_->release(mark);
    return done(nodes::filter(std::move(list), slot, std::move(condition)));
  }

  ExprPtr call(ExprPtr function) {
    Nested nested(*this);
    const bool outer = std::exchange(range_end_, false);
    expect("(");
    std::vector<std::string> names;
    std::vector<ExprPtr> arguments;
    if (!take(")")) {
      do {
        if (const auto name = named_argument()) names.push_back(*name);
        arguments.push_back(disjunction());
      } while (take(","));
      expect(")");
    }
    range_end_ = outer;
    if (names.empty()) return done(nodes::call(std::move(function), std::move(arguments)));
    if (names.size() != arguments.size()) fail("a name for every argument");
    return done(nodes::call_named(std::move(function), std::move(names), std::move(arguments)));
  }

  /// "name:" of an argument or an entry.
  std::optional<std::string> named_argument() {
    std::size_t i = at_;
    if (tokens_[i].kind != Token::Kind::word) return std::nullopt;
    while (tokens_[i].kind == Token::Kind::word || tokens_[i].kind == Token::Kind::number ||
           joins_names(tokens_[i]))
      ++i;
    if (!tokens_[i].is(":")) return std::nullopt;
    std::string name = name_between(at_, i);
    at_ = i + 1;
    return name;
  }

  // --- what stands by itself
  ExprPtr primary() {
    const Token& token = now();
    switch (token.kind) {
      case Token::Kind::number: {
        const auto number = Number::parse(token.text);
        if (!number) fail("a number of at most 34 digits");
        ++at_;
        return nodes::constant(Value(*number));
      }
      case Token::Kind::string:
        ++at_;
        return nodes::constant(Value::string(token.text));
      case Token::Kind::at_string:
        return at_literal();
      case Token::Kind::word:
        return word();
      case Token::Kind::symbol:
        if (token.text == "(") return parentheses();
        if (token.text == "[") return brackets();
        if (token.text == "]") return range_from(false);
        if (token.text == "{") return context();
        break;
      case Token::Kind::end:
        break;
    }
    fail("an expression");
  }

  ExprPtr at_literal() {
    const std::string& text = now().text;
    Value value;
    if (const auto date = Date::parse(text))
      value = Value(*date);
    else if (const auto both = DateTime::parse(text))
      value = Value(*both);
    else if (const auto time = Time::parse(text); time && text[0] != 'T')
      value = Value(*time);
    else if (const auto days = DaysDuration::parse(text))
      value = Value(*days);
    else if (const auto months = MonthsDuration::parse(text))
      value = Value(*months);
    ++at_;
    return nodes::constant(std::move(value));
  }

  ExprPtr word() {
    const Token& token = now();
    // A longer name wins over a keyword at its start.
    if (const auto name = known_name(); name && (name->second > at_ + 1 || !is_keyword(token))) {
      at_ = name->second;
      return scope_->resolve(name->first);
    }
    if (token.text == "if") return conditional();
    if (token.text == "for") return loop();
    if (token.text == "some" || token.text == "every") return quantified();
    if (token.text == "function" && tokens_[at_ + 1].is("(")) return function();
    if (take_word("true")) return nodes::constant(Value(true));
    if (take_word("false")) return nodes::constant(Value(false));
    if (take_word("null")) return nodes::constant(Value());
    if (token.text == "?" && input_slot_) {
      ++at_;
      uses_input_ = true;
      return nodes::local(*input_slot_, input_type_);
    }
    if (token.text == "not" && tokens_[at_ + 1].is("(")) {
      ++at_;
      return nodes::constant(*find_builtin("not"));
    }
    if (!is_keyword(token) && scope_->inside_open_item()) return scope_->resolve(words());
    if (is_keyword(token)) fail("an expression");
    throw SyntaxError{token.position, "'" + words() + "' is not known here"};
  }

  // --- names
  static bool joins_names(const Token& token) {
    return token.kind == Token::Kind::symbol && token.text.size() == 1 &&
           std::string_view("./-+*'").find(token.text) != std::string_view::npos;
  }

  std::string name_between(std::size_t from, std::size_t to) const {
    std::string name;
    for (std::size_t i = from; i < to; ++i) {
      if (i > from && tokens_[i].position > tokens_[i - 1].end) name += ' ';
      name += tokens_[i].text;
    }
    return name;
  }

  /// The longest name from here on that `known` accepts, in canonical form, and where it ends.
  template <class Known>
  std::optional<std::pair<std::string, std::size_t>> longest_name(Known known) const {
    constexpr std::size_t kMaxParts = 40;
    std::optional<std::pair<std::string, std::size_t>> best;
    std::string name;
    for (std::size_t i = at_; i < std::min(at_ + kMaxParts, tokens_.size()); ++i) {
      const Token& token = tokens_[i];
      if (token.kind == Token::Kind::word || token.kind == Token::Kind::number) {
        const bool spaced = i > at_ && !joins_names(tokens_[i - 1]);
        if (token.kind == Token::Kind::number && i == at_) break;
        if (spaced && tokens_[i].position > tokens_[i - 1].end) name += ' ';
        name += token.text;
        if (known(name)) best = {name, i + 1};
      } else if (joins_names(token)) {
        name += token.text;
        if (known(name)) best = {name, i + 1};
      } else {
        break;
      }
    }
    return best;
  }

  std::optional<std::pair<std::string, std::size_t>> known_name() const {
    return longest_name([&](const std::string& name) { return scope_->knows(name); });
  }

  /// The words from here on up to a keyword or symbol.
  std::string words() {
    const std::size_t start = at_++;
    while (now().kind == Token::Kind::word && !is_keyword(now())) ++at_;
    return canonical_name(name_between(start, at_));
  }

  /// A name after a dot.
  std::string member_name(const Type& type) {
    if (now().kind != Token::Kind::word) fail("a name");
    Type owner = type.is(Kind::list) ? type.element() : type;
    if (const auto* members = owner.members()) {
      const auto found = longest_name([&](const std::string& name) {
        return std::any_of(members->begin(), members->end(),
                           [&](const auto& m) { return canonical_name(m.first) == name; });
      });
      if (found) {
        at_ = found->second;
        for (const auto& member : *members)
          if (canonical_name(member.first) == found->first) return member.first;
      }
    }
    const auto& known = scope_->environment().members;
    const auto found = longest_name([&](const std::string& name) {
      return find_property(name).has_value() || known.contains(name);
    });
    if (found) {
      at_ = found->second;
      const auto written = known.find(found->first);
      return written == known.end() ? found->first : written->second;
    }
    return words();
  }

  // --- the forms that start with a word
  ExprPtr conditional() {
    ++at_;
    ExprPtr condition = expression();
    expect_word("then");
    ExprPtr then = expression();
    expect_word("else");
    return nodes::conditional(std::move(condition), std::move(then), expression());
  }

  std::vector<nodes::Iterator> iterators() {
    std::vector<nodes::Iterator> result;
    do {
      const std::size_t start = at_;
      while (now().kind != Token::Kind::end && !now().is_word("in")) ++at_;
      const std::string name = name_between(start, at_);
      if (name.empty()) fail("a name");
      expect_word("in");
      nodes::Iterator iterator{};
      iterator.from = expression();
      Type type = iterator.from->type();
      if (type.is(Kind::list) || type.is(Kind::range)) type = type.element();
      if (take("..")) iterator.to = expression();
      iterator.slot = scope_->declare(name, type);
      result.push_back(std::move(iterator));
    } while (take(","));
    return result;
  }

  ExprPtr loop() {
    ++at_;
    const bool outer = std::exchange(range_end_, false);
    const std::size_t mark = scope_->mark();
    auto over = iterators();
    expect_word("return");
    const bool uses_partial =
        std::any_of(tokens_.begin() + static_cast<std::ptrdiff_t>(at_), tokens_.end(),
                    [](const Token& token) { return token.text == "partial"; });
    std::optional<std::size_t> partial;
    if (uses_partial) partial = scope_->declare("partial", Type::of(Kind::list));
    ExprPtr body = expression();
    scope_->release(mark);
    range_end_ = outer;
    return nodes::loop(std::move(over), partial, std::move(body));
  }

  ExprPtr quantified() {
    const bool every = now().text == "every";
    ++at_;
    const std::size_t mark = scope_->mark();
    auto over = iterators();
    expect_word("satisfies");
    ExprPtr body = expression();
    scope_->release(mark);
    return nodes::quantified(every, std::move(over), std::move(body));
  }

  ExprPtr function() {
    at_ += 2;
    auto code = std::make_shared<FunctionCode>();
    Scope inner(scope_->environment(), scope_);
    if (!take(")")) {
      do {
        const std::size_t start = at_;
        while (now().kind != Token::Kind::end && !now().is(":") && !now().is(",") && !now().is(")"))
          ++at_;
        Parameter parameter{name_between(start, at_), {}};
        if (parameter.name.empty()) fail("a parameter's name");
        if (take(":")) parameter.type = type();
        inner.declare(parameter.name, parameter.type);
        code->parameters.push_back(std::move(parameter));
      } while (take(","));
      expect(")");
    }
    if (take(":")) code->result = type();
    Scope* const outer = std::exchange(scope_, &inner);
    const auto input = std::exchange(input_slot_, std::nullopt);
    const bool external = now().is_word("external") && tokens_[at_ + 1].is("{");
    if (external) ++at_;
    ExprPtr body = expression();
    scope_ = outer;
    input_slot_ = input;
    // A function in another language is known, and gives null: nothing foreign is run.
    code->code.root = external ? nodes::constant(Value()) : std::move(body);
    code->code.slots = inner.slots();
    auto captured = inner.take_captured();
    if (captured.empty())
      return nodes::constant(Value::function(std::make_shared<Closure>(std::move(code))));
    return nodes::function(std::move(code), std::move(captured));
  }

  // --- brackets
  ExprPtr parentheses() {
    const bool outer = std::exchange(range_end_, false);
    expect("(");
    ExprPtr result;
    if (const auto op = comparison_of(now())) {  // a range with one end: (> 10)
      ++at_;
      result = one_ended(*op, expression());
      expect(")");
    } else {
      ExprPtr first = expression();
      if (take("..")) {
        range_end_ = outer;
        return range_to(std::move(first), false);
      }
      expect(")");
      result = std::move(first);
    }
    range_end_ = outer;
    return result;
  }

  ExprPtr one_ended(Comparison op, ExprPtr end) {
    switch (op) {
      case Comparison::less:
        return done(nodes::range(nullptr, false, std::move(end), false));
      case Comparison::less_equal:
        return done(nodes::range(nullptr, false, std::move(end), true));
      case Comparison::greater:
        return done(nodes::range(std::move(end), false, nullptr, false));
      case Comparison::greater_equal:
        return done(nodes::range(std::move(end), true, nullptr, false));
      case Comparison::equal:
      case Comparison::not_equal: {
        const Value* fixed = end->constant();
        if (!fixed) fail("a literal after '=' or '!='");
        const bool equal = op == Comparison::equal;
        RangeValue range{*fixed, *fixed, equal, equal};
        range.form = equal ? RangeValue::Form::equal : RangeValue::Form::not_equal;
        return nodes::constant(Value::range(std::move(range)));
      }
    }
    return nullptr;
  }

  ExprPtr brackets() {
    const bool outer = std::exchange(range_end_, false);
    expect("[");
    std::vector<ExprPtr> items;
    if (!now().is("]")) {
      do {
        if (const auto op = comparison_of(now())) {
          ++at_;
          items.push_back(one_ended(*op, expression()));
          continue;
        }
        items.push_back(expression());
        if (items.size() == 1 && take("..")) {
          range_end_ = outer;
          return range_to(std::move(items[0]), true);
        }
      } while (take(","));
    }
    expect("]");
    range_end_ = outer;
    return done(nodes::list(std::move(items)));
  }

  ExprPtr range_from(bool closed) {
    ++at_;
    ExprPtr low = expression();
    expect("..");
    return range_to(std::move(low), closed);
  }

  ExprPtr range_to(ExprPtr low, bool low_closed) {
    const bool outer = std::exchange(range_end_, true);
    ExprPtr high = expression();
    range_end_ = outer;
    const bool high_closed = take("]");
    if (!high_closed && !take(")") && !take("[")) fail("']', ')' or '['");
    return done(nodes::range(std::move(low), low_closed, std::move(high), high_closed));
  }

  ExprPtr context() {
    const bool outer = std::exchange(range_end_, false);
    expect("{");
    const std::size_t mark = scope_->mark();
    std::vector<nodes::Entry> entries;
    if (!take("}")) {
      do {
        nodes::Entry entry{};
        if (now().kind == Token::Kind::string) {
          entry.name = now().text;
          ++at_;
          expect(":");
        } else if (const auto name = named_argument()) {
          entry.name = *name;
        } else {
          fail("a name and ':'");
        }
        for (const auto& other : entries)
          if (other.name == entry.name)
            throw SyntaxError{now().position, "two entries are named '" + entry.name + "'"};
        entry.value = expression();
        entry.slot = scope_->declare(entry.name, entry.value->type());
        scope_->environment().add_member(entry.name);
        entries.push_back(std::move(entry));
      } while (take(","));
      expect("}");
    }
    scope_->release(mark);
    range_end_ = outer;
    return nodes::context(std::move(entries));
  }

  // --- unary tests
  ExprPtr tests(std::size_t slot) {
    std::vector<ExprPtr> all;
    do all.push_back(test(slot));
    while (take(","));
    return all.size() == 1 ? std::move(all[0]) : nodes::any_of(std::move(all));
  }

  ExprPtr test(std::size_t slot) {
    if (const auto op = comparison_of(now())) {
      ++at_;
      return nodes::comparison(*op, nodes::local(slot, input_type_), additive());
    }
    const bool outer = std::exchange(uses_input_, false);
    ExprPtr value = input_slot_ ? expression() : additive();
    const bool uses_input = std::exchange(uses_input_, outer);
    if (uses_input) return nodes::is_true(std::move(value));
    return nodes::is_in(slot, std::move(value));
  }

  // --- types
  Type type() {
    Nested nested(*this);
    if (now().is_word("list") && tokens_[at_ + 1].is("<")) return Type::list(type_argument());
    if (now().is_word("range") && tokens_[at_ + 1].is("<")) return Type::range(type_argument());
    if (now().is_word("context") && tokens_[at_ + 1].is("<")) return context_type();
    if (now().is_word("function") && tokens_[at_ + 1].is("<")) return function_type();
    const auto& types = scope_->environment().types;
    const auto found = longest_name([&](const std::string& name) {
      return types.contains(name) || Type::named(name).has_value();
    });
    if (!found) fail("a type");
    at_ = found->second;
    const auto defined = types.find(found->first);
    return defined == types.end() ? *Type::named(found->first) : defined->second;
  }

  Type type_argument() {
    at_ += 2;
    Type argument = type();
    expect(">");
    return argument;
  }

  Type context_type() {
    at_ += 2;
    Type::Members members;
    if (take(">")) return Type::context({});
    do {
      const auto name = named_argument();
      if (!name) fail("a name and ':'");
      members.emplace_back(*name, type());
    } while (take(","));
    expect(">");
    return Type::context(std::move(members));
  }

  Type function_type() {
    at_ += 2;
    std::vector<Type> parameters;
    if (!take(">")) {
      do parameters.push_back(type());
      while (take(","));
      expect(">");
    }
    expect("->");
    return Type::function(std::move(parameters), type());
  }

  std::vector<Token> tokens_;
  Scope* scope_;
  std::size_t at_ = 0;
  unsigned nesting_ = 0;
  bool range_end_ = false;  // a '[' ends a range, and starts no filter
  std::optional<std::size_t> input_slot_;
  Type input_type_;
  bool uses_input_ = false;
};

template <class Read>
auto guarded(std::string_view text, Read read) -> Result<decltype(read())> {
  try {
    return read();
  } catch (const SyntaxError& error) {
    return Failure{place_in(text, error.position) + ": " + error.message};
  }
}

}  // namespace

Result<ExprPtr> parse_expression(std::string_view text, Scope& scope) {
  const std::size_t mark = scope.mark();
  auto result = guarded(text, [&] { return Parser(text, scope).whole_expression(); });
  scope.release(mark);
  return result;
}

Result<ExprPtr> parse_unary_tests(std::string_view text, Scope& scope, std::size_t slot,
                                  const Type& type) {
  const std::size_t mark = scope.mark();
  auto result = guarded(text, [&] { return Parser(text, scope).whole_tests(slot, type); });
  scope.release(mark);
  return result;
}

Result<Type> parse_type(std::string_view text, const Environment& environment) {
  Environment copy;
  copy.types = environment.types;
  Scope scope(copy);
  return guarded(text, [&] { return Parser(text, scope).whole_type(); });
}

Result<Code> compile(std::string_view text) {
  Environment environment;
  Scope scope(environment);
  auto root = parse_expression(text, scope);
  if (!root) return root.error();
  return Code{std::move(*root), scope.slots()};
}

}  // namespace guichet::feel
