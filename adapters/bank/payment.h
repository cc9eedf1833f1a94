#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::bank {

/// An account at a Canadian financial institution, as it stands on a cheque: digits, leading zeros
/// kept.
struct Account {
  std::string institution;  // 3 digits
  std::string transit;      // 5 digits
  std::string number;       // 5 to 12 digits
};

/// Who pays: an agency and the account that a bank debits.
struct Debtor {
  std::string name;
  Account account;
};

/// What one program puts into a payment. Negative where it takes back what was paid too much.
struct Part {
  std::string program;     // "nb-ctb"
  std::string government;  // "NB"
  std::string name_en;     // "New Brunswick child tax benefit"
  std::string name_fr;     // « Prestation fiscale pour enfants du Nouveau-Brunswick »
  Money amount;
};

/// One payee's payment: what a line of a file says.
struct Payment {
  std::string end_to_end_id;  // identifiers.h makes it
  std::string payee_name;
  Account account;
  Money amount;             // above zero: the sum of the parts
  std::vector<Part> parts;  // 1 to kMostParts
};

/// The payments of a file that one debtor makes on one date: a payment-information block.
struct Batch {
  Debtor debtor;
  Day date;                 // when the payees are to have it
  std::uint64_t count = 0;  // of its payments, above zero
  Money total;              // of their amounts
};

/// What makes a file this file, besides its payments. Its bytes depend on nothing else.
struct FileHeader {
  std::string run;        // the run's id, 1 to 64 characters of A-Z a-z 0-9 - _ .
  int number = 0;         // of the file within the run, from 1; used once
  Instant created;        // when the run was released, to the second
  std::string sender;     // the agency that sends it, as its bank knows it
  std::string sender_id;  // its number at the bank; may be empty
};

/// What was written.
struct FileTotals {
  std::uint64_t payments = 0;
  Money total;
  std::uint64_t bytes = 0;
};

/// The largest amount of one payment: what a line of AFT, with ten digits, can say; ISO 20022 has
/// sixteen before the point.
constexpr Money kLargestAmount = Money::of_cents(99'999'999'99);
constexpr std::size_t kMostParts = 32;
constexpr int kMostFilesOfARun = 9999;
constexpr std::size_t kMostBatches = 99;
constexpr std::size_t kMostPaymentsInAFile = 2'000'000;

}  // namespace guichet::bank
