#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/file/file_adapter.h"
#include "adapters/file/file_answers.h"
#include "eventlog/memory/memory_log.h"
#include "guichet/v1/dead_letter.pb.h"
#include "tests/adapters/answers.h"

namespace guichet::testing {
namespace {

namespace fs = std::filesystem;
using adapters::FileAdapter;
using adapters::FileAnswers;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ExchangeTest : public ::testing::Test {
 protected:
  ExchangeTest() {
    std::string name = (fs::temp_directory_path() / "guichet-exchange-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    fs::create_directories(incoming());
  }
  ~ExchangeTest() override { fs::remove_all(root_); }

  fs::path exchange() const { return root_ / "exchange"; }
  fs::path incoming() const { return exchange() / "nb-ctb" / "determinations"; }

  void put(const std::string& name, const std::string& content) {
    std::ofstream(incoming() / name) << content;
  }
  static std::string content(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::vector<std::string> list(const fs::path& folder) {
    std::vector<std::string> names;
    if (fs::exists(folder))
      for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename());
    return names;
  }
  std::vector<std::string> part(const char* name) const {
    return list(exchange() / "nb-ctb" / name);
  }

  /// A minute after the files were written, so that none counts as half written.
  static Instant now() {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now()) +
           std::chrono::minutes(1);
  }

  static std::unique_ptr<eventlog::MemoryLog> log(bool manual_sync = false) {
    eventlog::MemoryOptions options;
    options.topics = topics::all({"nb-ctb"});
    options.manual_sync = manual_sync;
    return std::make_unique<eventlog::MemoryLog>(options);
  }
  static std::vector<eventlog::Record> records(const eventlog::Log& log, std::string_view topic) {
    return log.read(topic, 0, 0, 1000);
  }

  /// Takes in what is there and returns why the only file was refused.
  std::string refusal() {
    const auto memory = log();
    FileAnswers answers(exchange(), {"nb-ctb"});
    EXPECT_EQ(answers.pass(*memory, now()), 1);
    EXPECT_THAT(records(*memory, topics::kCasesInbox), IsEmpty());
    const auto letters = records(*memory, topics::kDeadLetters);
    EXPECT_EQ(letters.size(), 1);
    EXPECT_THAT(part("determinations"), IsEmpty());
    EXPECT_EQ(part("refused").size(), 1);
    fs::remove_all(exchange() / "nb-ctb" / "refused");
    v1::DeadLetter letter;
    if (letters.empty() || !letter.ParseFromString(letters[0].payload)) return "no letter";
    EXPECT_EQ(letter.failure_class(), "unusable_answer");
    EXPECT_EQ(letter.place(), "adapters/file");
    EXPECT_EQ(letter.program(), "nb-ctb");
    EXPECT_EQ(letter.topic(), "determinations.nb-ctb");
    return letter.text();
  }

  fs::path root_;
};

using FileAdapterTest = ExchangeTest;
using FileAnswersTest = ExchangeTest;

constexpr const char* kRequestFile = "0197a2c0-0000-7000-8000-000000000001_1_nb-ctb.json";

TEST_F(FileAdapterTest, WritesARequestAsJsonUnderTheNamesOfTheSchema) {
  FileAdapter adapter(exchange());
  EXPECT_THAT(adapter.handle(request_record()), IsEmpty());
  EXPECT_THAT(part("requests"), ElementsAre(kRequestFile));
  const std::string json = content(exchange() / "nb-ctb" / "requests" / kRequestFile);
  EXPECT_THAT(json, HasSubstr("\"request_id\": \"" + std::string(kRequest) + "\""));
  EXPECT_THAT(json, HasSubstr("\"net_income_cents\": \"0\""));
  v1::DeterminationRequest back;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &back).ok());
  EXPECT_EQ(back.facts().household().adults(0).role(), "applicant");
}

TEST_F(FileAdapterTest, ARequestAgainLeavesTheFileAsItIs) {
  FileAdapter adapter(exchange());
  adapter.handle(request_record());
  const fs::path file = exchange() / "nb-ctb" / "requests" / kRequestFile;
  const auto written = fs::last_write_time(file);
  adapter.handle(request_record());
  EXPECT_EQ(fs::last_write_time(file), written);
  EXPECT_THAT(part("requests"), ElementsAre(kRequestFile));
}

TEST_F(FileAdapterTest, AFileLeftHalfWrittenByACrashIsWrittenAgain) {
  fs::create_directories(exchange() / "nb-ctb" / "requests");
  std::ofstream(exchange() / "nb-ctb" / "requests" / ("." + std::string(kRequestFile) + ".tmp"))
      << "{ \"requ";
  FileAdapter(exchange()).handle(request_record());
  EXPECT_THAT(part("requests"), ElementsAre(kRequestFile));
}

TEST_F(FileAdapterTest, ALinkInPlaceOfAFolderIsNotFollowedAndTheRequestWaits) {
  fs::create_directories(root_ / "elsewhere");
  fs::create_directory_symlink(root_ / "elsewhere", exchange() / "nb-ctb" / "requests");
  FileAdapter adapter(exchange());
  EXPECT_THROW(adapter.handle(request_record()), eventlog::TryAgainLater);
  EXPECT_THAT(list(root_ / "elsewhere"), IsEmpty());
}

TEST_F(FileAdapterTest, ALinkInPlaceOfAFileIsReplacedAndNotWrittenThrough) {
  fs::create_directories(exchange() / "nb-ctb" / "requests");
  std::ofstream(root_ / "victim") << "precious";
  for (const std::string& name :
       {std::string(kRequestFile), "." + std::string(kRequestFile) + ".tmp"})
    fs::create_symlink(root_ / "victim", exchange() / "nb-ctb" / "requests" / name);
  FileAdapter(exchange()).handle(request_record());
  EXPECT_EQ(content(root_ / "victim"), "precious");
  EXPECT_TRUE(
      fs::is_regular_file(fs::symlink_status(exchange() / "nb-ctb" / "requests" / kRequestFile)));
}

TEST_F(FileAdapterTest, WhatIsNoRequestIsADeadLetterAndWritesNothing) {
  eventlog::Record record = request_record();
  v1::DeterminationRequest request;
  ASSERT_TRUE(request.ParseFromString(record.payload));
  request.set_program("../../etc");
  request.set_request_id(request.application_id() + "/1/../../etc");
  record.payload = request.SerializeAsString();
  record.header.set_id(request.request_id());
  FileAdapter adapter(exchange());
  const auto outputs = adapter.handle(record);
  ASSERT_EQ(outputs.size(), 1);
  EXPECT_EQ(outputs[0].kind, v1::KIND_DEAD_LETTER);
  EXPECT_THAT(part("requests"), IsEmpty());
}

TEST_F(FileAnswersTest, AnAnswerBecomesARecordAndIsMovedToDone) {
  put("answer.json", json_of(good_answer()));
  const auto memory = log();
  FileAnswers answers(exchange(), {"nb-ctb"});
  EXPECT_EQ(answers.pass(*memory, now()), 1);
  const auto taken = records(*memory, topics::kCasesInbox);
  ASSERT_EQ(taken.size(), 1);
  EXPECT_EQ(taken[0].header.id(), std::string(kRequest) + "/answer/77");
  EXPECT_EQ(taken[0].header.key(), good_answer().application_id());
  EXPECT_EQ(taken[0].header.kind(), v1::KIND_DETERMINATION);
  v1::Determination answer;
  ASSERT_TRUE(answer.ParseFromString(taken[0].payload));
  EXPECT_EQ(answer.DebugString(), good_answer().DebugString());
  EXPECT_THAT(part("determinations"), IsEmpty());
  EXPECT_THAT(part("done"), ElementsAre("answer.json"));
  EXPECT_EQ(answers.pass(*memory, now()), 0);
}

TEST_F(FileAnswersTest, OnlyTheRequestAndTheLinesMustBeThere) {
  put("77.json", R"({"request_id": ")" + std::string(kRequest) +
                     R"(", "supersedes": "76", "lines": [{"beneficiary": "household",
                        "status": "REFERRED"}]})");
  FileAnswers answers(exchange(), {"nb-ctb"});
  const auto collected = answers.collect("nb-ctb", now());
  ASSERT_EQ(collected.size(), 1);
  ASSERT_FALSE(collected[0].refused);
  v1::Determination answer;
  ASSERT_TRUE(answer.ParseFromString(collected[0].record.payload));
  EXPECT_EQ(answer.id(), std::string(kRequest) + "/answer/77");
  EXPECT_EQ(answer.supersedes(), std::string(kRequest) + "/answer/76");
  EXPECT_EQ(answer.application_id(), good_answer().application_id());
  EXPECT_EQ(answer.submission(), 1);
  EXPECT_EQ(answer.program(), "nb-ctb");
}

TEST_F(FileAnswersTest, FilesAreTakenInTheOrderOfTheirNames) {
  for (const char* name : {"3.json", "1.json", "2.json"}) {
    v1::Determination answer = good_answer();
    answer.clear_id();
    put(name, json_of(answer));
  }
  std::vector<std::string> names;
  const FileAnswers answers(exchange(), {"nb-ctb"});
  for (const auto& file : answers.collect("nb-ctb", now())) names.push_back(file.name);
  EXPECT_THAT(names, ElementsAre("1.json", "2.json", "3.json"));
}

TEST_F(FileAnswersTest, ManyFilesAreTakenInSeveralPasses) {
  for (std::size_t i = 0; i < adapters::kMaxFilesPerPass + 5; ++i) {
    v1::Determination answer = good_answer();
    answer.clear_id();
    put(std::to_string(i) + ".json", json_of(answer));
  }
  const auto memory = log();
  FileAnswers answers(exchange(), {"nb-ctb"});
  EXPECT_EQ(answers.pass(*memory, now()), adapters::kMaxFilesPerPass);
  EXPECT_EQ(answers.pass(*memory, now()), 5);
  EXPECT_EQ(records(*memory, topics::kCasesInbox).size(), adapters::kMaxFilesPerPass + 5);
}

TEST_F(FileAnswersTest, TheSameNameAgainIsKeptBesideTheFirst) {
  const auto memory = log();
  FileAnswers answers(exchange(), {"nb-ctb"});
  for (int i = 0; i < 3; ++i) {
    put("answer.json", json_of(good_answer()));
    EXPECT_EQ(answers.pass(*memory, now()), 1);
  }
  EXPECT_THAT(part("done"), UnorderedElementsAre("answer.json", "answer.json.2", "answer.json.3"));
}

TEST_F(FileAnswersTest, ACrashBetweenTheRecordAndTheMoveTakesTheFileAgainWithTheSameContent) {
  put("answer.json", json_of(good_answer()));
  const auto memory = log();
  std::vector<std::string> payloads;
  for (int i = 0; i < 2; ++i) {  // the process died before done()
    const FileAnswers answers(exchange(), {"nb-ctb"});
    const auto collected = answers.collect("nb-ctb", now());
    ASSERT_EQ(collected.size(), 1);
    payloads.push_back(collected[0].record.header.id() + collected[0].record.payload);
  }
  EXPECT_EQ(payloads[0], payloads[1]);
  EXPECT_THAT(part("determinations"), ElementsAre("answer.json"));
}

TEST_F(FileAnswersTest, AFileThatCouldNotBeAppendedStaysWhereItIs) {
  put("answer.json", json_of(good_answer()));
  eventlog::MemoryOptions options;
  options.topics = topics::all({"nb-ctb"});
  options.most_waiting_records = 0;
  eventlog::MemoryLog full(options);
  FileAnswers answers(exchange(), {"nb-ctb"});
  EXPECT_EQ(answers.pass(full, now()), 0);
  EXPECT_THAT(part("determinations"), ElementsAre("answer.json"));
  const auto memory = log();
  EXPECT_EQ(answers.pass(*memory, now()), 1);
}

TEST_F(FileAnswersTest, AFileThatCannotBeMovedIsNotAppendedAgain) {
  put("answer.json", json_of(good_answer()));
  std::ofstream(exchange() / "nb-ctb" / "done") << "in the way";
  const auto memory = log();
  FileAnswers answers(exchange(), {"nb-ctb"});
  for (int i = 0; i < 3; ++i) EXPECT_THROW(answers.pass(*memory, now()), std::system_error);
  EXPECT_EQ(records(*memory, topics::kCasesInbox).size(), 1);
  fs::remove(exchange() / "nb-ctb" / "done");
  EXPECT_EQ(answers.pass(*memory, now()), 1);
  EXPECT_EQ(records(*memory, topics::kCasesInbox).size(), 1);
  EXPECT_THAT(part("done"), ElementsAre("answer.json"));
}

TEST_F(FileAnswersTest, AFileThatWasReplacedSinceItWasReadIsNotMoved) {
  put("answer.json", json_of(good_answer()));
  const FileAnswers answers(exchange(), {"nb-ctb"});
  const auto collected = answers.collect("nb-ctb", now());
  std::ofstream(root_ / "other") << "{}";
  fs::rename(root_ / "other", incoming() / "answer.json");
  answers.done(collected.at(0));
  EXPECT_THAT(part("determinations"), ElementsAre("answer.json"));
  EXPECT_THAT(part("done"), IsEmpty());
}

TEST_F(FileAnswersTest, AFileThatIsStillBeingWrittenIsLeftAlone) {
  const std::string json = json_of(good_answer());
  put("answer.json", json.substr(0, json.size() / 2));
  const FileAnswers answers(exchange(), {"nb-ctb"});
  EXPECT_THAT(answers.collect("nb-ctb", now() - std::chrono::minutes(1)), IsEmpty());
  ASSERT_EQ(answers.collect("nb-ctb", now()).size(), 1);
  EXPECT_TRUE(answers.collect("nb-ctb", now())[0].refused);
  put("answer.json", json);
  EXPECT_FALSE(answers.collect("nb-ctb", now() - std::chrono::minutes(1)).at(0).refused);
}

TEST_F(FileAnswersTest, OtherNamesAreNotLookedAt) {
  put(".answer.json", json_of(good_answer()));
  put("answer.json.tmp", json_of(good_answer()));
  put("notes.txt", "hello");
  const FileAnswers answers(exchange(), {"nb-ctb"});
  EXPECT_THAT(answers.collect("nb-ctb", now()), IsEmpty());
}

TEST_F(FileAnswersTest, WhatCannotBeUsedIsRefusedWithAReason) {
  const auto refusal_of = [&](const std::function<void(v1::Determination&)>& change) {
    v1::Determination answer = good_answer();
    change(answer);
    put("answer.json", json_of(answer));
    return refusal();
  };
  using D = v1::Determination;
  EXPECT_THAT(refusal_of([](D& d) { d.mutable_lines(0)->set_annual_amount_cents(1); }),
              HasSubstr("add up"));
  EXPECT_THAT(refusal_of([](D& d) { d.set_request_id("nonsense"); }), HasSubstr("request_id"));
  EXPECT_THAT(
      refusal_of([](D& d) { d.set_request_id("0197a2c0-0000-7000-8000-000000000001/1/ca-ccb"); }),
      HasSubstr("another program"));
  EXPECT_THAT(refusal_of([](D& d) { d.set_submission(2); }), HasSubstr("submission"));
  EXPECT_THAT(refusal_of([](D& d) { d.set_id("a/b"); }), HasSubstr("id may have"));
  EXPECT_THAT(refusal_of([](D& d) { d.set_id("../../x"); }), HasSubstr("id may have"));
  EXPECT_THAT(refusal_of([](D& d) { d.set_supersedes("?"); }), HasSubstr("supersedes"));
  EXPECT_THAT(refusal_of([](D& d) {
                d.clear_lines();
                *d.add_lines() = adapters::failed_line("household");
              }),
              HasSubstr("Guichet's own"));
  EXPECT_THAT(refusal_of([](D& d) { d.set_dead_letter_id("d_1"); }), HasSubstr("Guichet's own"));
}

TEST_F(FileAnswersTest, WhatIsNoJsonOfADeterminationIsRefusedWithoutRepeatingIt) {
  for (const std::string& content :
       {std::string(), std::string("null"), std::string("[]"),
        std::string("{\"sin\": \"046454286\"}"), std::string("{\"submission\": \"046454286x\"}"),
        std::string("\xFF\xFE"), std::string(100'000, '['), std::string("{} trailing 046454286")}) {
    put("answer.json", content);
    const std::string why = refusal();
    EXPECT_EQ(why.find("046454286"), std::string::npos) << why;
    EXPECT_NE(why, "no letter");
  }
}

TEST_F(FileAnswersTest, AFileThatIsTooLargeIsRefused) {
  put("answer.json", std::string(adapters::kMaxAnswerFileBytes + 1, ' '));
  EXPECT_THAT(refusal(), HasSubstr("larger than"));
}

TEST_F(FileAnswersTest, AnythingButARegularFileIsRefusedUnread) {
  std::ofstream(root_ / "secret") << json_of(good_answer());
  fs::create_symlink(root_ / "secret", incoming() / "answer.json");
  EXPECT_THAT(refusal(), HasSubstr("not a regular file"));
  fs::create_hard_link(root_ / "secret", incoming() / "answer.json");
  EXPECT_THAT(refusal(), HasSubstr("not a regular file"));
  ASSERT_EQ(::mkfifo((incoming() / "answer.json").c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("not a regular file"));
  fs::create_directories(incoming() / "answer.json");
  EXPECT_THAT(refusal(), HasSubstr("not a regular file"));
  EXPECT_EQ(content(root_ / "secret"), json_of(good_answer()));
}

TEST_F(FileAnswersTest, AHostileNameNeverGetsIntoAnId) {
  v1::Determination answer = good_answer();
  answer.clear_id();
  put("a b\n.json", json_of(answer));
  EXPECT_THAT(refusal(), HasSubstr("id may have"));
}

TEST_F(FileAnswersTest, OneProgramsBrokenFolderKeepsNoOtherWaiting) {
  fs::create_directories(root_ / "elsewhere");
  fs::create_directory_symlink(root_ / "elsewhere", exchange() / "aa-first");
  put("answer.json", json_of(good_answer()));
  const auto memory = log();
  FileAnswers answers(exchange(), {"aa-first", "nb-ctb"});
  EXPECT_THROW(answers.pass(*memory, now()), std::system_error);
  EXPECT_THAT(part("done"), ElementsAre("answer.json"));
}

}  // namespace
}  // namespace guichet::testing
