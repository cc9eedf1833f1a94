#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/values/dates.h"
#include "schemas/values/money.h"
#include "schemas/values/result.h"

namespace guichet::bank {

/// Puts up to `size` bytes at `to` and returns how many; 0 at the end.
using Source = std::function<std::size_t(char* to, std::size_t size)>;

/// Reads a regular file from its beginning; throws std::system_error where it is none, or the disk
/// fails.
Source read_file(const std::filesystem::path& path);
/// Reads from memory, which has to outlive it.
Source read_text(std::string_view bytes);

enum class MessageKind {
  initiation,     // pain.001: what we sent
  status_report,  // pain.002: what the bank says of each payment
  notification,   // camt.054: what it booked
  payment_return  // pacs.004: what came back
};

/// Why something was rejected or came back: an ISO 20022 code ("AC04") and what the bank wrote.
struct Reason {
  std::string code;
  std::string text;
};

/// The head of a message: what it says of itself and of the file it answers.
struct MessageHead {
  MessageKind kind{};
  std::string version;     // "pain.002.001.10"
  std::string message_id;  // the bank's
  std::string original_message_id;
  std::string original_version;
  std::optional<std::uint64_t> count;  // payments: in the file it answers, or in this message
  std::optional<Money> total;
  std::string status;  // of the whole file (GrpSts); may be empty
  Reason reason;
};

/// What it says of one batch (OrgnlPmtInfAndSts, PmtInf).
struct MessageBatch {
  std::string id;
  std::optional<std::uint64_t> count;
  std::optional<Money> total;
  std::string status;
  Reason reason;
};

/// What it says of one payment.
struct MessageLine {
  std::string end_to_end_id;
  std::string original_message_id;  // pacs.004, camt.054: the file that the payment was in
  std::string status;               // pain.002: TxSts
  std::optional<Money> amount;
  std::string currency;
  std::optional<Day> date;  // of booking or return
  std::string reference;    // the bank's own, of this movement
  bool credit = false;      // camt.054: to our account
  bool returned = false;    // a payment that came back
  bool booked = true;       // camt.054: booked, not only announced
  Reason reason;
};

/// What is told of a message while it is read, in the order of the file: the head when its last
/// field was read, each batch before its lines. Nothing of it counts before read_message() has
/// returned, for what follows may be damaged. A failure that is returned ends the reading with it.
class MessageHandler {
 public:
  virtual ~MessageHandler() = default;
  virtual std::optional<Failure> head(const MessageHead& head) = 0;
  virtual std::optional<Failure> batch(const MessageBatch& batch) = 0;
  virtual std::optional<Failure> line(const MessageLine& line) = 0;
};

struct MessageLimits {
  std::uint64_t bytes;              // of a message from a bank
  std::size_t depth, text, markup;  // elements, bytes of a text, bytes of a tag
  std::uint64_t lines;
};
/// A million payments answered one by one are about 300 MB. ISO's longest text in these messages is
/// 2,048 characters.
constexpr MessageLimits kMessageLimits{1ULL << 30, 32, 8 * 1024, 64 * 1024, 2'000'000};

/// Reads one message as a stream: bounded memory, whatever comes. Fails, with the reason, where it
/// is not well-formed or cut off, has a document type or an entity, is of a kind or version that is
/// not read, is larger, deeper, longer than kMessageLimits, or where the handler fails.
Result<MessageHead> read_message(const Source& source, MessageHandler& handler,
                                 std::uint64_t most_bytes = kMessageLimits.bytes);

}  // namespace guichet::bank
