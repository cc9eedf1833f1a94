#pragma once

#include <string>

#include "eventlog/dead_letter.h"

namespace guichet::payments {

/// A dead letter for a record that cannot be used; it blocks nothing.
inline eventlog::Output refused(const eventlog::Record& input, std::string failure_class,
                                std::string text) {
  return eventlog::dead_letter(input, eventlog::Cause{.kind = v1::DeadLetter::REFUSED,
                                                      .failure_class = std::move(failure_class),
                                                      .place = "payments",
                                                      .text = std::move(text),
                                                      .program = {}});
}

}  // namespace guichet::payments
