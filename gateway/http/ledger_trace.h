#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventlog/log.h"
#include "gateway/http/json_out.h"
#include "gateway/http/problem.h"
#include "gateway/identity/principal.h"
#include "guichet/v1/case.pb.h"
#include "guichet/v1/ledger.pb.h"
#include "guichet/v1/runs.pb.h"
#include "schemas/values/dates.h"

namespace guichet::http {

/// What to lead back: a posting (<client>/p<number>), or the postings of a payment
/// (<run>/<client>).
struct Traced {
  std::string client;
  std::string posting;  // empty: a payment
  std::string payment;
};
std::optional<Traced> parse_traced(std::string_view id);

/// One posting, from the books to the rules.
struct TracedPosting {
  std::string id;
  Instant at;
  v1::Posting posting;
};

/// A determination that postings name, and the case in which it stands.
struct TracedDetermination {
  std::string id;
  std::string program_version;                     // as the posting says
  std::optional<v1::Determination> determination;  // none: its submission is long past
  v1::Submission submission;
  std::string application;
  std::string number;
};

struct BooksTrace {
  std::string of;
  std::vector<TracedPosting> postings;
  std::optional<v1::RunState> run;
  std::vector<TracedDetermination> determinations;
};

/// Reads the client's partition of the books. None: there is no such posting or payment.
std::optional<BooksTrace> trace_of_books(const eventlog::Log& log, const Traced& traced);

/// Reasons are told to who may read the case; the rules and the versions that made the amounts to
/// everybody who may read the books.
void write_trace(JsonOut& out, const BooksTrace& trace, const identity::Principal& caller,
                 Language language);

}  // namespace guichet::http
