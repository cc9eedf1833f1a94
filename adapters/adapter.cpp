#include "adapters/adapter.h"

#include "eventlog/dead_letter.h"

namespace guichet::adapters {

std::vector<eventlog::Output> Adapter::handle(const eventlog::Record& input) {
  if (input.header.kind() == v1::KIND_DETERMINATION_REQUEST) return determine(input);
  return {eventlog::dead_letter(input, {.failure_class = "unknown_kind",
                                        .place = "adapters",
                                        .text = "an adapter takes determination requests only",
                                        .program = {}})};
}

}  // namespace guichet::adapters
