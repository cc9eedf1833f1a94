#pragma once

#include "guichet/v1/determination.pb.h"
#include "rules/program/document.h"
#include "schemas/values/money.h"

namespace guichet::rules {

/// Facts from the parts of an application: `client`, `residence`, `household`. A SIN given becomes
/// a client id of its own making, for examples only.
v1::Facts read_facts(const Node* client, const Node* residence, const Node* household,
                     Mistakes& mistakes);

Money read_money(const Node& node, Mistakes& mistakes);

}  // namespace guichet::rules
