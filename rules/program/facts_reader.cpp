#include "rules/program/facts_reader.h"

namespace guichet::rules {
namespace {

constexpr std::int64_t kMaxYears = 200;

bool read_flag(const Node* node, Mistakes& mistakes) {
  return node && read_choice(*node, {"false", "true"}, mistakes) == 1;
}

std::int64_t read_cents(const Node* node, Mistakes& mistakes) {
  return node ? read_money(*node, mistakes).cents() : 0;
}

void read_adult(const Node& node, v1::Adult& adult, Mistakes& mistakes) {
  Section section(node, mistakes);
  const std::vector<std::string_view> roles = {"applicant", "spouse"};
  adult.set_role(std::string(
      roles[read_choice(section.required("role", "applicant or spouse"), roles, mistakes)]));
  adult.set_date_of_birth(to_days(read_day(section.required("date_of_birth", "a date"), mistakes)));
  adult.set_net_income_cents(read_cents(section.optional("net_income"), mistakes));
  adult.set_employment_income_cents(read_cents(section.optional("employment_income"), mistakes));
  if (const Node* years = section.optional("years_in_canada_since_18"))
    adult.set_years_in_canada_since_18(
        static_cast<std::uint32_t>(read_integer(*years, 0, kMaxYears, mistakes)));
  adult.set_disability_tax_credit(read_flag(section.optional("disability_tax_credit"), mistakes));
}

void read_child(const Node& node, v1::Child& child, Mistakes& mistakes) {
  Section section(node, mistakes);
  child.set_date_of_birth(to_days(read_day(section.required("date_of_birth", "a date"), mistakes)));
  child.set_disability_tax_credit(read_flag(section.optional("disability_tax_credit"), mistakes));
}

}  // namespace

Money read_money(const Node& node, Mistakes& mistakes) {
  const Result<Money> money = Money::parse(node.text);
  if (node.kind != Node::Kind::text || !money) {
    mistakes.add(node.place, "must be a text of dollars and cents, such as \"21800.00\"");
    return {};
  }
  return *money;
}

v1::Facts read_facts(const Node* client, const Node* residence, const Node* household,
                     Mistakes& mistakes) {
  v1::Facts facts;
  if (client) {
    Section section(*client, mistakes);
    if (const Node* sin = section.optional("sin"))
      facts.set_client_id("example-" + read_text(*sin, mistakes));
  }
  if (residence) {
    Section section(*residence, mistakes);
    v1::Residence& read = *facts.mutable_residence();
    if (const Node* node = section.optional("province"))
      read.set_province(read_text(*node, mistakes));
    if (const Node* node = section.optional("municipality"))
      read.set_municipality(read_text(*node, mistakes));
    if (const Node* node = section.optional("postal_code"))
      read.set_postal_code(read_text(*node, mistakes));
  }
  if (household) {
    Section section(*household, mistakes);
    v1::Household& read = *facts.mutable_household();
    for (const Node& adult : read_list(section.required("adults", "a list of adults"), mistakes))
      read_adult(adult, *read.add_adults(), mistakes);
    if (const Node* children = section.optional("children"))
      for (const Node& child : read_list(*children, mistakes))
        read_child(child, *read.add_children(), mistakes);
    read.set_annual_rent_cents(read_cents(section.optional("annual_rent"), mistakes));
    read.set_annual_property_tax_cents(
        read_cents(section.optional("annual_property_tax"), mistakes));
  }
  return facts;
}

}  // namespace guichet::rules
