#pragma once

#include <string_view>

namespace guichet::http {

/// schemas/openapi.json, schemas/asyncapi.json and schemas/access.json, as they were when this was built.
std::string_view openapi_json();
std::string_view asyncapi_json();
std::string_view access_json();

}  // namespace guichet::http
