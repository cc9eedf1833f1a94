#include "rules/program/fields.h"

#include <algorithm>
#include <array>

namespace guichet::rules {
namespace {

using Present = bool (*)(const v1::Facts&);

bool has_adults(const v1::Facts& facts) {
  return std::ranges::any_of(facts.household().adults(),
                             [](const v1::Adult& adult) { return adult.role() == "applicant"; });
}
bool has_household(const v1::Facts& facts) {
  return facts.has_household();
}

struct Entry {
  Field field;
  Present present;
};

const std::array<Entry, 13>& table() {
  static const std::array<Entry, 13> kTable{{
      {{"client.sin", {"your social insurance number", "votre numéro d’assurance sociale"}},
       [](const v1::Facts& facts) { return !facts.client_id().empty(); }},
      {{"residence.province", {"your province or territory", "votre province ou territoire"}},
       [](const v1::Facts& facts) { return !facts.residence().province().empty(); }},
      {{"residence.municipality", {"your municipality", "votre municipalité"}},
       [](const v1::Facts& facts) { return !facts.residence().municipality().empty(); }},
      {{"residence.postal_code", {"your postal code", "votre code postal"}},
       [](const v1::Facts& facts) { return !facts.residence().postal_code().empty(); }},
      {{"household.adults.date_of_birth",
        {"the date of birth of each adult", "la date de naissance de chaque adulte"}},
       has_adults},
      {{"household.adults.net_income",
        {"the net income of each adult", "le revenu net de chaque adulte"}},
       has_adults},
      {{"household.adults.employment_income",
        {"the employment income of each adult", "le revenu d’emploi de chaque adulte"}},
       has_adults},
      {{"household.adults.years_in_canada_since_18",
        {"the years each adult has lived in Canada since age 18",
         "les années que chaque adulte a vécues au Canada depuis l’âge de 18 ans"}},
       has_adults},
      {{"household.adults.disability_tax_credit",
        {"whether each adult holds the disability tax credit",
         "si chaque adulte a droit au crédit d’impôt pour personnes handicapées"}},
       has_adults},
      {{"household.children.date_of_birth",
        {"the date of birth of each child", "la date de naissance de chaque enfant"}},
       has_household},
      {{"household.children.disability_tax_credit",
        {"whether each child holds the disability tax credit",
         "si chaque enfant a droit au crédit d’impôt pour personnes handicapées"}},
       has_household},
      {{"household.annual_rent", {"your rent for the year", "votre loyer de l’année"}},
       has_household},
      {{"household.annual_property_tax",
        {"your property tax for the year", "votre impôt foncier de l’année"}},
       has_household},
  }};
  return kTable;
}

}  // namespace

std::span<const Field> fields() {
  static const std::vector<Field> kFields = [] {
    std::vector<Field> all;
    for (const Entry& entry : table()) all.push_back(entry.field);
    return all;
  }();
  return kFields;
}

const Field* find_field(std::string_view name) {
  for (const Field& field : fields())
    if (field.name == name) return &field;
  return nullptr;
}

std::vector<std::string> missing(const v1::Facts& facts, const std::vector<std::string>& names) {
  std::vector<std::string> absent;
  for (const Entry& entry : table())
    if (!entry.present(facts) && std::ranges::find(names, entry.field.name) != names.end())
      absent.emplace_back(entry.field.name);
  return absent;
}

}  // namespace guichet::rules
