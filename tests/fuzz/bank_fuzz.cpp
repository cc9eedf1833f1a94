// What a bank sends: a status report against a file of ours, a notification, a return, or our own
// file read back. Read whole or refused with a reason; the same each time, and in whatever pieces
// it comes.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "adapters/bank/answer.h"
#include "adapters/bank/bank_text.h"
#include "adapters/bank/movements.h"
#include "tests/adapters/bank/payments.h"
#include "tests/fuzz/check.h"

namespace guichet::bank {
namespace {

const SentFile& sent() {
  static const SentFile file =
      SentFile::read(read_text(testing::written(testing::Payments(8)))).value();
  return file;
}

/// The same bytes, one to seven at a time.
Source in_small_pieces(std::string_view bytes) {
  return [bytes, turn = std::size_t{0}](char* to, std::size_t size) mutable {
    const std::size_t n = std::min({size, bytes.size(), 1 + turn++ % 7});
    std::memcpy(to, bytes.data(), n);
    bytes.remove_prefix(n);
    return n;
  };
}

std::string said(const Source& source) {
  const auto answer = Answer::read(sent(), source);
  if (!answer) {
    FUZZ_CHECK(!answer.error().message.empty());
    return "refused";
  }
  std::string text = answer->duplicate() ? "duplicate" : "";
  Money total;
  std::uint64_t count = 0;
  answer->each([&](std::string_view id, Money amount, Standing standing, const Reason& why) {
    FUZZ_CHECK(sent().find(id) && sent().amount(*sent().find(id)) == amount);
    FUZZ_CHECK(standing != Standing::unknown);
    text.append(id).append(1, static_cast<char>('0' + static_cast<int>(standing))).append(why.code);
    text += why.text;
    total += amount;
    ++count;
  });
  FUZZ_CHECK(answer->held().size() <= kMostHeldLines);
  FUZZ_CHECK(answer->held_count() >= answer->held().size());
  // Each payment stands somewhere, once.
  total += answer->sum(Standing::unknown).total;
  count += answer->sum(Standing::unknown).count;
  FUZZ_CHECK(count == sent().size() && total == sent().total());
  FUZZ_CHECK(answer->head().original_message_id == sent().message_id());
  return text + std::to_string(answer->held_count());
}

std::string moved(const Source& source) {
  const auto read = Movements::read(source);
  if (!read) {
    FUZZ_CHECK(!read.error().message.empty());
    return "refused";
  }
  std::string text = std::to_string(read->others());
  read->each([&](const Movement& movement) {
    FUZZ_CHECK(!movement.end_to_end_id.empty() && movement.amount >= Money());
    if (check_movement(sent(), movement) == MovementFault::none)
      FUZZ_CHECK(sent().find(movement.end_to_end_id));
    text += movement.end_to_end_id + movement.amount.to_string() + movement.reason.code;
  });
  return text;
}

void own_file(std::string_view bytes) {
  const auto file = SentFile::read(read_text(bytes));
  if (!file) return;
  Money total;
  for (std::uint32_t i = 0; i < file->size(); ++i) {
    FUZZ_CHECK(file->find(file->end_to_end_id(i)) == i);
    FUZZ_CHECK(file->batch_of(i) < file->batches().size());
    total += file->amount(i);
  }
  FUZZ_CHECK(total == file->total());
}

/// A name from anybody: written in the letters of banks, and then it stays as it is.
void name(std::string_view bytes) {
  const auto text = to_bank_text(bytes);
  if (!text) return;
  FUZZ_CHECK(
      text->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                              "-?:(),.'+ ") == std::string::npos);
  FUZZ_CHECK(to_bank_text(*text) == *text);
}

}  // namespace
}  // namespace guichet::bank

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::bank;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  FUZZ_CHECK(said(read_text(bytes)) == said(in_small_pieces(bytes)));
  FUZZ_CHECK(moved(read_text(bytes)) == moved(in_small_pieces(bytes)));
  own_file(bytes);
  name(bytes);
  return 0;
}
