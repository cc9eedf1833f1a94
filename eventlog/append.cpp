#include "eventlog/append.h"

#include <future>
#include <memory>
#include <utility>

namespace guichet::eventlog {

bool append_and_wait(Log& log, std::vector<Record> records) {
  const auto durable = std::make_shared<std::promise<bool>>();
  std::future<bool> answer = durable->get_future();
  return log.append(std::move(records), [durable](bool yes) { durable->set_value(yes); }) &&
         answer.get();
}

}  // namespace guichet::eventlog
