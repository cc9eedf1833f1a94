#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/http/problem.h"

namespace guichet::http {

/// The texts of a body that is an object with these names at most, or nothing; the problem names
/// every bad field where it is not.
std::variant<std::map<std::string, std::string>, Problem> read_texts(
    std::string_view body, std::initializer_list<std::string_view> names);

}  // namespace guichet::http
