// The library as a command, for the tests that hold it against what others wrote, and that kill it.
//   bank_tool write COUNT RUN ACCOUNT      a file of COUNT payments from ACCOUNT, on the output
//   bank_tool store FOLDER COUNT           the same, into a folder; prints its path and SHA-256
//   bank_tool answer SENT FILE             what a status report says of a file that was sent
//   bank_tool movements SENT FILE          what a notification or return says of it
// A refusal goes to the error output, and the exit is 1.

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "adapters/bank/answer.h"
#include "adapters/bank/file_store.h"
#include "adapters/bank/movements.h"
#include "tests/adapters/bank/payments.h"

namespace guichet::bank {
namespace {

using testing::Payments;

int refuse(const Failure& failure) {
  std::fprintf(stderr, "refused: %s\n", failure.message.c_str());
  return 1;
}

int write(const Payments& payments) {
  const auto totals = write_pain001(
      payments.header(), payments.batches(), payments.source(),
      [](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); });
  return totals ? 0 : refuse(totals.error());
}

int store(const std::string& folder, const Payments& payments) {
  FileStore files(folder);
  const auto file = files.write(payments.header(), "xml", [&](const Sink& sink) {
    return write_pain001(payments.header(), payments.batches(), payments.source(), sink);
  });
  if (!file) return refuse(file.error());
  std::printf("%s %s\n", file->path.c_str(), file->sha256.c_str());
  return 0;
}

const char* name(Standing standing) {
  switch (standing) {
    case Standing::unknown:
      break;
    case Standing::pending:
      return "pending";
    case Standing::accepted:
      return "accepted";
    case Standing::settled:
      return "settled";
    case Standing::rejected:
      return "rejected";
  }
  return "unknown";
}

int answer(const SentFile& sent, const std::string& file) {
  const auto answer = Answer::read(sent, read_file(file));
  if (!answer) return refuse(answer.error());
  if (answer->duplicate()) std::printf("duplicate\n");
  answer->each([](std::string_view id, Money amount, Standing standing, const Reason& why) {
    std::printf("%s %.*s %s %s\n", name(standing), static_cast<int>(id.size()), id.data(),
                amount.to_string().c_str(), why.code.empty() ? "-" : why.code.c_str());
  });
  for (const HeldLine& line : answer->held())
    std::printf("held %s %d %s\n", line.end_to_end_id.c_str(), static_cast<int>(line.why),
                line.said.c_str());
  return 0;
}

int movements(const SentFile& sent, const std::string& file) {
  const auto read = Movements::read(read_file(file));
  if (!read) return refuse(read.error());
  read->each([&](const Movement& movement) {
    const MovementFault fault = check_movement(sent, movement);
    std::printf("%s %s %s %s\n",
                fault == MovementFault::unknown_payment  ? "unknown"
                : fault == MovementFault::amount_differs ? "differs"
                : movement.returned                      ? "returned"
                                                         : "settled",
                movement.end_to_end_id.c_str(), movement.amount.to_string().c_str(),
                movement.reason.code.empty() ? "-" : movement.reason.code.c_str());
  });
  return 0;
}

int run(int count, char** arguments) {
  const auto is = [&](std::string_view what, int of) {
    return count == of && arguments[1] == what;
  };
  if (is("write", 5)) return write(Payments(std::stoull(arguments[2]), arguments[3], arguments[4]));
  if (is("store", 4)) return store(arguments[2], Payments(std::stoull(arguments[3])));
  if (is("answer", 4) || is("movements", 4)) {
    const auto sent = SentFile::read(read_file(arguments[2]));
    if (!sent) return refuse(sent.error());
    return is("answer", 4) ? answer(*sent, arguments[3]) : movements(*sent, arguments[3]);
  }
  std::fprintf(stderr, "bank_tool write|store|answer|movements …: see its first lines\n");
  return 2;
}

}  // namespace
}  // namespace guichet::bank

int main(int count, char** arguments) {
  try {
    return guichet::bank::run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bank_tool: %s\n", error.what());
    return 3;
  }
}
