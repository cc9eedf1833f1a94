#include "eventlog/polled.h"

#include <utility>

namespace guichet::eventlog {

void Polled::add(std::vector<Record> records) {
  const auto kept = std::make_shared<const std::vector<Record>>(std::move(records));
  for (const Record& record : *kept) add(record, kept);
}

void Polled::add(const Record& record, const std::shared_ptr<const void>& keeper) {
  records_.push_back(&record);
  if (keepers_.empty() || keepers_.back() != keeper) keepers_.push_back(keeper);
}

}  // namespace guichet::eventlog
