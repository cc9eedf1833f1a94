#pragma once

#include <string>
#include <string_view>

#include "eventlog/record.h"
#include "gateway/http/exchange.h"
#include "gateway/http/server.h"

namespace guichet::http {

/// A command as the owner of a key gets it: by whom, and now. Its id is fresh.
eventlog::Record command_record(const GatewayParts& parts, const Exchange& exchange,
                                std::string_view inbox, v1::Kind kind, const std::string& key,
                                std::string payload);

}  // namespace guichet::http
