#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guichet/v1/determination.pb.h"

namespace guichet::cases {

/// The fields of an application that a manifest `needs`, and nothing else. A SIN never leaves:
/// `client.sin` gives the client's id, a keyed hash of it.
v1::Facts facts_for(const std::vector<std::string>& needs, const v1::Application& application);

/// Whether a manifest may name this field (rules/program/fields.h has the list).
bool can_copy(std::string_view field);

}  // namespace guichet::cases
