// guichet bench: load against a server, as numbers.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>

#include "gateway/cli/bench_load.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"

namespace guichet::cli {
namespace {

struct BenchOptions {
  std::string server = "http://127.0.0.1:8080";
  unsigned seconds = 30;
  unsigned warm_up = 2;
  unsigned connections = 64;
  double rate = 0;
  std::vector<std::string> programs;
  std::string token;
  TlsTrust trust;
  std::string desk;
  bool json = false;
};

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.2f", value);
  return buffer;
}

std::uint64_t all_errors(const BenchResult& result) {
  std::uint64_t sum = 0;
  for (const auto& [what, times] : result.errors) sum += times;
  return sum;
}

double applications_per_second(const BenchResult& result) {
  return static_cast<double>(result.applications) / result.seconds;
}

/// Written by hand for plain decimals: Boost.JSON would write 10 as 1E1.
void print_json(const BenchResult& result) {
  std::cout << "{\"applications\":" << result.applications
            << ",\"seconds\":" << text(result.seconds)
            << ",\"applications_per_second\":" << text(applications_per_second(result))
            << ",\"p50_ms\":" << text(result.p50_ms) << ",\"p99_ms\":" << text(result.p99_ms)
            << ",\"max_ms\":" << text(result.max_ms) << ",\"errors\":" << all_errors(result)
            << ",\"commits_per_second\":" << text(result.commits_per_second)
            << ",\"records_per_application\":" << text(result.records_per_application) << "}\n";
}

void print_table(const BenchResult& result) {
  Table table({{"Measure", Table::left}, {"Value", Table::right}, {"", Table::left, true}});
  table.row({"applications", std::to_string(result.applications), "merged"});
  table.row({"applications a second", text(applications_per_second(result)), ""});
  table.row({"latency p50", text(result.p50_ms), "ms"});
  table.row({"latency p99", text(result.p99_ms), "ms"});
  table.row({"latency max", text(result.max_ms), "ms"});
  table.row({"errors", std::to_string(all_errors(result)), ""});
  for (const auto& [what, times] : result.errors) table.row({"", std::to_string(times), what});
  table.row({"log commits a second", text(result.commits_per_second), ""});
  table.row({"log records an application", text(result.records_per_application), ""});
  table.print(std::cout, terminal_width());
}

int bench(const BenchOptions& options) {
  BenchPlan plan;
  plan.server = server_of(options.server, options.trust);
  plan.token = options.token;
  plan.desk = options.desk;
  plan.time = std::chrono::seconds{options.seconds};
  plan.warm_up = std::chrono::seconds{options.warm_up};
  plan.connections = options.connections;
  plan.rate = options.rate;
  plan.programs = options.programs;
  const BenchResult result = run_bench(plan);
  if (options.json)
    print_json(result);
  else
    print_table(result);
  return result.applications > 0 ? kDone : kRefused;
}

}  // namespace

void add_bench(CLI::App& app, Run& run) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = app.add_subcommand("bench", "Load a server with applications, and measure");
  command->add_option("--server", options->server, "where the server answers")
      ->envname("GUICHET_SERVER")
      ->capture_default_str();
  command->add_option("--seconds", options->seconds, "how long")
      ->check(CLI::Range(1U, 86'400U))
      ->capture_default_str();
  command->add_option("--warm-up", options->warm_up, "seconds of the same load before, not counted")
      ->check(CLI::Range(0U, 3'600U))
      ->capture_default_str();
  command->add_option("--connections", options->connections, "how many at once")
      ->check(CLI::Range(1U, kMaxBenchConnections))
      ->capture_default_str();
  command
      ->add_option("--rate", options->rate,
                   "applications a second, sent at their times; without it as many as can be")
      ->check(CLI::PositiveNumber);
  command->add_option("--programs", options->programs, "only these programs, such as ca-ccb,nb-ctb")
      ->delimiter(',');
  command
      ->add_option("--token", options->token,
                   "an access token: of a clerk of --desk, and a monitor for the log's figures")
      ->envname("GUICHET_TOKEN");
  command->add_option("--desk", options->desk, "at which the applications come in");
  add_trust_options(*command, options->trust);
  command->add_flag("--json", options->json, "print one JSON object");
  command->footer(
      "Every application is another person, and is waited for until it is merged.\n"
      "Examples:\n"
      "  guichet bench --seconds 10\n"
      "  guichet bench --rate 200 --connections 128 --json");
  command->callback([options, &run] { run = [options] { return bench(*options); }; });
}

}  // namespace guichet::cli
