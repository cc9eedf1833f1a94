#pragma once

#include <string_view>

namespace guichet::http {

/// schemas/openapi.json and schemas/asyncapi.json, as they were when this was built.
std::string_view openapi_json();
std::string_view asyncapi_json();

}  // namespace guichet::http
