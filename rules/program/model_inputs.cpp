#include "rules/program/model_inputs.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace guichet::rules {
namespace {

using feel::Number;
using feel::Shape;
using feel::Value;

Value dollars(std::int64_t cents) {
  return Value(Number::scaled(cents, 2));
}

Value age(std::int32_t born, Day effective) {
  return Value(Number(age_on(from_days(born), effective)));
}

/// Made once for the two roles that there are.
Value role_value(std::string_view role) {
  static const Value kApplicant = Value::string("applicant");
  static const Value kSpouse = Value::string("spouse");
  if (role == "applicant") return kApplicant;
  return role == "spouse" ? kSpouse : Value::string(std::string(role));
}

Value adult_value(const v1::Adult& adult, Day effective) {
  static const Shape kShape({"role", "age", "net_income", "employment_income",
                             "years_in_canada_since_18", "disability_tax_credit"});
  return Value::context(
      kShape, {role_value(adult.role()), age(adult.date_of_birth(), effective),
               dollars(adult.net_income_cents()), dollars(adult.employment_income_cents()),
               Value(Number(std::int64_t{adult.years_in_canada_since_18()})),
               Value(adult.disability_tax_credit())});
}

Value adults_value(const v1::Household& household, Day effective) {
  std::vector<Value> adults;
  for (const char* role : {"applicant", "spouse"})
    for (const v1::Adult& adult : household.adults())
      if (adult.role() == role) adults.push_back(adult_value(adult, effective));
  return Value::list(std::move(adults));
}

Value children_value(const v1::Household& household, Day effective) {
  static const Shape kShape({"age", "disability_tax_credit"});
  std::vector<Value> children;
  for (const v1::Child& child : household.children())
    children.push_back(Value::context(
        kShape, {age(child.date_of_birth(), effective), Value(child.disability_tax_credit())}));
  return Value::list(std::move(children));
}

Value household_value(const v1::Household& household) {
  static const Shape kShape({"annual_rent", "annual_property_tax"});
  return Value::context(kShape, {dollars(household.annual_rent_cents()),
                                 dollars(household.annual_property_tax_cents())});
}

Value residence_value(const v1::Residence& residence) {
  static const Shape kShape({"province", "municipality", "postal_code"});
  return Value::context(
      kShape, {Value::string(residence.province()), Value::string(residence.municipality()),
               Value::string(residence.postal_code())});
}

struct Given {
  const v1::Facts& facts;
  Day effective;
  const Value& parameters;
  const v1::Adult* adult;
};
struct Input {
  std::string_view name;
  Value (*value)(const Given&);
};
constexpr std::array<Input, 7> kInputs = {{
    {"adults", [](const Given& in) { return adults_value(in.facts.household(), in.effective); }},
    {"adult",
     [](const Given& in) { return in.adult ? adult_value(*in.adult, in.effective) : Value(); }},
    {"children",
     [](const Given& in) { return children_value(in.facts.household(), in.effective); }},
    {"household", [](const Given& in) { return household_value(in.facts.household()); }},
    {"residence", [](const Given& in) { return residence_value(in.facts.residence()); }},
    {"effective date",
     [](const Given& in) { return Value::maybe(feel::Date::from_days(to_days(in.effective))); }},
    {"parameters", [](const Given& in) { return in.parameters; }},
}};

}  // namespace

Result<ModelInputs> ModelInputs::of(const std::vector<std::string>& names) {
  ModelInputs made;
  made.shape_ = Shape(names);
  for (const std::string& name : names) {
    const auto found = std::ranges::find(kInputs, name, &Input::name);
    if (found == kInputs.end()) {
      std::string allowed;
      for (const Input& input : kInputs)
        allowed += (allowed.empty() ? "" : ", ") + std::string(input.name);
      return Failure{"input '" + name + "': nothing gives it a value; a program's model may have " +
                     allowed};
    }
    made.inputs_.push_back(static_cast<std::size_t>(found - kInputs.begin()));
  }
  return made;
}

feel::Value ModelInputs::values(const v1::Facts& facts, Day effective,
                                const feel::Value& parameters, const v1::Adult* adult) const {
  const Given given{facts, effective, parameters, adult};
  std::vector<Value> values;
  values.reserve(inputs_.size());
  for (const std::size_t input : inputs_) values.push_back(kInputs[input].value(given));
  return Value::context(shape_, std::move(values));
}

}  // namespace guichet::rules
