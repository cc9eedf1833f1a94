#include "rules/program/model_inputs.h"

#include <array>
#include <string>
#include <vector>

namespace guichet::rules {
namespace {

using feel::Number;
using feel::Shape;
using feel::Value;

constexpr std::array<std::string_view, 7> kInputs = {
    "adults", "adult", "children", "household", "residence", "effective date", "parameters"};

Value dollars(std::int64_t cents) {
  return Value(Number::scaled(cents, 2));
}

Value age(std::int32_t born, Day effective) {
  return Value(Number(age_on(from_days(born), effective)));
}

Value adult_value(const v1::Adult& adult, Day effective) {
  static const Shape kShape({"role", "age", "net_income", "employment_income",
                             "years_in_canada_since_18", "disability_tax_credit"});
  return Value::context(
      kShape, {Value::string(adult.role()), age(adult.date_of_birth(), effective),
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

}  // namespace

std::span<const std::string_view> model_input_names() {
  return kInputs;
}

feel::Value model_inputs(const v1::Facts& facts, Day effective, const feel::Value& parameters,
                         const v1::Adult* adult) {
  static const Shape kShape(std::vector<std::string>(kInputs.begin(), kInputs.end()));
  static const Shape kHousehold({"annual_rent", "annual_property_tax"});
  static const Shape kResidence({"province", "municipality", "postal_code"});
  const v1::Household& household = facts.household();
  const v1::Residence& residence = facts.residence();
  return Value::context(
      kShape, {adults_value(household, effective), adult ? adult_value(*adult, effective) : Value(),
               children_value(household, effective),
               Value::context(kHousehold, {dollars(household.annual_rent_cents()),
                                           dollars(household.annual_property_tax_cents())}),
               Value::context(kResidence, {Value::string(residence.province()),
                                           Value::string(residence.municipality()),
                                           Value::string(residence.postal_code())}),
               Value::maybe(feel::Date::from_days(to_days(effective))), parameters});
}

}  // namespace guichet::rules
