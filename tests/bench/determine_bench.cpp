// How long one program takes to answer for one household: model, reasons in both languages,
// payments.

#include <benchmark/benchmark.h>

#include "rules/program/load.h"

namespace {

using namespace guichet;

rules::Catalogue programs() {
  return rules::load_catalogue({std::string(GUICHET_SOURCE_DIR) + "/rules/programs"}).value();
}

v1::Facts family() {
  v1::Facts facts;
  facts.set_client_id("c");
  v1::Household& household = *facts.mutable_household();
  for (const char* role : {"applicant", "spouse"}) {
    v1::Adult& adult = *household.add_adults();
    adult.set_role(role);
    adult.set_date_of_birth(to_days(parse_day("1958-05-02").value()));
    adult.set_net_income_cents(1'240'000);
    adult.set_employment_income_cents(1'040'000);
    adult.set_years_in_canada_since_18(30);
  }
  for (const char* born : {"2021-03-14", "2015-07-01"})
    household.add_children()->set_date_of_birth(to_days(parse_day(born).value()));
  return facts;
}

void determine(benchmark::State& state, const std::string& id) {
  static const rules::Catalogue kPrograms = programs();
  const auto program = kPrograms.find(id);
  v1::Facts facts = family();
  const bool everywhere = program->manifest().offered_in.empty();
  facts.mutable_residence()->set_province(everywhere ? "NB" : program->manifest().offered_in[0]);
  const Day day = parse_day("2026-01-01").value();
  for (auto _ : state) benchmark::DoNotOptimize(program->determine(facts, day));
}

void load_all(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(programs());
}
BENCHMARK(load_all)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  for (const std::string& id : programs().ids())
    benchmark::RegisterBenchmark(("determine/" + id).c_str(),
                                 [id](benchmark::State& state) { determine(state, id); })
        ->Unit(benchmark::kMicrosecond)
        ->ThreadRange(1, 2);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
