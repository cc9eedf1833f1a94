#include "rules/feel/scope.h"

#include <cctype>

#include "rules/feel/builtins.h"
#include "rules/feel/nodes.h"

namespace guichet::feel {

std::string canonical_name(std::string_view name) {
  std::string result;
  bool space = false;
  const auto special = [](char c) {
    return std::string_view("./-+*'").find(c) != std::string_view::npos;
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    char c = name[i];
    if (c == '\xC2' && i + 1 < name.size() && name[i + 1] == '\xA0') {  // no-break space
      ++i;
      c = ' ';
    }
    if (std::isspace(static_cast<unsigned char>(c))) {
      space = true;
      continue;
    }
    if (space && !result.empty() && !special(c) && !special(result.back())) result += ' ';
    space = false;
    result += c;
  }
  return result;
}

std::size_t Scope::declare(std::string_view name, Type type) {
  names_.push_back({false, canonical_name(name), slots_, std::move(type)});
  return slots_++;
}

void Scope::open_item(std::size_t slot, Type type) {
  names_.push_back({true, {}, slot, std::move(type)});
}

const std::string& Scope::written(const std::string& name) const {
  const auto found = environment_.members.find(name);
  return found == environment_.members.end() ? name : found->second;
}

ExprPtr Scope::resolve(const std::string& name) {
  std::vector<std::size_t> open;
  ExprPtr found;
  for (auto it = names_.rbegin(); it != names_.rend() && !found; ++it) {
    if (!it->item) {
      if (it->name == name) found = nodes::local(it->slot, it->type);
    } else {
      if (const auto* members = it->type.members())
        for (const auto& [member, type] : *members)
          if (canonical_name(member) == name)
            found = nodes::path(nodes::local(it->slot, it->type), member);
      if (!found && it->type.is_open()) open.push_back(it->slot);
    }
  }
  if (!found) found = resolve_outside(name);
  for (auto slot = open.rbegin(); slot != open.rend(); ++slot)
    found = nodes::item_name(*slot, written(name), std::move(found));
  return found;
}

ExprPtr Scope::resolve_outside(const std::string& name) {
  if (outer_) {
    if (const auto known = captured_names_.find(name); known != captured_names_.end())
      return nodes::captured(known->second.first, known->second.second);
    ExprPtr found = outer_->resolve(name);
    if (!found || found->constant()) return found;
    const Type type = found->type();
    captured_names_[name] = {captured_.size(), type};
    captured_.push_back(std::move(found));
    return nodes::captured(captured_.size() - 1, type);
  }
  if (const auto global = environment_.globals.find(name); global != environment_.globals.end())
    return nodes::global(global->second.index, global->second.type);
  if (const Value* builtin = find_builtin(name)) return nodes::constant(*builtin);
  return nullptr;
}

bool Scope::knows(const std::string& name) const {
  for (const auto& known : names_) {
    if (!known.item) {
      if (known.name == name) return true;
    } else {
      if (const auto* members = known.type.members())
        for (const auto& member : *members)
          if (canonical_name(member.first) == name) return true;
      if (known.type.is_open() && environment_.members.contains(name)) return true;
    }
  }
  if (outer_) return outer_->knows(name);
  return environment_.globals.contains(name) || find_builtin(name) != nullptr;
}

bool Scope::inside_open_item() const {
  for (const auto& known : names_)
    if (known.item && known.type.is_open()) return true;
  return outer_ && outer_->inside_open_item();
}

}  // namespace guichet::feel
