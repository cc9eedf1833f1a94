#pragma once

#include "eventlog/processor.h"

namespace guichet::eventlog {

/// The record that an output becomes: time, tenant, trace and actor are those of what caused it.
Record sent(Output output, const v1::Header& cause);

/// Sets in `header` what every record inherits from what caused it.
void inherit(v1::Header& header, const v1::Header& cause);

}  // namespace guichet::eventlog
