#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace guichet::http {

/// Every address that is served here.
enum class Route : std::uint8_t {
  none,
  applications,
  application,
  withdrawal,
  events,
  case_events,
  history,
  screenings,
  programs,
  program,
  client_search,
  payment_runs,
  payment_run,
  payment_release,
  payment_cancel,
  payment_files,
  payment_file,
  payments,
  payment_stops,
  payment_stop,
  ledger_accounts,
  ledger_check,
  ledger_trace,
  settlements,
  audit,
  healthz,
  readyz,
  metrics,
  openapi,
  asyncapi,
};
inline constexpr std::size_t kRoutes = 30;

/// "/v1/applications/{id}": what logs and metrics call it, never with the id in it.
std::string_view template_of(Route route);

/// "GET, HEAD, OPTIONS": what Allow says of it.
std::string_view methods_of(Route route);

/// The route of a path (without query), and what stands in place of {id} and of {number}.
struct Found {
  Route route = Route::none;
  std::string_view id = {};
  std::string_view number = {};
};
Found find_route(std::string_view path);

}  // namespace guichet::http
