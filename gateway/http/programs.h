#pragma once

#include <memory>

#include "gateway/http/exchange.h"
#include "rules/program/program.h"

namespace guichet::http {

/// The calls under /v1/programs: what is offered. Any thread.
class Programs {
 public:
  explicit Programs(std::shared_ptr<const rules::Catalogue> catalogue)
      : catalogue_(std::move(catalogue)) {}

  Response list(const Exchange& exchange) const;
  Response read(const Exchange& exchange) const;

 private:
  std::shared_ptr<const rules::Catalogue> catalogue_;
};

}  // namespace guichet::http
