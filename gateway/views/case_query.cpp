#include "gateway/views/case_query.h"

#include <charconv>
#include <cstdio>
#include <utility>

namespace guichet::views {
namespace {

/// FNV-1a, 64 bits. It guards against mistakes, not against malice: whoever makes up a cursor sees
/// no more than the filter shows.
class Checksum {
 public:
  void add(std::string_view text) {
    for (const char c : text) step(static_cast<unsigned char>(c));
    step(0);
  }
  std::string hex() const {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value_));
    return text;
  }

 private:
  void step(unsigned char byte) { value_ = (value_ ^ byte) * 0x100000001b3ULL; }
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

std::string checksum(const CaseFilter& filter, const ListPlace& place) {
  Checksum sum;
  for (const std::string* part : {&filter.number, &filter.client, &filter.person, &filter.status,
                                  &filter.program, &filter.desk, &place.id})
    sum.add(*part);
  sum.add(filter.from_us ? std::to_string(*filter.from_us) : "");
  sum.add(filter.to_us ? std::to_string(*filter.to_us) : "");
  sum.add(std::to_string(place.received_at_us));
  return sum.hex();
}

}  // namespace

std::string write_cursor(const CaseFilter& filter, const ListPlace& last) {
  return std::to_string(last.received_at_us) + "." + last.id + "." + checksum(filter, last);
}

Result<ListPlace> read_cursor(const CaseFilter& filter) {
  const Failure bad{
      "not the cursor of a page of this list; take `next` from the page before, and "
      "keep the filters"};
  const std::string& text = filter.cursor;
  const std::size_t first = text.find('.');
  const std::size_t second = text.rfind('.');
  if (first == std::string::npos || first == second) return bad;
  ListPlace place;
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + first, place.received_at_us);
  if (failed != std::errc{} || end != text.data() + first) return bad;
  place.id = text.substr(first + 1, second - first - 1);
  if (text.substr(second + 1) != checksum(filter, place)) return bad;
  return place;
}

CaseQuery case_query(const CaseFilter& filter, const std::optional<ListPlace>& after,
                     unsigned limit) {
  // The index of the filter that leaves the fewest cases; what others leave out is passed over.
  std::string from;
  if (!filter.number.empty()) {
    from = "case_view INDEXED BY case_by_number";
  } else if (!filter.client.empty()) {
    from = "case_view INDEXED BY case_by_client";
  } else if (!filter.person.empty()) {
    from = "case_view INDEXED BY case_by_person";
  } else if (!filter.desk.empty()) {
    from = "case_view INDEXED BY case_by_desk";
  } else if (!filter.status.empty()) {
    from = "case_view INDEXED BY case_by_status";
  } else if (!filter.program.empty()) {
    from = "case_program";
  } else {
    from = "case_view INDEXED BY case_by_time";
  }
  CaseQuery query{"SELECT id, received_at FROM " + from, {}};
  const char* glue = " WHERE ";
  const auto where = [&](const char* condition, auto value) {
    query.sql += std::exchange(glue, " AND ");
    query.sql += condition;
    query.values.emplace_back(std::move(value));
  };
  if (!filter.number.empty()) where("number = ?", filter.number);
  if (!filter.client.empty()) where("client = ?", filter.client);
  if (!filter.person.empty()) where("person = ?", filter.person);
  if (!filter.desk.empty()) where("desk = ?", filter.desk);
  if (!filter.status.empty()) where("status = ?", filter.status);
  if (!filter.program.empty()) {
    if (from == "case_program")
      where("program = ?", filter.program);
    else
      where("instr(' ' || programs || ' ', ?)", " " + filter.program + " ");
  }
  if (filter.from_us) where("received_at >= ?", *filter.from_us);
  if (filter.to_us) where("received_at < ?", *filter.to_us);
  if (after) {
    where("(received_at, id) < (?, ?)", after->received_at_us);
    query.values.emplace_back(after->id);
  }
  query.sql += " ORDER BY received_at DESC, id DESC LIMIT ?";
  query.values.emplace_back(static_cast<std::int64_t>(limit));
  return query;
}

}  // namespace guichet::views
