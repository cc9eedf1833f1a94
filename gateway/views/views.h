#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateway/views/case_view.h"
#include "guichet/v1/payments.pb.h"
#include "schemas/values/result.h"

namespace guichet::views {

inline constexpr unsigned kMaxPage = 200;

/// What is empty does not narrow.
struct CaseFilter {
  std::string number;
  std::string client;
  std::string person;  // a person key
  std::string status;
  std::string program;
  std::string desk;
  std::optional<std::int64_t> from_us;  // received at or after
  std::optional<std::int64_t> to_us;    // received before
  unsigned limit = 50;                  // 1..kMaxPage
  std::string cursor;                   // empty: from the newest
};

struct CasePage {
  std::vector<CaseView> items;
  std::string next;  // empty: no more
};

/// A payment that the bank rejected, and whose account it is in.
struct RejectedPayment {
  std::string client;
  v1::Payment payment;
};

/// The last one of a page: the next begins after it.
struct RejectedPlace {
  std::int64_t at_us = 0;
  std::string id;
};

/// What can be read of cases: one by id, or lists, newest first; and what can be listed of
/// accounts. They can be deleted and rebuilt at any time from `cases` and `accounts`. Any thread.
/// All throw eventlog::LogUnavailable where they cannot be read.
class Views {
 public:
  virtual ~Views() = default;
  virtual std::optional<CaseView> find(const std::string& application_id) const = 0;
  /// Fails where the cursor is not one that a page gave for this same filter.
  virtual Result<CasePage> list(const CaseFilter& filter) const = 0;
  /// Clients with a stop of their own, in the order of their ids, after this one (empty: all).
  virtual std::vector<std::string> stopped_clients(const std::string& after,
                                                   unsigned limit) const = 0;
  /// Payments that the bank rejected, of one run where it is not empty; newest first.
  virtual std::vector<RejectedPayment> rejected(const std::string& run,
                                                const std::optional<RejectedPlace>& after,
                                                unsigned limit) const = 0;
  /// Whether what a write answered with as its position can be seen here. Cheap.
  virtual bool covers(std::uint32_t partition, std::uint64_t position) const = 0;
};

}  // namespace guichet::views
