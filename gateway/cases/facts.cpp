#include "gateway/cases/facts.h"

#include <algorithm>
#include <array>

namespace guichet::cases {
namespace {

struct Field {
  std::string_view name;
  void (*copy)(const v1::Application& from, v1::Facts& to);
};

/// Each adult of the facts stands where it stood in the application, with its role.
template <class Copy>
void each_adult(const v1::Application& from, v1::Facts& to, Copy copy) {
  v1::Household& household = *to.mutable_household();
  for (int i = 0; i < from.household().adults_size(); ++i) {
    const v1::Adult& adult = from.household().adults(i);
    if (household.adults_size() <= i) household.add_adults()->set_role(adult.role());
    copy(adult, *household.mutable_adults(i));
  }
}

template <class Copy>
void each_child(const v1::Application& from, v1::Facts& to, Copy copy) {
  v1::Household& household = *to.mutable_household();
  for (int i = 0; i < from.household().children_size(); ++i) {
    if (household.children_size() <= i) household.add_children();
    copy(from.household().children(i), *household.mutable_children(i));
  }
}

using App = v1::Application;
using Facts = v1::Facts;
using Adult = v1::Adult;
using Child = v1::Child;

constexpr std::array<Field, 13> kFields{{
    {"client.sin", [](const App& from, Facts& to) { to.set_client_id(from.client().client_id()); }},
    {"residence.province",
     [](const App& from, Facts& to) {
       to.mutable_residence()->set_province(from.residence().province());
     }},
    {"residence.municipality",
     [](const App& from, Facts& to) {
       to.mutable_residence()->set_municipality(from.residence().municipality());
     }},
    {"residence.postal_code",
     [](const App& from, Facts& to) {
       to.mutable_residence()->set_postal_code(from.residence().postal_code());
     }},
    {"household.adults.date_of_birth",
     [](const App& from, Facts& to) {
       each_adult(from, to,
                  [](const Adult& a, Adult& b) { b.set_date_of_birth(a.date_of_birth()); });
     }},
    {"household.adults.net_income",
     [](const App& from, Facts& to) {
       each_adult(from, to,
                  [](const Adult& a, Adult& b) { b.set_net_income_cents(a.net_income_cents()); });
     }},
    {"household.adults.employment_income",
     [](const App& from, Facts& to) {
       each_adult(from, to, [](const Adult& a, Adult& b) {
         b.set_employment_income_cents(a.employment_income_cents());
       });
     }},
    {"household.adults.years_in_canada_since_18",
     [](const App& from, Facts& to) {
       each_adult(from, to, [](const Adult& a, Adult& b) {
         b.set_years_in_canada_since_18(a.years_in_canada_since_18());
       });
     }},
    {"household.adults.disability_tax_credit",
     [](const App& from, Facts& to) {
       each_adult(from, to, [](const Adult& a, Adult& b) {
         b.set_disability_tax_credit(a.disability_tax_credit());
       });
     }},
    {"household.children.date_of_birth",
     [](const App& from, Facts& to) {
       each_child(from, to,
                  [](const Child& a, Child& b) { b.set_date_of_birth(a.date_of_birth()); });
     }},
    {"household.children.disability_tax_credit",
     [](const App& from, Facts& to) {
       each_child(from, to, [](const Child& a, Child& b) {
         b.set_disability_tax_credit(a.disability_tax_credit());
       });
     }},
    {"household.annual_rent",
     [](const App& from, Facts& to) {
       to.mutable_household()->set_annual_rent_cents(from.household().annual_rent_cents());
     }},
    {"household.annual_property_tax",
     [](const App& from, Facts& to) {
       to.mutable_household()->set_annual_property_tax_cents(
           from.household().annual_property_tax_cents());
     }},
}};

const Field* find(std::string_view name) {
  const auto found = std::ranges::find(kFields, name, &Field::name);
  return found == kFields.end() ? nullptr : &*found;
}

}  // namespace

v1::Facts facts_for(const std::vector<std::string>& needs, const v1::Application& application) {
  v1::Facts facts;
  for (const std::string& name : needs)
    if (const Field* field = find(name)) field->copy(application, facts);
  return facts;
}

bool can_copy(std::string_view field) {
  return find(field) != nullptr;
}

}  // namespace guichet::cases
