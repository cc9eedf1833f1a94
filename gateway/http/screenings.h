#pragma once

#include "gateway/http/exchange.h"
#include "gateway/http/server.h"

namespace guichet::http {

/// POST /v1/screenings: what an application would come to. Reads no log, writes nothing, keeps
/// nothing. Any thread.
Response screen(const Exchange& exchange, const GatewayParts& parts);

}  // namespace guichet::http
