// What the processor of cases tells partner agencies, as it leaves: every type of event, of an
// application with everything in it. The events are left in a file, where another test holds them
// against schemas/asyncapi.json.

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "schemas/cloudevents/cloud_event.h"
#include "tests/gateway/cases/desk.h"

namespace guichet::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr const char* kSpouseSin = "130692544";
constexpr const char* kSpouseAccount = "7654321";

v1::Application with_everything() {
  v1::Application application = family();
  application.mutable_channel()->set_agent("a.cormier");
  application.mutable_payment()->set_institution("001");
  application.mutable_payment()->set_transit("00011");
  v1::Adult& spouse = *application.mutable_household()->mutable_adults(1);
  spouse.set_sin(kSpouseSin);
  spouse.mutable_payment()->set_account(kSpouseAccount);
  return application;
}

/// Everything that the processor sent as events, as it stands in the log.
std::vector<eventlog::Record> published() {
  Desk desk;
  v1::Application application = with_everything();
  desk.submit(application);
  desk.answer("ca-ccb", {eligible("household", 799'700)});
  desk.answer("ca-oas", {line("applicant", v1::NEEDS_INFORMATION), line("spouse", v1::REFERRED)});
  desk.tick();
  application.mutable_household()->set_annual_rent_cents(1'000'000);
  desk.amend(application, "another body");
  desk.answer_all();
  eventlog::Record fault = desk.last_record();
  fault.header.set_id("another");
  desk.hold(fault);
  desk.withdraw();

  std::vector<eventlog::Record> records;
  for (const eventlog::Output& output : desk.sent()) {
    if (output.kind != v1::KIND_CASE_EVENT) continue;
    eventlog::Record record = desk.last_record();
    record.topic = output.topic;
    record.header.set_id(output.id);
    record.header.set_kind(output.kind);
    record.header.set_key(output.key);
    record.header.set_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    record.payload = output.payload;
    records.push_back(std::move(record));
  }
  return records;
}

TEST(PublishedEvents, AreOfEveryTypeAndHoldNothingPersonal) {
  std::set<std::string> types;
  const std::filesystem::path file = GUICHET_BINARY_DIR "/tests/published-events.jsonl";
  std::ofstream out(file, std::ios::trunc);
  for (const eventlog::Record& record : published()) {
    const auto event = cloudevents::cloud_event(record.header, record.payload);
    ASSERT_TRUE(event);
    types.insert(event->type);
    const std::string text = cloudevents::to_json(*event);
    out << text << '\n';
    for (const char* personal : {"Marie",
                                 "Cormier",
                                 "046454286",
                                 "c_marie",
                                 "1994",
                                 "1992-11-20",
                                 "2021-03-14",
                                 "12400",
                                 "1240000",
                                 "10400",
                                 "700000",
                                 "9600",
                                 "960000",
                                 "Grand Manan",
                                 "E5G",
                                 "a.cormier",
                                 "snb-grand-manan",
                                 "1234567",
                                 "00011",
                                 kSpouseSin,
                                 kSpouseAccount})
      EXPECT_THAT(text, Not(HasSubstr(personal)));
  }
  EXPECT_THAT(
      types, UnorderedElementsAre("guichet.application.received", "guichet.application.amended",
                                  "guichet.application.withdrawn", "guichet.application.superseded",
                                  "guichet.program.determined", "guichet.case.decided",
                                  "guichet.case.held"));
}

}  // namespace
}  // namespace guichet::testing
