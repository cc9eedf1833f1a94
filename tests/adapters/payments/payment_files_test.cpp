// From a set to the bank and back, over a log: the file of a released run, and the bank's answer.

#include "adapters/payments/payment_files.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "adapters/payments/bank_answers.h"
#include "eventlog/host.h"
#include "eventlog/memory/memory_log.h"
#include "schemas/topics.h"
#include "tests/eventlog/temporary_folder.h"
#include "tests/payments/counter.h"

namespace guichet::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PaymentFilesTest : public ::testing::Test {
 protected:
  PaymentFilesTest() { start(); }

  void start() {
    host_.reset();
    log_.restart();
    host_ = std::make_unique<eventlog::Host>(
        log_, "main",
        std::vector<eventlog::Stage>{
            eventlog::KeyedStage{"payments", std::string(topics::kPaymentsInbox),
                                 std::string(topics::kAccounts),
                                 std::make_shared<payments::AccountProcessor>(
                                     payments::Rules{test_terms, adapters::fits_bank, sha256})},
            eventlog::KeyedStage{"runs", std::string(topics::kRunsInbox),
                                 std::string(topics::kRuns),
                                 std::make_shared<payments::RunProcessor>(1, sha256)},
            eventlog::PlainStage{
                "bank.files",
                {std::string(topics::kInstructions)},
                std::make_shared<adapters::PaymentFiles>(
                    log_, folder(), bank::Debtor{"Guichet", {"001", "00011", "7654321"}},
                    [](const std::string& id) {
                      return adapters::ProgramName{id, id};
                    })}},
        [this] { return now_; }, [](const std::string&) {});
  }

  void settle() {
    for (int idle = 0; idle < 3;) {
      const bool worked = host_->step();
      idle = log_.sync() > 0 || worked ? 0 : idle + 1;
      now_ += std::chrono::minutes(1);  // what waits to be tried again has its turn
    }
  }

  void send(std::string_view topic, const std::string& key, v1::Kind kind, const std::string& actor,
            const google::protobuf::MessageLite& payload) {
    eventlog::Record record;
    record.topic = topic;
    record.header.set_key(key);
    record.header.set_kind(kind);
    record.header.set_id("input-" + std::to_string(++inputs_));
    record.header.set_recorded_at_us(to_micros(now_));
    record.header.mutable_actor()->set_subject(actor);
    record.payload = payload.SerializeAsString();
    ASSERT_TRUE(log_.append({record}, nullptr));
  }

  v1::RunState run() {
    v1::KeyState stored;
    v1::RunState run;
    const auto record = log_.latest(topics::kRuns, "r1");
    if (record) stored.ParseFromString(record->payload);
    run.ParseFromString(stored.state());
    return run;
  }
  v1::ClientAccount client(const std::string& id) {
    v1::KeyState stored;
    v1::AccountState state;
    const auto record = log_.latest(topics::kAccounts, id);
    if (record) stored.ParseFromString(record->payload);
    state.ParseFromString(stored.state());
    return state.client();
  }

  void pay(int clients) {
    for (int n = 0; n < clients; ++n) {
      const std::string id = "c_" + std::to_string(n);
      v1::EntitlementSet set = counter_.set_of(
          id, {monthly("ca-ccb", {10'000 + n}), monthly("nb-ctb", {500})}, "a" + std::to_string(n));
      send(topics::kPaymentsInbox, id, v1::KIND_ENTITLEMENT_SET, "cases", set);
    }
    v1::PrepareRun prepare;
    prepare.set_date(due_day(0));
    send(topics::kRunsInbox, "r1", v1::KIND_PREPARE_RUN, "a.cormier", prepare);
    settle();
    v1::ReleaseRun release;
    release.set_hash(run().hash());
    send(topics::kRunsInbox, "r1", v1::KIND_RELEASE_RUN, "b.leblanc", release);
    settle();
  }

  fs::path folder() const { return temporary_.path() / "bank"; }
  std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder()))
      if (entry.is_regular_file()) found.push_back(entry.path());
    return found;
  }

  /// A bank that rejects the payments whose amounts are named.
  std::string answer(const std::string& status_of_others,
                     const std::string& rejected_amount = "none") const {
    const std::string ours = content(files().at(0));
    const auto between = [](const std::string& text, std::size_t from, const std::string& begin,
                            const std::string& end) {
      const std::size_t at = text.find(begin, from) + begin.size();
      return text.substr(at, text.find(end, at) - at);
    };
    std::string lines;
    for (std::size_t at = ours.find("<EndToEndId>"); at != std::string::npos;
         at = ours.find("<EndToEndId>", at + 1)) {
      const std::string id = between(ours, at, "<EndToEndId>", "<");
      const std::string amount = between(ours, at, "Ccy=\"CAD\">", "<");
      const bool rejected = amount == rejected_amount;
      lines += "<TxInfAndSts><OrgnlEndToEndId>" + id + "</OrgnlEndToEndId><TxSts>" +
               (rejected ? "RJCT" : status_of_others) + "</TxSts>" +
               (rejected ? "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" : "") +
               "</TxInfAndSts>";
    }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document "
           "xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr>"
           "<MsgId>BANK-1</MsgId><CreDtTm>2026-01-20T12:00:00</CreDtTm></GrpHdr>"
           "<OrgnlGrpInfAndSts><OrgnlMsgId>" +
           between(ours, 0, "<MsgId>", "<") +
           "</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
           "<OrgnlPmtInfAndSts><OrgnlPmtInfId>" +
           between(ours, 0, "<PmtInfId>", "<") + "</OrgnlPmtInfId>" + lines +
           "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>";
  }

  void bank_says(const std::string& name, const std::string& message) {
    fs::create_directories(folder() / "answers");
    std::ofstream(folder() / "answers" / name) << message;
    // Nothing is still being written.
    fs::last_write_time(folder() / "answers" / name,
                        fs::file_time_type::clock::now() - std::chrono::seconds(30));
    adapters::BankAnswers answers(folder());
    std::jthread syncs([this](std::stop_token stop) {
      while (!stop.stop_requested()) {
        log_.sync();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
    answers.pass(log_, now_);
    syncs.request_stop();
    syncs.join();
    settle();
  }

  eventlog::TemporaryFolder temporary_;
  Instant now_ = from_micros(kStart);
  eventlog::MemoryLog log_{{.topics = topics::all({}), .manual_sync = true}};
  std::unique_ptr<eventlog::Host> host_;
  Counter counter_;
  int inputs_ = 0;
};

TEST_F(PaymentFilesTest, AReleasedRunHasItsFileOnceWithEveryPaymentInIt) {
  pay(3);
  EXPECT_EQ(run().status(), v1::RUN_SENT);
  ASSERT_THAT(files(), SizeIs(1));
  EXPECT_THAT(files()[0].filename().string(), HasSubstr("r1-1-"));
  EXPECT_EQ(run().files(0).written().name(), files()[0].filename().string());
  const std::string xml = content(files()[0]);
  EXPECT_THAT(xml, HasSubstr("<NbOfTxs>3</NbOfTxs>"));
  EXPECT_THAT(xml, HasSubstr("<CtrlSum>315.03</CtrlSum>"));
  EXPECT_THAT(xml, HasSubstr("Marie Cormier"));
  EXPECT_THAT(xml, HasSubstr("nb-ctb"));
}

TEST_F(PaymentFilesTest, AfterACrashTheSameOrderWritesTheSameBytes) {
  pay(2);
  const std::string before = content(files().at(0));
  // The file was written and the record of it lost.
  fs::remove(files().at(0));
  adapters::PaymentFiles again(log_, folder(), bank::Debtor{"Guichet", {"001", "00011", "7654321"}},
                               [](const std::string& id) {
                                 return adapters::ProgramName{id, id};
                               });
  for (const eventlog::Record& record : log_.read(topics::kInstructions, 0, 0, 100)) {
    again.handle(record);
    again.handle(record);
  }
  ASSERT_THAT(files(), SizeIs(1));
  EXPECT_EQ(content(files().at(0)), before);
}

TEST_F(PaymentFilesTest, WhatTheBankAcceptsIsSettledAndWhatItRejectsIsOwedAgain) {
  pay(3);
  bank_says("one.xml", answer("ACSC", "105.01"));
  EXPECT_EQ(run().status(), v1::RUN_SETTLED);
  EXPECT_EQ(run().files(0).answered().accepted(), 2U);
  EXPECT_EQ(run().files(0).answered().rejected_cents(), 10'501);
  EXPECT_EQ(client("c_0").payments(0).status(), v1::SETTLED);
  EXPECT_EQ(client("c_1").payments(0).status(), v1::REJECTED);
  EXPECT_EQ(client("c_1").payments(0).bank_reason(), "AC04");
  EXPECT_EQ(client("c_1").lines(0).instructed_cents(), 0);
  EXPECT_TRUE(fs::exists(folder() / "answers" / "done" / "one.xml"));
  const auto postings = log_.read(topics::kLedger, 0, 0, 1'000).size();
  bank_says("again.xml", answer("ACSC", "105.01"));
  EXPECT_EQ(log_.read(topics::kLedger, 0, 0, 1'000).size(), postings) << "applied twice";
}

/// What can come in place of a bank's answer. Refused whole: nothing of it counts, it is kept with
/// its reason, and the right answer that comes after it does all.
class BadAnswers : public PaymentFilesTest {
 protected:
  BadAnswers() {
    pay(3);
    good_ = answer("ACSC", "105.01");
  }
  static std::string with(std::string text, const std::string& place, const std::string& more) {
    const std::size_t at = text.find(place);
    EXPECT_NE(at, std::string::npos) << place;
    return text.insert(at, more);
  }
  static std::string changed(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  }
  std::size_t postings() { return log_.read(topics::kLedger, 0, 0, 1'000).size(); }
  std::vector<v1::PaymentStatus> statuses() {
    std::vector<v1::PaymentStatus> found;
    for (int n = 0; n < 3; ++n)
      found.push_back(client("c_" + std::to_string(n)).payments(0).status());
    return found;
  }
  std::string beside(const std::string& folder_name, const std::string& name) {
    return content(folder() / "answers" / folder_name / (name + ".txt"));
  }
  void expect_refused_whole(const std::string& message, const std::string& why) {
    const std::size_t before = postings();
    bank_says("bad.xml", message);
    EXPECT_EQ(postings(), before);
    EXPECT_EQ(run().status(), v1::RUN_SENT);
    EXPECT_THAT(statuses(), ::testing::Each(v1::INSTRUCTED));
    EXPECT_TRUE(fs::exists(folder() / "answers" / "refused" / "bad.xml"));
    EXPECT_THAT(beside("refused", "bad.xml"), HasSubstr(why));
    bank_says("good.xml", good_);
    expect_all_done();
  }
  void expect_all_done() {
    EXPECT_EQ(run().status(), v1::RUN_SETTLED);
    EXPECT_THAT(statuses(), ::testing::ElementsAre(v1::SETTLED, v1::REJECTED, v1::SETTLED));
  }

  std::string good_;
};

TEST_F(BadAnswers, Truncated) {
  expect_refused_whole(good_.substr(0, good_.rfind("<TxInfAndSts>")), "");
}

TEST_F(BadAnswers, WithAWrongControlSum) {
  expect_refused_whole(with(good_, "</OrgnlGrpInfAndSts>",
                            "<OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>315.04</OrgnlCtrlSum>"),
                       "sum");
}

TEST_F(BadAnswers, WithADocumentTypeAndEntities) {
  expect_refused_whole(
      with(good_, "<Document", "<!DOCTYPE Document [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;\">]>"),
      "");
}

TEST_F(BadAnswers, WithAnUnknownEndToEndIdHoldsThatLineOnly) {
  bank_says("some.xml", with(good_, "<TxInfAndSts>",
                             "<TxInfAndSts><OrgnlEndToEndId>G0</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
                             "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>"));
  expect_all_done();
  EXPECT_THAT(beside("done", "some.xml"), HasSubstr("G0"));
}

TEST_F(BadAnswers, WithAnAmountThatDiffersHoldsThatLineUntilItIsRight) {
  // The first line is of the payment whose id is lowest, whichever that is.
  bank_says("some.xml",
            with(good_, "</TxInfAndSts>",
                 "<OrgnlTxRef><Amt><InstdAmt Ccy=\"CAD\">99.99</InstdAmt></Amt></OrgnlTxRef>"));
  std::vector<v1::PaymentStatus> now = statuses();
  EXPECT_EQ(std::ranges::count(now, v1::INSTRUCTED), 1);
  EXPECT_EQ(run().status(), v1::RUN_SENT);
  EXPECT_THAT(beside("done", "some.xml"), Not(IsEmpty()));
  bank_says("good.xml", good_);
  expect_all_done();
}

TEST_F(BadAnswers, SentTwiceUnderOneNameCountsOnceAndBothAreKept) {
  bank_says("one.xml", good_);
  const std::size_t before = postings();
  bank_says("one.xml", good_);
  EXPECT_EQ(postings(), before);
  expect_all_done();
  EXPECT_TRUE(fs::exists(folder() / "answers" / "done" / "one.xml"));
  EXPECT_TRUE(fs::exists(folder() / "answers" / "done" / "one-2.xml"));
}

TEST_F(BadAnswers, ThatRejectsWhatWasSettledIsTakenAndTheReverseIsNot) {
  bank_says("one.xml", good_);
  bank_says("two.xml", changed(answer("ACSC"), "BANK-1", "BANK-2"));
  EXPECT_EQ(statuses().at(1), v1::REJECTED) << "what came back is owed, and is not paid by a word";
  bank_says("three.xml", changed(answer("ACSC", "105.00"), "BANK-1", "BANK-3"));
  EXPECT_EQ(statuses().at(0), v1::REJECTED) << "a late return";
  EXPECT_EQ(client("c_0").lines(0).instructed_cents(), 0);
}

TEST_F(PaymentFilesTest, AMessageThatCannotBeUsedIsRefusedWholeWithItsReason) {
  pay(2);
  const std::string good = answer("ACSC");
  bank_says("cut.xml", good.substr(0, good.size() / 2));
  std::string other = good;
  other.replace(other.find("<OrgnlMsgId>") + 12, 4, "ZZZZ");
  bank_says("other.xml", other);
  bank_says("entity.xml", "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e \"x\">]><x>&e;</x>");
  EXPECT_EQ(run().status(), v1::RUN_SENT);
  EXPECT_EQ(client("c_0").payments(0).status(), v1::INSTRUCTED);
  for (const char* name : {"cut.xml", "other.xml", "entity.xml"}) {
    EXPECT_TRUE(fs::exists(folder() / "answers" / "refused" / name)) << name;
    EXPECT_THAT(content(folder() / "answers" / "refused" / (std::string(name) + ".txt")),
                Not(IsEmpty()));
  }
}

}  // namespace
}  // namespace guichet::testing
