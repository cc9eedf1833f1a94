// How long each step of one application takes on one core: JSON in, a step of `cases`, the rules of
// every program offered, a segment, a state as protobuf; beside some of them the least that the
// library under them takes for the same bytes.

#include <benchmark/benchmark.h>
#include <xxhash.h>

#include <boost/json/parse.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "adapters/rules/rules_adapter.h"
#include "eventlog/sqlite/segment.h"
#include "gateway/cases/case_processor.h"
#include "gateway/cli/bench_application.h"
#include "gateway/http/application_in.h"
#include "guichet/v1/case.pb.h"
#include "guichet/v1/commands.pb.h"
#include "rules/program/load.h"

namespace {

using namespace guichet;
using eventlog::Output;
using eventlog::Record;
using eventlog::State;

constexpr const char* kApplication = "0197a2c0-0000-7000-8000-000000000001";
constexpr std::int64_t kStart = 1'767'276'202'000'000;  // 2026-01-01T14:03:22Z
constexpr std::size_t kApplications = 64;

const std::shared_ptr<const rules::Catalogue>& catalogue() {
  static const auto programs = std::make_shared<const rules::Catalogue>(
      rules::load_catalogue({std::string(GUICHET_SOURCE_DIR) + "/rules/programs"}).value());
  return programs;
}

const std::vector<std::string>& bodies() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> made;
    for (std::size_t n = 1; n <= kApplications; ++n) made.push_back(cli::bench_application(n, {}));
    return made;
  }();
  return all;
}

http::ApplicationIn read(const std::string& body) {
  static const http::Secrets secrets{std::string(http::kSecretBytes, 'i'),
                                     std::string(http::kSecretBytes, 'c')};
  return std::get<http::ApplicationIn>(
      http::read_application(body, {*catalogue(), secrets, "default", from_micros(kStart)}));
}

Record record(v1::Kind kind, std::string id, std::string payload) {
  Record made;
  made.topic = "cases-inbox";
  made.header.set_kind(kind);
  made.header.set_id(std::move(id));
  made.header.set_key(kApplication);
  made.header.set_tenant("default");
  made.header.set_recorded_at_us(kStart);
  made.payload = std::move(payload);
  return made;
}

/// One application on its way: what went into `cases` at each step, and the state before it.
struct Way {
  struct Step {
    State before;
    Record input;
  };
  std::vector<Step> steps;  // a command, then an answer for each program
  std::vector<Record> requests;
  State last;
};

Way way_of(const std::string& body) {
  static const cases::CaseProcessor processor(catalogue());
  static adapters::RulesAdapter rules(catalogue());
  Way way;
  const auto take = [&](Record input) {
    way.steps.push_back({way.last, input});
    eventlog::Step step = processor.handle(way.last, input);
    if (step.state) way.last = step.state;
    return std::move(step.outputs);
  };
  v1::SubmitApplication command;
  command.set_number("K7Q4-2M9XA-C");
  *command.mutable_application() = read(body).application;
  command.set_body_digest(std::string(32, 'd'));
  for (Output& output :
       take(record(v1::KIND_SUBMIT_APPLICATION, "c1", command.SerializeAsString())))
    if (output.kind == v1::KIND_DETERMINATION_REQUEST) {
      way.requests.push_back(record(output.kind, output.id, output.payload));
      way.requests.back().topic = output.topic;
    }
  for (const Record& request : way.requests)
    for (Output& answer : rules.handle(request))
      take(record(answer.kind, answer.id, answer.payload));
  if (static_cast<const v1::CaseState&>(*way.last).current().status() != v1::CASE_COMPLETE)
    throw std::logic_error("the application of the bench is not complete");
  return way;
}

const std::vector<Way>& ways() {
  static const std::vector<Way> all = [] {
    std::vector<Way> made;
    for (const std::string& body : bodies()) made.push_back(way_of(body));
    return made;
  }();
  return all;
}

void json_in(benchmark::State& state) {
  std::size_t n = 0;
  for (auto _ : state) benchmark::DoNotOptimize(read(bodies()[n++ % kApplications]));
}
BENCHMARK(json_in)->Unit(benchmark::kMicrosecond);

/// The least: Boost.JSON alone, nothing checked.
void json_parse_alone(benchmark::State& state) {
  std::size_t n = 0;
  for (auto _ : state) benchmark::DoNotOptimize(boost::json::parse(bodies()[n++ % kApplications]));
}
BENCHMARK(json_parse_alone)->Unit(benchmark::kMicrosecond);

void cases_step(benchmark::State& state) {
  const cases::CaseProcessor processor(catalogue());
  std::size_t n = 0;
  std::size_t i = 0;
  ways();
  for (auto _ : state) {
    if (i == ways()[n].steps.size()) {
      i = 0;
      n = (n + 1) % kApplications;
    }
    const Way::Step& step = ways()[n].steps[i++];
    benchmark::DoNotOptimize(processor.handle(step.before, step.input));
  }
}
BENCHMARK(cases_step)->Unit(benchmark::kMicrosecond);

/// Every program offered to one household, four of them, with reasons and payments: facts in, lines
/// out.
void rules_of_household(benchmark::State& state) {
  struct Asked {
    std::shared_ptr<const rules::Program> program;
    v1::Facts facts;
    Day effective;
  };
  std::vector<std::vector<Asked>> households;
  for (std::size_t n = 1; households.size() < kApplications; ++n) {
    const Way way = way_of(cli::bench_application(n, {}));
    if (way.requests.size() != 4) continue;
    auto& household = households.emplace_back();
    for (const Record& record : way.requests) {
      v1::DeterminationRequest request;
      request.ParseFromString(record.payload);
      household.push_back({catalogue()->find(request.program()), request.facts(),
                           from_days(request.effective_date())});
    }
  }
  std::size_t n = 0;
  for (auto _ : state)
    for (const Asked& asked : households[n++ % kApplications])
      benchmark::DoNotOptimize(asked.program->determine(asked.facts, asked.effective));
}
BENCHMARK(rules_of_household)->Unit(benchmark::kMicrosecond);

std::vector<Record> records_of_1_kib() {
  std::vector<Record> records;
  for (std::uint64_t i = 0; i < 64; ++i) {
    records.push_back(
        record(v1::KIND_DETERMINATION, "id-" + std::to_string(i), std::string(1024, 'x')));
    records.back().position = i + 1;
  }
  return records;
}

void segment_write(benchmark::State& state) {
  const std::vector<Record> records = records_of_1_kib();
  for (auto _ : state) {
    eventlog::Segment segment;
    for (const Record& one : records) segment.add(one);
    segment.seal(1);
    benchmark::DoNotOptimize(segment);
  }
}
BENCHMARK(segment_write)->Unit(benchmark::kMicrosecond);

void segment_read(benchmark::State& state) {
  eventlog::Segment segment;
  for (const Record& one : records_of_1_kib()) segment.add(one);
  segment.seal(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(eventlog::segment_checksum(segment.bytes));
    eventlog::for_each_record(segment.bytes, segment.first, 0, "topic", 0, [](Record&& one) {
      benchmark::DoNotOptimize(one);
      return true;
    });
  }
}
BENCHMARK(segment_read)->Unit(benchmark::kMicrosecond);

/// The least: the same bytes copied once and summed.
void segment_bytes_alone(benchmark::State& state) {
  const std::string bytes(64 * 1024, 'x');
  for (auto _ : state) {
    std::string copy = bytes;
    benchmark::DoNotOptimize(XXH3_64bits(copy.data(), copy.size()));
  }
}
BENCHMARK(segment_bytes_alone)->Unit(benchmark::kMicrosecond);

void state_write(benchmark::State& state) {
  std::size_t n = 0;
  double bytes = 0;
  ways();
  for (auto _ : state) {
    const std::string written = ways()[n++ % kApplications].last->SerializeAsString();
    bytes += static_cast<double>(written.size());
    benchmark::DoNotOptimize(written);
  }
  state.counters["bytes"] = bytes / static_cast<double>(state.iterations());
}
BENCHMARK(state_write)->Unit(benchmark::kMicrosecond);

void state_read(benchmark::State& state) {
  std::vector<std::string> written;
  for (const Way& way : ways()) written.push_back(way.last->SerializeAsString());
  std::size_t n = 0;
  for (auto _ : state) {
    v1::CaseState read;
    read.ParseFromString(written[n++ % kApplications]);
    benchmark::DoNotOptimize(read);
  }
}
BENCHMARK(state_read)->Unit(benchmark::kMicrosecond);

void state_copy(benchmark::State& state) {
  std::size_t n = 0;
  ways();
  for (auto _ : state) {
    v1::CaseState copy(static_cast<const v1::CaseState&>(*ways()[n++ % kApplications].last));
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(state_copy)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
