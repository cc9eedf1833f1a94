// Bank files on one core: a million payments written, written to the disk, read back, answered one
// by one; beside them the least that the same bytes cost. One line a figure, "name value"; each is
// measured in a process of its own, whose largest memory is its own.
//
//   bank_bench COUNT FOLDER

#include <expat.h>
#include <openssl/evp.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>

#include "adapters/bank/answer.h"
#include "adapters/bank/file_store.h"

namespace {

using namespace guichet;
using namespace guichet::bank;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kCents = 70'807;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

std::string digits(std::uint64_t value, std::size_t length) {
  std::string text = std::to_string(value);
  return std::string(length - text.size(), '0') + text;
}

FileHeader header() {
  return {"2026-01-20", 1, from_micros(1'768'572'202'000'000), "Service Nouveau-Brunswick",
          "8090012300"};
}

Batch batch(std::uint64_t count) {
  return {{"Service Nouveau-Brunswick", {"001", "00042", "9876543"}},
          parse_day("2026-01-20").value(),
          count,
          Money::of_cents(kCents * static_cast<std::int64_t>(count))};
}

/// Two programs each, as a family in New Brunswick has them.
NextPayment payments(std::uint64_t count) {
  return [count, at = std::uint64_t{0}](Payment& payment) mutable {
    if (at == count) return false;
    payment.end_to_end_id = "G" + digits(at, 26);
    payment.payee_name = "Marie-Ève Cormier-Lévesque";
    payment.account = {"001", digits(at % 99'999 + 1, 5), digits(at, 10)};
    payment.amount = Money::of_cents(kCents);
    payment.parts = {
        {"ca-ccb", "CA", "Canada child benefit", "Allocation canadienne pour enfants",
         Money::of_cents(66'641)},
        {"nb-ctb", "NB", "New Brunswick child tax benefit",
         "Prestation fiscale pour enfants du Nouveau-Brunswick", Money::of_cents(4'166)}};
    ++at;
    return true;
  };
}

Result<FileTotals> write(std::uint64_t count, const Sink& sink) {
  return write_pain001(header(), {batch(count)}, payments(count), sink);
}

/// A bank's answer to each payment, made as it is read.
Source answers(const SentFile& sent) {
  std::string head =
      "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>"
      "<GrpHdr><MsgId>B</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>" +
      sent.message_id() +
      "</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>"
      "<OrgnlPmtInfId>" +
      sent.batches()[0].id + "</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>";
  return
      [&sent, text = std::move(head), at = std::uint32_t{0}](char* to, std::size_t size) mutable {
        while (text.size() < size && at <= sent.size()) {
          if (at == sent.size()) {
            text += "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
          } else {
            text += "<TxInfAndSts><OrgnlEndToEndId>";
            text += sent.end_to_end_id(at);
            text += at % 50 == 0
                        ? "</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn>"
                          "</StsRsnInf></TxInfAndSts>\n"
                        : "</OrgnlEndToEndId><TxSts>ACCP</TxSts></TxInfAndSts>\n";
          }
          ++at;
        }
        const std::size_t n = text.copy(to, size);
        text.erase(0, n);
        return n;
      };
}

void need(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

/// Runs it in a child, which prints its figures.
void measure(const std::function<void()>& figures) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    try {
      figures();
      std::fflush(stdout);
      _exit(0);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "bank_bench: %s\n", error.what());
      _exit(1);
    }
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) std::exit(1);
}

void print(const char* name, std::uint64_t count, double seconds) {
  std::printf("%s_per_second %.0f\n%s_mib %.1f\n", name, static_cast<double>(count) / seconds, name,
              memory_mib());
}

void write_alone(std::uint64_t count) {
  const auto start = Clock::now();
  std::uint64_t bytes = 0;
  need(bool(write(count, [&](std::string_view piece) { bytes += piece.size(); })), "not written");
  print("bank_write", count, seconds_since(start));
  std::printf("bank_file_mib %.1f\n", static_cast<double>(bytes) / (1 << 20));
}

void write_to_disk(std::uint64_t count, const std::filesystem::path& folder) {
  const auto start = Clock::now();
  FileStore files(folder);
  need(bool(files.write(header(), "xml", [&](const Sink& sink) { return write(count, sink); })),
       "not stored");
  print("bank_store", count, seconds_since(start));
}

std::filesystem::path stored(const std::filesystem::path& folder) {
  return std::filesystem::directory_iterator(folder)->path();
}

/// What the bytes of the file cost with nothing but the library: the hash, and the parser.
void bytes_alone(std::uint64_t count, const std::filesystem::path& folder) {
  auto start = Clock::now();
  EVP_MD_CTX* hash = EVP_MD_CTX_new();
  EVP_DigestInit_ex(hash, EVP_sha256(), nullptr);
  std::string piece(64 * 1024, '\0');
  Source source = read_file(stored(folder));
  while (const std::size_t n = source(piece.data(), piece.size()))
    EVP_DigestUpdate(hash, piece.data(), n);
  EVP_MD_CTX_free(hash);
  std::printf("sha256_alone_per_second %.0f\n", static_cast<double>(count) / seconds_since(start));

  start = Clock::now();
  XML_Parser parser = XML_ParserCreateNS(nullptr, '\n');
  source = read_file(stored(folder));
  while (const std::size_t n = source(piece.data(), piece.size()))
    need(XML_Parse(parser, piece.data(), static_cast<int>(n), 0) == XML_STATUS_OK, "not parsed");
  XML_ParserFree(parser);
  std::printf("expat_alone_per_second %.0f\n", static_cast<double>(count) / seconds_since(start));
}

void read_back(std::uint64_t count, const std::filesystem::path& folder) {
  const auto start = Clock::now();
  const auto sent = SentFile::read(read_file(stored(folder)));
  need(sent && sent->size() == count, "not read back");
  print("bank_read_back", count, seconds_since(start));
}

void read_answer(std::uint64_t count, const std::filesystem::path& folder) {
  const auto sent = SentFile::read(read_file(stored(folder)));
  need(sent && sent->size() == count, "not read back");
  const auto start = Clock::now();
  const auto answer = Answer::read(*sent, answers(*sent));
  need(answer &&
           answer->sum(Standing::accepted).count + answer->sum(Standing::rejected).count == count,
       "not answered");
  print("bank_answer", count, seconds_since(start));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "bank_bench COUNT FOLDER\n");
    return 2;
  }
  const std::uint64_t count = std::strtoull(argv[1], nullptr, 10);
  const std::filesystem::path folder = argv[2];
  std::filesystem::remove_all(folder);
  measure([&] { write_alone(count); });
  measure([&] { write_to_disk(count, folder); });
  measure([&] { bytes_alone(count, folder); });
  measure([&] { read_back(count, folder); });
  measure([&] { read_answer(count, folder); });
  std::filesystem::remove_all(folder);
}
