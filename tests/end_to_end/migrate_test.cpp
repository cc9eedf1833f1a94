#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/end_to_end/calls.h"
#include "tests/end_to_end/partner_program.h"
#include "tests/end_to_end/running_server.h"
#include "tests/eventlog/kafka/broker.h"

namespace guichet::end_to_end {
namespace {

using testing::HasSubstr;

std::string target_of(const boost::json::value& item) {
  return "/v1/applications/" + text(item, "id");
}

TEST(Migrate, AnEmbeddedServersCasesGoOnOverKafka) {
  GUICHET_NEEDS_BROKER();
  const PartnerProgram partner("xx-slow", "8s");
  const std::string programs = partner.folder().string();
  RunningServer embedded({"--programs", programs});
  auto old_client = embedded.client();
  auto quick = demo_family();
  quick["programs"] = boost::json::array{"ca-ccb"};
  const auto complete = apply(old_client, quick, {{"Idempotency-Key", "before"}});
  const auto etag = get(old_client, target_of(complete)).header("ETag");
  auto withdrawn = apply(old_client, quick);
  post(old_client, target_of(withdrawn) + "/withdrawal", nullptr);
  const auto pending = json_of(post(old_client, "/v1/applications", demo_family()));

  const TemporaryFolder folder;
  const std::string keys = (folder.path() / "keys").string();
  const std::vector<std::string> kafka = {"--kafka",        eventlog::broker_address(),
                                          "--topic-prefix", eventlog::fresh_prefix(),
                                          "--partitions",   "4",
                                          "--programs",     programs};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), kafka.begin(), kafka.end());
    return run_guichet(arguments);
  };
  ASSERT_EQ(run({"topics", "create"}).code, 0);
  const std::vector<std::string> migrate = {"migrate", "--data", embedded.data().string(), "--keys",
                                            keys};
  const auto too_early = run(migrate);
  EXPECT_EQ(too_early.code, 1);
  EXPECT_THAT(too_early.err, HasSubstr("in use by process"));
  ASSERT_EQ(embedded.terminate(), 0);

  const auto moved = run(migrate);
  ASSERT_EQ(moved.code, 0) << moved.out << moved.err;
  EXPECT_THAT(moved.out, HasSubstr("All is the same"));
  EXPECT_EQ(std::filesystem::status(keys + "/ids.key").permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto again = run(migrate);
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.err, HasSubstr("migrated.json"));
  const auto old_server = run_guichet({"serve", "--data", embedded.data().string()});
  EXPECT_EQ(old_server.code, 1);
  EXPECT_THAT(old_server.err, HasSubstr("migrated.json"));
  std::filesystem::remove(embedded.data() / "migrated.json");
  const auto not_empty = run(migrate);
  EXPECT_EQ(not_empty.code, 1);
  EXPECT_THAT(not_empty.err, HasSubstr("are not empty"));

  std::vector<std::string> arguments = kafka;
  arguments.insert(arguments.end(), {"--keys", keys});
  RunningServer server(arguments);
  auto client = server.client();
  ASSERT_EQ(text(wait_for_status(client, text(complete, "id"), "complete"), "id"),
            text(complete, "id"));
  // But for the last number, of the client's account: their other applications change that.
  const auto of_the_case = [](const std::string& whole) {
    return whole.substr(0, whole.rfind('.'));
  };
  EXPECT_EQ(of_the_case(get(client, target_of(complete)).header("ETag")), of_the_case(etag));
  EXPECT_EQ(text(json_of(get(client, target_of(withdrawn))), "status"), "withdrawn");

  // Its deadline was set before, and passes now: the owner of cases is there.
  const auto partial = wait_for_status(client, text(pending, "id"), "partial");
  EXPECT_EQ(text(*line_of(partial, "ca-ccb"), "status"), "eligible");
  // The same client and the same key: it is known again, and no second application is made.
  const auto repeated = apply(client, quick, {{"Idempotency-Key", "before"}});
  EXPECT_EQ(text(repeated, "id"), text(complete, "id"));

  const auto amended =
      put(client, target_of(complete), quick, {{"If-Match", etag}, {"Prefer", "wait=20"}});
  ASSERT_EQ(amended.status, 200U) << amended.body;
  EXPECT_EQ(json_of(amended).at("submission").as_int64(), 2);
  // Every event of the case once, those of before and those of now, without a gap.
  const auto page = json_of(get(client, "/v1/events?limit=500"));
  std::vector<std::string> seen;
  for (const auto& event : page.as_array())
    if (text(event, "subject") == text(complete, "id")) seen.push_back(text(event, "id"));
  ASSERT_GE(seen.size(), 3U);
  for (std::size_t i = 0; i < seen.size(); ++i)
    EXPECT_EQ(seen[i], text(complete, "id") + "/e" + std::to_string(i + 1));
}

}  // namespace
}  // namespace guichet::end_to_end
