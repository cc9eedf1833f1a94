#pragma once

#include "gateway/cli/command.h"

namespace guichet::cli {

// What stands under `guichet payments` beside the runs themselves (payments.cpp).

void add_payment_lists(CLI::App& payments, Run& run);
void add_payment_stops(CLI::App& payments, Run& run);

}  // namespace guichet::cli
