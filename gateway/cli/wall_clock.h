#pragma once

#include "schemas/values/dates.h"

namespace guichet::cli {

/// The time of the machine, which never goes back while the process lives: all that is under way is
/// timed by it, and a deadline must neither wait for a day that comes twice nor come early. Where
/// the clock is set back, time goes on from where it was, and that is logged; a new process
/// believes the clock. Set forward, it is followed. Any thread.
Instant wall_clock();

}  // namespace guichet::cli
