// DMN 1.5, 10.3.4.1, 10.3.4.6 and 10.3.4.8: making dates, times and durations; is(), day of year()
// …
#include "rules/feel/builtin.h"

namespace guichet::feel {

namespace {

using Args = std::span<Value>;

Value date_of_text(Evaluation& evaluation, Args args) {
  const auto date = Date::parse(args[0].string());
  return date ? Value(*date) : nothing(evaluation, "a date is written YYYY-MM-DD");
}
Value date_of_date(Evaluation&, Args args) {
  return args[0];
}
Value date_of_moment(Evaluation&, Args args) {
  return Value(args[0].date_time().date);
}

Value date_of_parts(Evaluation& evaluation, Args args) {
  const auto year = args[0].number().to_int(), month = args[1].number().to_int(),
             day = args[2].number().to_int();
  if (!year || !month || !day) return nothing(evaluation, "there is no such date");
  const auto date = Date::of(*year, *month, *day);
  return date ? Value(*date) : nothing(evaluation, "there is no such date");
}

Value time_of_text(Evaluation& evaluation, Args args) {
  const auto time = Time::parse(args[0].string());
  return time ? Value(*time) : nothing(evaluation, "a time is written HH:MM:SS");
}
Value time_of_time(Evaluation&, Args args) {
  return args[0];
}
Value time_of_moment(Evaluation&, Args args) {
  return Value(args[0].date_time().time);
}
Value time_of_date(Evaluation&, Args) {
  return Value(Time{0, *Zone::at(0)});
}

Value time_of_parts(Evaluation& evaluation, Args args) {
  const auto hour = args[0].number().to_int(), minute = args[1].number().to_int();
  const auto seconds = args[2].number().to_scaled(9, Rounding::down);
  Zone zone;
  if (args.size() > 3 && !args[3].is_null()) {
    const auto offset = Zone::at(args[3].days_duration().seconds);
    if (!offset) return nothing(evaluation, "an offset is at most 18 hours");
    zone = *offset;
  }
  if (!hour || !minute || !seconds) return nothing(evaluation, "there is no such time");
  const auto time =
      Time::of(*hour, *minute, *seconds / kNanosPerSecond, *seconds % kNanosPerSecond, zone);
  return time ? Value(*time) : nothing(evaluation, "there is no such time");
}

Value moment_of_text(Evaluation& evaluation, Args args) {
  const auto moment = DateTime::parse(args[0].string());
  return moment ? Value(*moment)
                : nothing(evaluation, "a date and time is written YYYY-MM-DDTHH:MM:SS");
}
Value moment_of_date_and_time(Evaluation&, Args args) {
  const Date date = args[0].is(Kind::date) ? args[0].date() : args[0].date_time().date;
  return Value(DateTime{date, args[1].time()});
}
Value moment_of_moment(Evaluation&, Args args) {
  return args[0];
}
Value moment_of_date(Evaluation&, Args args) {
  return Value(DateTime{args[0].date(), Time{0, *Zone::at(0)}});
}

/// The same instant in another zone.
Value moment_in_zone(Evaluation& evaluation, Args args) {
  const auto zone = Zone::named(args[1].string());
  const DateTime& from = args[0].date_time();
  if (!zone || from.time.zone.kind == Zone::Kind::none)
    return nothing(evaluation, "date and time() needs a known zone");
  const Wide at = instant(from);
  auto moved =
      plus(DateTime{Date{}, Time{}}, at + Wide{*zone->offset_at_instant(at)} * kNanosPerSecond);
  if (!moved) return Value();
  moved->time.zone = *zone;
  return Value(*moved);
}

Value duration_of_text(Evaluation& evaluation, Args args) {
  const std::string& text = args[0].string();
  if (const auto days = DaysDuration::parse(text)) return Value(*days);
  if (const auto months = MonthsDuration::parse(text)) return Value(*months);
  return nothing(evaluation, "a duration is written P1Y2M or P1DT2H3M4S");
}
Value duration_of_duration(Evaluation&, Args args) {
  return args[0];
}

/// Whole months from one day to another; towards zero.
Value months_between(Evaluation&, Args args) {
  const auto day = [](const Value& v) { return v.is(Kind::date) ? v.date() : v.date_time().date; };
  const Date from = day(args[0]), to = day(args[1]);
  std::int64_t months = (std::int64_t{to.year} - from.year) * 12 + (to.month - from.month);
  if (months > 0 && to.day < from.day) --months;
  if (months < 0 && to.day > from.day) ++months;
  return Value(MonthsDuration{months});
}

Value now(Evaluation& evaluation, Args) {
  const auto at = evaluation.now();
  return at ? Value(*at) : nothing(evaluation, "now() is not given here");
}
Value today(Evaluation& evaluation, Args) {
  const auto at = evaluation.now();
  return at ? Value(at->date) : nothing(evaluation, "today() is not given here");
}

Value is_same(Evaluation&, Args args) {
  return Value(same(args[0], args[1]));
}

Date day_of(const Value& value) {
  return value.is(Kind::date) ? value.date() : value.date_time().date;
}

Value day_of_year(Evaluation&, Args args) {
  return Value(Number(day_of(args[0]).day_of_year()));
}
Value week_of_year(Evaluation&, Args args) {
  return Value(Number(day_of(args[0]).week_of_year()));
}

Value day_of_week(Evaluation&, Args args) {
  static constexpr const char* kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                          "Friday", "Saturday", "Sunday"};
  return Value::string(kDays[day_of(args[0]).weekday() - 1]);
}
Value month_of_year(Evaluation&, Args args) {
  static constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                            "May",       "June",     "July",     "August",
                                            "September", "October",  "November", "December"};
  return Value::string(kMonths[day_of(args[0]).month - 1]);
}

constexpr BuiltinForm kForms[] = {
    {"date", "from:string", date_of_text},
    {"date", "from:date", date_of_date},
    {"date", "from:moment", date_of_moment},
    {"date", "year:number, month:number, day:number", date_of_parts},
    {"time", "from:string", time_of_text},
    {"time", "from:time", time_of_time},
    {"time", "from:moment", time_of_moment},
    {"time", "from:date", time_of_date},
    {"time", "hour:number, minute:number, second:number, offset:days~?", time_of_parts},
    {"date and time", "from:string", moment_of_text},
    {"date and time", "from:moment", moment_of_moment},
    {"date and time", "from:date", moment_of_date},
    {"date and time", "date:date|moment, time:time", moment_of_date_and_time},
    {"date and time", "date:moment, timezone:string", moment_in_zone},
    {"duration", "from:string", duration_of_text},
    {"duration", "from:days|months", duration_of_duration},
    {"years and months duration", "from:date|moment, to:date|moment", months_between},
    {"now", "", now, false},
    {"today", "", today, false},
    {"is", "value1:any, value2:any", is_same},
    {"day of year", "date:date|moment", day_of_year},
    {"week of year", "date:date|moment", week_of_year},
    {"day of week", "date:date|moment", day_of_week},
    {"month of year", "date:date|moment", month_of_year},
};

}  // namespace

std::span<const BuiltinForm> temporal_builtins() {
  return kForms;
}

}  // namespace guichet::feel
