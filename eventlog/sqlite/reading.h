#pragma once

#include <string>

#include "eventlog/log.h"
#include "eventlog/sqlite/connection.h"
#include "eventlog/sqlite/segment.h"

namespace guichet::eventlog {

/// Runs what reads guichet.db, for whoever reads it; what goes wrong there is LogUnavailable, with
/// the place.
template <class Read>
auto reading(const std::string& place, Read read) {
  try {
    return read();
  } catch (const SQLite::Exception& error) {
    throw LogUnavailable("guichet.db cannot be read (" + place + "): " + describe(error) +
                         "; run `guichet verify` on the stopped server");
  } catch (const DamagedError&) {
    throw LogUnavailable("guichet.db is damaged (" + place +
                         "): stop the server and run `guichet verify`");
  }
}

}  // namespace guichet::eventlog
