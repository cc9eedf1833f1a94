#include <gmock/gmock.h>

#include <thread>

#include "tests/gateway/http/served.h"

namespace guichet {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

http::Limits quick_limits() {
  http::Limits limits;
  limits.streams = 2;
  limits.stream_heartbeat = 200ms;
  limits.stream_time = 3s;
  limits.drain_time = 3s;
  return limits;
}

class CaseStreams : public Served {
 protected:
  CaseStreams() : Served(quick_limits()) { start_processing(); }

  // An application for which ca-slow has not answered.
  std::string applied() {
    const Reply reply = post("/v1/applications", as_text(example_application()));
    EXPECT_EQ(reply.status, 202) << reply.body;
    return std::string(parsed(reply).at("id").as_string());
  }

  // Opened, with its head read.
  Client follow(const std::string& id, std::string_view header_lines = {}) {
    Client client = connect();
    client.send("GET /v1/applications/" + id + "/events HTTP/1.1\r\nHost: localhost\r\n" +
                std::string(header_lines) + "\r\n");
    const auto head = client.receive();
    EXPECT_TRUE(head);
    if (!head) return client;
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->header("content-type"), "text/event-stream");
    EXPECT_EQ(head->header("cache-control"), "no-store");
    return client;
  }

  // The next piece that is no heartbeat; empty where the stream ends first.
  static std::string next_event(Client& client) {
    while (auto chunk = client.receive_chunk())
      if (*chunk != ":\n\n") return *chunk;
    return {};
  }

  static boost::json::object data_of(const std::string& event) {
    const std::size_t at = event.find("data: ") + 6;
    return boost::json::parse(event.substr(at, event.find('\n', at) - at)).as_object();
  }
  static std::string id_of(const std::string& event) {
    const std::size_t at = event.find("id: ") + 4;
    return event.substr(at, event.find('\n', at) - at);
  }

  // The case once both quick programs have answered.
  std::string settled(const std::string& id) const {
    std::string etag;
    for (int i = 0; i < 200; ++i) {
      const Reply reply = get("/v1/applications/" + id);
      etag = reply.header("etag");
      if (reply.body.find("\"pending\"") == reply.body.rfind("\"pending\"")) break;
      std::this_thread::sleep_for(10ms);
    }
    return etag.substr(1, etag.size() - 2);
  }
};

TEST_F(CaseStreams, ACaseIsSentAtOnceAndAgainWhenItChanges) {
  const std::string id = applied();
  settled(id);
  Client client = follow(id, "Accept: text/event-stream\r\nAccept-Language: en\r\n");
  const std::string first = next_event(client);
  EXPECT_THAT(first, StartsWith("retry: "));
  EXPECT_EQ(data_of(first).at("status"), "determining");
  EXPECT_THAT(first, HasSubstr("Program ca-one"));
  answer_slowly(id, 1);
  const boost::json::object decided = data_of(next_event(client));
  EXPECT_EQ(decided.at("status"), "complete");
  EXPECT_EQ(decided.at("links").as_object().at("events").as_string(),
            "/v1/applications/" + id + "/events");
}

TEST_F(CaseStreams, WhoComesBackIsSentOnlyWhatChanged) {
  const std::string id = applied();
  const std::string seen = settled(id);
  Client same = follow(id, "Last-Event-ID: " + seen + "\r\n");
  EXPECT_EQ(same.receive_chunk(), "retry: 2000\n\n");
  EXPECT_EQ(same.receive_chunk(), ":\n\n");
  answer_slowly(id, 1);
  const std::string changed = next_event(same);
  EXPECT_NE(id_of(changed), seen);
  Client late = follow(id, "Last-Event-ID: " + seen + "\r\n");
  EXPECT_EQ(id_of(next_event(late)), id_of(changed));
}

TEST_F(CaseStreams, ARefusedCommandIsNotSent) {
  const std::string id = applied();
  settled(id);
  Client client = follow(id);
  next_event(client);
  const Reply refused = connect().exchange("PUT", "/v1/applications/" + id,
                                           as_text(example_application()), "If-Match: \"7.1\"\r\n");
  EXPECT_EQ(refused.status, 412);
  EXPECT_EQ(client.receive_chunk(), ":\n\n");
  EXPECT_EQ(client.receive_chunk(), ":\n\n");
}

TEST_F(CaseStreams, ASlowReaderGetsTheNewestStateOnly) {
  const std::string id = applied();
  settled(id);
  Client client = follow(id);
  const std::string first = next_event(client);
  // Nothing is read while a hundred versions come and go: more than the buffers of a socket hold
  // would pile up somewhere if each were kept.
  std::string etag = "\"" + id_of(first) + "\"";
  for (int i = 0; i < 100; ++i) {
    const Reply reply = connect().exchange("PUT", "/v1/applications/" + id,
                                           as_text(example_application()), "If-Match: *\r\n");
    ASSERT_EQ(reply.status, 202) << reply.body;
    etag = reply.header("etag");
  }
  const std::string last = settled(id);
  std::string seen;
  for (std::string event = next_event(client); !event.empty(); event = next_event(client)) {
    EXPECT_NE(id_of(event), seen);
    seen = id_of(event);
    if (seen == last) break;
  }
  EXPECT_EQ(seen, last);
}

TEST_F(CaseStreams, OnlySoManyAreOpenAtATime) {
  const std::string id = applied();
  Client one = follow(id);
  {
    const Client two = follow(id);
    const Reply third = get("/v1/applications/" + id + "/events");
    EXPECT_EQ(third.status, 503);
    EXPECT_FALSE(third.header("retry-after").empty());
    EXPECT_THAT(get("/metrics").body, HasSubstr("guichet_http_streams 2"));
  }
  // Who left makes room, within the second in which that is noticed.
  bool room = false;
  for (int i = 0; i < 50 && !room; ++i) {
    std::this_thread::sleep_for(100ms);
    room = get("/metrics").body.find("guichet_http_streams 1") != std::string::npos;
  }
  EXPECT_TRUE(room);
  follow(id);
}

TEST_F(CaseStreams, AStreamEndsInGoodOrderWhenItsTimeIsUpAndWhenTheServerStops) {
  const std::string id = applied();
  Client client = follow(id);
  next_event(client);
  EXPECT_EQ(next_event(client).size(), 0U);  // by stream_time, with the last chunk
  EXPECT_TRUE(client.is_closed(2s));

  Client stopped = follow(id);
  next_event(stopped);
  const auto began = std::chrono::steady_clock::now();
  std::thread drain([&] { server_->drain(); });
  std::optional<std::string> chunk;
  while ((chunk = stopped.receive_chunk()) && !chunk->empty()) {
  }
  EXPECT_EQ(chunk, "");
  drain.join();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 2s);
}

TEST_F(CaseStreams, WhatCannotBeStreamedIsRefused) {
  EXPECT_EQ(get("/v1/applications/0197a2c4-5d1e-7c3a-9b1f-3f0f6a2f8d11/events").status, 404);
  const std::string id = applied();
  EXPECT_EQ(get("/v1/applications/" + id + "/events", "Accept: application/json\r\n").status, 406);
  EXPECT_EQ(connect().exchange("HEAD", "/v1/applications/" + id + "/events").status, 405);
}

TEST_F(CaseStreams, TheHistoryTellsEveryStepByWhomAndWithItsTrace) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const Reply sent = post("/v1/applications", as_text(example_application()),
                          "Guichet-Actor: name=a.cormier; roles=clerk; desk=snb-grand-manan\r\n"
                          "traceparent: 00-" +
                              trace + "-00f067aa0ba902b7-01\r\n");
  const std::string id(parsed(sent).at("id").as_string());
  settled(id);
  connect().exchange("POST", "/v1/applications/" + id + "/withdrawal", {},
                     "Guichet-Actor: name=b.leblanc; roles=clerk\r\n");
  const Reply reply = get("/v1/applications/" + id + "/history");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const auto history = parsed(reply);
  const auto& items = history.at("items").as_array();
  ASSERT_EQ(items.size(), 4U) << reply.body;  // received, two programs, withdrawn
  for (std::size_t i = 0; i < items.size(); ++i)
    EXPECT_EQ(items[i].as_object().at("sequence").to_number<std::size_t>(), i + 1);
  const auto& first = items[0].as_object();
  EXPECT_EQ(first.at("type"), "guichet.application.received");
  EXPECT_EQ(first.at("actor").as_object().at("name"), "a.cormier");
  EXPECT_EQ(first.at("actor").as_object().at("desk"), "snb-grand-manan");
  EXPECT_EQ(first.at("trace").as_string(), trace);
  const auto& determined = items[1].as_object();
  EXPECT_EQ(determined.at("type"), "guichet.program.determined");
  EXPECT_EQ(determined.at("actor").as_object().at("name"), "a.cormier");
  EXPECT_EQ(as_text(determined.at("lines")),
            R"([{"beneficiary":"household","status":"eligible"}])");
  const auto& last = items[3].as_object();
  EXPECT_EQ(last.at("type"), "guichet.application.withdrawn");
  EXPECT_EQ(last.at("case_status"), "withdrawn");
  EXPECT_EQ(last.at("submission"), 2);
  EXPECT_EQ(last.at("actor").as_object().at("name"), "b.leblanc");
  EXPECT_EQ(reply.body.find("Cormier"), std::string::npos);
  EXPECT_EQ(
      get("/v1/applications/" + id + "/history", "If-None-Match: " + reply.header("etag") + "\r\n")
          .status,
      304);
}

}  // namespace
}  // namespace guichet
