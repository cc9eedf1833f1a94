#include "gateway/http/routes.h"

#include <algorithm>
#include <array>

#include "schemas/values/invariant.h"

namespace guichet::http {
namespace {

struct Row {
  Route route;
  std::string_view path;
  std::string_view methods;
};

constexpr std::array kTable = {
    Row{Route::none, "(none)", "OPTIONS"},
    Row{Route::applications, "/v1/applications", "GET, HEAD, POST, OPTIONS"},
    Row{Route::application, "/v1/applications/{id}", "GET, HEAD, PUT, OPTIONS"},
    Row{Route::withdrawal, "/v1/applications/{id}/withdrawal", "POST, OPTIONS"},
    Row{Route::events, "/v1/events", "GET, HEAD, OPTIONS"},
    Row{Route::case_events, "/v1/applications/{id}/events", "GET, OPTIONS"},
    Row{Route::history, "/v1/applications/{id}/history", "GET, HEAD, OPTIONS"},
    Row{Route::screenings, "/v1/screenings", "POST, OPTIONS"},
    Row{Route::programs, "/v1/programs", "GET, HEAD, OPTIONS"},
    Row{Route::program, "/v1/programs/{id}", "GET, HEAD, OPTIONS"},
    Row{Route::client_search, "/v1/clients/search", "POST, OPTIONS"},
    Row{Route::payment_runs, "/v1/payment-runs", "GET, HEAD, POST, OPTIONS"},
    Row{Route::payment_run, "/v1/payment-runs/{id}", "GET, HEAD, OPTIONS"},
    Row{Route::payment_release, "/v1/payment-runs/{id}/release", "POST, OPTIONS"},
    Row{Route::payment_cancel, "/v1/payment-runs/{id}/cancel", "POST, OPTIONS"},
    Row{Route::payment_files, "/v1/payment-runs/{id}/files", "GET, HEAD, OPTIONS"},
    Row{Route::payment_file, "/v1/payment-runs/{id}/files/{number}", "GET, HEAD, OPTIONS"},
    Row{Route::payments, "/v1/payments", "GET, HEAD, OPTIONS"},
    Row{Route::payment_stops, "/v1/payment-stops", "GET, HEAD, POST, OPTIONS"},
    Row{Route::payment_stop, "/v1/payment-stops/{id}", "GET, HEAD, DELETE, OPTIONS"},
    Row{Route::ledger_accounts, "/v1/ledger/accounts", "GET, HEAD, OPTIONS"},
    Row{Route::ledger_check, "/v1/ledger/check", "GET, HEAD, OPTIONS"},
    Row{Route::ledger_trace, "/v1/ledger/trace", "GET, HEAD, OPTIONS"},
    Row{Route::settlements, "/v1/settlements", "GET, HEAD, OPTIONS"},
    Row{Route::audit, "/v1/audit", "GET, HEAD, OPTIONS"},
    Row{Route::healthz, "/healthz", "GET, HEAD, OPTIONS"},
    Row{Route::readyz, "/readyz", "GET, HEAD, OPTIONS"},
    Row{Route::metrics, "/metrics", "GET, HEAD, OPTIONS"},
    Row{Route::openapi, "/openapi.json", "GET, HEAD, OPTIONS"},
    Row{Route::asyncapi, "/asyncapi.json", "GET, HEAD, OPTIONS"},
};
static_assert(kTable.size() == kRoutes);

const Row& row_of(Route route) {
  const Row& row = kTable[static_cast<std::size_t>(route)];
  GUICHET_INVARIANT(row.route == route);
  return row;
}

constexpr std::string_view kId = "{id}";
constexpr std::string_view kNumber = "{number}";

/// Takes up to the next slash off the front.
std::string_view next_step(std::string_view& path) {
  const std::string_view step = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(step.size() + 1, path.size()));
  return step;
}

/// Whether `path` fits the template, and then what stands in its places.
bool fits(std::string_view form, std::string_view path, Found& found) {
  if (std::ranges::count(form, '/') != std::ranges::count(path, '/')) return false;
  while (!form.empty()) {
    const std::string_view wanted = next_step(form);
    const std::string_view step = next_step(path);
    const bool is_place = wanted == kId || wanted == kNumber;
    if (is_place ? step.empty() : step != wanted) return false;
    if (wanted == kId) found.id = step;
    if (wanted == kNumber) found.number = step;
  }
  return path.empty();
}

}  // namespace

std::string_view template_of(Route route) {
  return row_of(route).path;
}
std::string_view methods_of(Route route) {
  return row_of(route).methods;
}

Found find_route(std::string_view path) {
  for (const Row& row : kTable) {
    Found found{.route = row.route};
    if (row.route != Route::none && fits(row.path, path, found)) return found;
  }
  return {};
}

}  // namespace guichet::http
