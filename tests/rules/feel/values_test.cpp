#include "rules/feel/value.h"

#include <gtest/gtest.h>

#include <thread>

#include "rules/feel/type.h"
#include "tests/rules/feel/evaluate.h"

namespace guichet::feel {
namespace {

TEST(Value, TakesNoMoreThan24Bytes) {
  EXPECT_EQ(sizeof(Value), 24);
}

TEST(Value, ContextFindsEntriesByName) {
  static const Shape kChild({"date_of_birth", "disability_tax_credit"});
  const Value child = Value::context(kChild, {Value(*Date::of(2021, 3, 14)), Value(false)});
  EXPECT_EQ(child.get("date_of_birth").date().to_string(), "2021-03-14");
  EXPECT_TRUE(child.get("disability_tax_credit").is_false());
  EXPECT_TRUE(child.get("sin").is_null());
  EXPECT_EQ(Value(Number(1)).find("x", Shape::hash_name("x")), nullptr);
}

TEST(Value, OfTwoEntriesWithOneNameTheLastCounts) {
  const Value context =
      Value::context({{"a", Value(Number(1))}, {"b", Value()}, {"a", Value(Number(2))}});
  EXPECT_EQ(to_literal(context), "{a: 2, b: null}");
}

TEST(Value, IsSharedByItsCopies) {
  Value list = Value::list({Value::string("a"), Value(Number(2))});
  const Value copy = list;
  list = Value();
  EXPECT_EQ(to_literal(copy), "[\"a\", 2]");
}

TEST(Value, IsCopiedAndDroppedByManyThreads) {
  const Value shared =
      Value::list({Value::string("a"), Value::context({{"x", Value(DateTime{})}})});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        const Value copy = shared;
        ASSERT_EQ(copy.list().size(), 2);
        const Value inner = copy.list()[1].get("x");
        ASSERT_TRUE(inner.is(Kind::date_time));
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(Expressions, AreEvaluatedByManyThreadsAtOnce) {
  const auto code = compile(
      "{l: for i in 1..50 return {n: i, s: string(i)}, r: string join(sort(l[n > 10], "
      "function(a, b) a.n > b.n).s, \"\") = string join(reverse(for i in 11..50 return string(i)), "
      "\"\")}.r");
  ASSERT_TRUE(code) << code.error().message;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        Noting evaluation;
        ASSERT_TRUE(code->run(evaluation).is_true());
      }
    });
  for (auto& thread : threads) thread.join();
}

TEST(Type, ConvertsListsOfOneAndDates) {
  const Value one = Value::list({Value(Number(1))});
  EXPECT_EQ(to_literal(*convert(one, Type::of(Kind::number))), "1");
  EXPECT_EQ(to_literal(*convert(Value(Number(1)), Type::list(Type::of(Kind::number)))), "[1]");
  EXPECT_EQ(to_literal(*convert(Value(*Date::of(2026, 1, 1)), Type::of(Kind::date_time))),
            "@\"2026-01-01T00:00:00Z\"");
  EXPECT_FALSE(convert(Value::string("x"), Type::of(Kind::number)));
  EXPECT_TRUE(convert(Value(), Type::of(Kind::number))->is_null());
}

TEST(Temporal, RefusesWhatDoesNotExist) {
  for (const char* text : {"2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "02026-01-01",
                           "2026-01-01 ", "+2026-01-01", "9999999999-01-01"})
    EXPECT_FALSE(Date::parse(text)) << text;
  for (const char* text :
       {"24:00:01", "12:60:00", "12:00", "12:00:00+19:00", "12:00:00@Nowhere/City"})
    EXPECT_FALSE(Time::parse(text)) << text;
  for (const char* text : {"P", "PT", "P1H", "P1Y1D", "P1DT", "1D", "P99999999999999999999D"})
    EXPECT_FALSE(DaysDuration::parse(text)) << text;
}

TEST(Temporal, DaysAndDatesAgreeOverFourCenturies) {
  Date date = *Date::of(1799, 12, 31);
  for (std::int64_t days = date.to_days(); days < Date{2200, 1, 1}.to_days(); ++days) {
    const auto back = Date::from_days(days);
    ASSERT_TRUE(back);
    ASSERT_EQ(back->to_days(), days);
    ASSERT_EQ(Date::parse(back->to_string()), *back);
  }
}

}  // namespace
}  // namespace guichet::feel
