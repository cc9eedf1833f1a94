#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace guichet::http {

/// The same text for the same JSON, however it was written: names sorted, spaces gone. Two bodies
/// with one Idempotency-Key are compared in this form.
std::string canonical(const boost::json::value& value);

}  // namespace guichet::http
