#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guichet/v1/determination.pb.h"
#include "rules/program/manifest.h"

namespace guichet::rules {

/// A field of the application that a manifest's `needs` may name, and that v1::Facts can carry.
struct Field {
  std::string_view name;  // household.adults.net_income
  LocalText label;        // as a person reads it: "net income of each adult"
};

/// All fields, in the order of an application. `client.sin` travels as Facts.client_id.
std::span<const Field> fields();

/// Null where no field has this name.
const Field* find_field(std::string_view name);

/// The named fields that are not in the facts, as far as that can be known: a number or a flag that
/// was left out reads as zero or false, and so counts as there.
std::vector<std::string> missing(const v1::Facts& facts, const std::vector<std::string>& names);

}  // namespace guichet::rules
