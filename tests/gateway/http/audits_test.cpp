// Who looked at what: every call that tells of a person leaves an entry, and waits for it.

#include <gmock/gmock.h>

#include "gateway/audit/chain.h"
#include "gateway/identity/base64url.h"
#include "guichet/v1/audit.pb.h"
#include "schemas/topics.h"
#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
namespace json = boost::json;

constexpr const char* kMarie = "Guichet-Actor: name=m.leblanc; roles=clerk; desk=snb-moncton\r\n";

class Audits : public Served {
 protected:
  explicit Audits(http::Limits limits = {}) : Served(limits) { start_processing(); }

  std::string apply() const {
    json::object application = example_application();
    application["programs"] = {"ca-one", "nb-two"};
    const Reply reply = post("/v1/applications", as_text(application), "Prefer: wait=10\r\n");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return std::string(parsed(reply).at("id").as_string());
  }
  json::array entries(const std::string& query = {}) const {
    const Reply reply = get("/v1/audit" + query, "Guichet-Actor: name=auditor\r\n");
    EXPECT_EQ(reply.status, 200) << reply.body;
    return parsed(reply).at("items").as_array();
  }
  /// Calls and statuses about an application, in order.
  std::vector<std::string> about(const std::string& application) const {
    std::vector<std::string> calls;
    for (const auto& entry : entries("?application=" + application)) {
      const std::string call(entry.at("call").as_string());
      if (call != "read_audit") calls.push_back(call + " " + json::serialize(entry.at("status")));
    }
    return calls;
  }
};

TEST_F(Audits, SayWhoReadAPersonsFileInOneCall) {
  const std::string id = apply();
  EXPECT_EQ(get("/v1/applications/" + id, kMarie).status, 200);
  EXPECT_EQ(get("/v1/applications/" + id + "/history", kMarie).status, 200);
  EXPECT_EQ(get("/v1/applications", kMarie).status, 200);
  EXPECT_THAT(about(id), ElementsAre("submit_application 200", "read_application 200",
                                     "read_application 200", "list_applications 200"));
  const auto client = std::string(parsed(get("/v1/applications/" + id)).at("client").as_string());
  const json::array of_client = entries("?client=" + client + "&actor=m.leblanc");
  ASSERT_THAT(of_client, SizeIs(2)) << "the list is not of one client";
  EXPECT_EQ(of_client[0].at("actor").at("desk"), "snb-moncton");
  EXPECT_EQ(of_client[0].at("actor").at("known_by"), "local");
  EXPECT_FALSE(of_client[0].at("trace").as_string().empty());
}

TEST_F(Audits, HaveActsAndStreamsAndEventsToo) {
  const std::string id = apply();
  auto client = connect();
  client.send("GET /v1/applications/" + id + "/events HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(client.receive());
  EXPECT_EQ(get("/v1/events?application=" + id).status, 200);
  const Reply now = get("/v1/applications/" + id);
  EXPECT_EQ(connect()
                .exchange("PUT", "/v1/applications/" + id, as_text(example_application()),
                          "If-Match: " + std::string(now.header("etag")) + "\r\n")
                .status,
            202);
  EXPECT_EQ(post("/v1/applications/" + id + "/withdrawal", "").status, 200);
  EXPECT_EQ(connect()
                .exchange("PUT", "/v1/applications/" + id, as_text(example_application()),
                          "If-Match: " + std::string(now.header("etag")) + "\r\n")
                .status,
            409)
      << "an act that the case's owner refused";
  EXPECT_THAT(about(id),
              ElementsAre("submit_application 200", "read_application 200", "read_events 200",
                          "read_application 200", "amend_application 202",
                          "withdraw_application 200", "amend_application 409"));
}

TEST_F(Audits, HaveWhatWasRefusedToACallerAndNothingThatTellsNothing) {
  const std::string unknown = "0197a2b3-0000-7000-8000-000000000000";
  EXPECT_EQ(get("/v1/applications/" + unknown).status, 404);
  EXPECT_EQ(get("/v1/applications/046454286").status, 404) << "somebody's number, typed there";
  EXPECT_EQ(get("/v1/applications?limit=0").status, 400);
  EXPECT_EQ(get("/v1/applications?number=K7Q4-2M9XA-C").status, 400);
  EXPECT_EQ(get("/v1/events").status, 200);
  EXPECT_EQ(get("/v1/programs").status, 200);
  EXPECT_EQ(post("/v1/screenings", as_text(example_application())).status, 200);
  json::array all = entries();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_THAT(json::serialize(all[0].at("applications")), HasSubstr(unknown));
  EXPECT_THAT(all[1].at("applications").as_array(), IsEmpty());
  EXPECT_THAT(entries("?call=read_audit"), SizeIs(1)) << "of the look before";
  const std::string id = apply();
  const Reply first = get("/v1/applications/" + id);
  const std::size_t before = about(id).size();
  EXPECT_EQ(
      get("/v1/applications/" + id, "If-None-Match: " + std::string(first.header("etag")) + "\r\n")
          .status,
      304);
  EXPECT_EQ(about(id).size(), before);
}

TEST_F(Audits, ArePagesThatGoOn) {
  const std::string id = apply();
  for (int i = 0; i < 5; ++i) get("/v1/applications/" + id);
  std::vector<std::uint64_t> numbers;
  std::string target = "/v1/audit?limit=2&application=" + id;
  for (int pages = 0; pages < 10; ++pages) {
    const json::object page = parsed(get(target));
    for (const auto& entry : page.at("items").as_array())
      if (entry.at("call") == "read_application")
        numbers.push_back(entry.at("number").to_number<std::uint64_t>());
    if (page.at("next").is_null()) break;
    target =
        "/v1/audit?limit=2&application=" + id + "&from=" + std::string(page.at("next").as_string());
  }
  EXPECT_THAT(numbers, SizeIs(5));
  EXPECT_TRUE(std::ranges::is_sorted(numbers));
  EXPECT_EQ(get("/v1/audit?from=soon").status, 400);
  EXPECT_EQ(get("/v1/audit?limit=501").status, 400);
  EXPECT_EQ(get("/v1/audit?application=x").status, 400);
  EXPECT_EQ(get("/v1/audit?colour=red").status, 400);
}

TEST_F(Audits, AreAChainWhoseBytesAreShown) {
  const std::string id = apply();
  get("/v1/applications/" + id);
  audit::ChainCheck check;
  for (const auto& entry : entries())
    check.add(*identity::decode_base64url(std::string(entry.at("record").as_string())));
  check.finish();
  EXPECT_EQ(check.entries(), 2U);
  EXPECT_EQ(check.fault_count(), 0U);
}

TEST_F(Audits, WhatCannotBeNotedIsNotTold) {
  const std::string id = apply();
  log_.set_faults({.refused_append = 1000});
  const Reply reply = get("/v1/applications/" + id, "Accept-Language: fr\r\n");
  EXPECT_EQ(reply.status, 503);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("/not-audited"), HasSubstr("piste d’audit")));
  EXPECT_THAT(reply.body, ::testing::Not(HasSubstr("Cormier")));
  EXPECT_FALSE(reply.header("retry-after").empty());
  EXPECT_EQ(get("/v1/programs").status, 200) << "what tells of nobody goes on";
  log_.set_faults({});
  EXPECT_EQ(get("/v1/applications/" + id).status, 200);
}

// On a log that makes nothing durable.
class Unsynced : public Served {
 protected:
  Unsynced() : Served(hurried(), {}, nullptr, true) {}
  static http::Limits hurried() {
    http::Limits limits;
    limits.audit_time = std::chrono::milliseconds(50);
    return limits;
  }
};

TEST_F(Unsynced, AnEntryThatIsNotDurableInTimeIsWaitedForNoLonger) {
  EXPECT_EQ(get("/v1/applications/0197a2b3-0000-7000-8000-000000000000").status, 503);
}

}  // namespace
}  // namespace guichet
