#include "adapters/bank/file_store.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "tests/adapters/bank/payments.h"
#include "tests/eventlog/temporary_folder.h"

namespace guichet::bank {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::Payments;
using ::testing::StartsWith;
using testing::written;

Result<StoredFile> store(const std::filesystem::path& folder, const Payments& payments) {
  FileStore files(folder);
  return files.write(payments.header(), "xml", [&](const Sink& sink) {
    return write_pain001(payments.header(), payments.batches(), payments.source(), sink);
  });
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> names(const std::filesystem::path& folder) {
  std::set<std::string> sorted;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    sorted.insert(entry.path().filename());
  return {sorted.begin(), sorted.end()};
}

class BankFile : public ::testing::Test {
 protected:
  eventlog::TemporaryFolder temporary_;
  const std::filesystem::path folder_ = temporary_.path() / "bank";
};

TEST_F(BankFile, StandsUnderItsNumberAndItsHash) {
  const Payments payments(400);
  const auto file = store(folder_, payments);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(content(file->path), written(payments));
  EXPECT_EQ(file->totals.payments, 400u);
  EXPECT_THAT(file->path.filename().string(),
              StartsWith("2026-01-20-1-" + file->sha256.substr(0, 16)));
  EXPECT_THAT(names(folder_), ElementsAre(file->path.filename().string()));
}

TEST_F(BankFile, WrittenAgainIsTheSameFile) {
  const Payments payments(50);
  const auto once = store(folder_, payments);
  const auto again = store(folder_, payments);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->path, once->path);
  EXPECT_EQ(names(folder_).size(), 1u);
}

TEST_F(BankFile, OfTheSameNumberWithOtherBytesIsRefused) {
  const auto first = store(folder_, Payments(50));
  const std::string bytes = content(first->path);
  EXPECT_THAT(store(folder_, Payments(51)).error().message, HasSubstr("a number is used once"));
  EXPECT_THAT(names(folder_), ElementsAre(first->path.filename().string()));
  EXPECT_EQ(content(first->path), bytes);
}

TEST_F(BankFile, ThatWasChangedOnTheDiskIsNotTakenForTheSame) {
  const auto first = store(folder_, Payments(50));
  std::ofstream(first->path, std::ios::app) << " ";
  EXPECT_FALSE(store(folder_, Payments(50)));
}

TEST_F(BankFile, OfARunWhoseIdBeginsLikeAnotherIsAFileOfItsOwn) {
  ASSERT_TRUE(store(folder_, Payments(3, "2026-01-20-1")));
  ASSERT_TRUE(store(folder_, Payments(3, "2026-01-20")));
  EXPECT_EQ(names(folder_).size(), 2u);
}

TEST_F(BankFile, IsNotThereWhereItCouldNotBeMade) {
  const Payments payments(10);
  std::vector<Batch> batches = payments.batches();
  batches[0].total += Money::of_cents(1);
  FileStore files(folder_);
  EXPECT_FALSE(files.write(payments.header(), "xml", [&](const Sink& sink) {
    return write_pain001(payments.header(), batches, payments.source(), sink);
  }));
  EXPECT_TRUE(names(folder_).empty());
  EXPECT_THROW((void)files.write(payments.header(), "xml",
                                 [&](const Sink& sink) -> Result<FileTotals> {
                                   sink("half of it");
                                   throw std::runtime_error("the source broke");
                                 }),
               std::runtime_error);
  EXPECT_THAT(names(folder_), ElementsAre(StartsWith("."))) << "nobody carries that to the bank";
  ASSERT_TRUE(store(folder_, payments));
  EXPECT_THAT(names(folder_), ElementsAre(EndsWith(".xml")));
}

}  // namespace
}  // namespace guichet::bank
