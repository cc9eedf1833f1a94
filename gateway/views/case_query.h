#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/views/views.h"

namespace guichet::views {

/// The place of a case in lists, which run from the newest.
struct ListPlace {
  std::int64_t received_at_us = 0;
  std::string id;
};

/// A cursor names the last case of a page and carries a checksum over it and the filter, so that
/// one that was cut, or is used with another filter, is noticed.
std::string write_cursor(const CaseFilter& filter, const ListPlace& last);
Result<ListPlace> read_cursor(const CaseFilter& filter);

/// SQL for the (id, received_at) of the cases after a place, newest first, with what is bound to
/// it. Each combination of filters goes through an index and is never sorted.
struct CaseQuery {
  std::string sql;
  std::vector<std::variant<std::string, std::int64_t>> values;
};

CaseQuery case_query(const CaseFilter& filter, const std::optional<ListPlace>& after,
                     unsigned limit);

}  // namespace guichet::views
