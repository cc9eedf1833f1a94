#pragma once

#include <csignal>

namespace guichet::cli {

/// SIGTERM and SIGINT, to be waited for. Made before any thread starts, so that every thread
/// inherits that they are blocked and only the wait gets them.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  /// Returns with the first; a second one ends the process at once.
  void wait() const {
    int signal = 0;
    sigwait(&signals_, &signal);
    pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
  }

 private:
  sigset_t signals_;
};

}  // namespace guichet::cli
