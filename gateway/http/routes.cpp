#include "gateway/http/routes.h"

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
    Row{Route::payment_runs, "/v1/payment-runs", "GET, HEAD, POST, OPTIONS"},
    Row{Route::payment_run, "/v1/payment-runs/{id}", "GET, HEAD, OPTIONS"},
    Row{Route::payment_release, "/v1/payment-runs/{id}/release", "POST, OPTIONS"},
    Row{Route::payment_cancel, "/v1/payment-runs/{id}/cancel", "POST, OPTIONS"},
    Row{Route::payments, "/v1/payments", "GET, HEAD, OPTIONS"},
    Row{Route::payment_stops, "/v1/payment-stops", "GET, HEAD, POST, OPTIONS"},
    Row{Route::payment_stop, "/v1/payment-stops/{id}", "GET, HEAD, DELETE, OPTIONS"},
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

constexpr std::string_view kPlace = "{id}";

// The id in `path` where it fits the template; false where it does not.
bool fits(std::string_view form, std::string_view path, std::string_view& id) {
  const std::size_t place = form.find(kPlace);
  if (place == std::string_view::npos) return form == path;
  const std::string_view before = form.substr(0, place);
  const std::string_view after = form.substr(place + kPlace.size());
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after))
    return false;
  id = path.substr(before.size(), path.size() - before.size() - after.size());
  return id.find('/') == std::string_view::npos;
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
    std::string_view id;
    if (row.route != Route::none && fits(row.path, path, id)) return {row.route, id};
  }
  return {};
}

}  // namespace guichet::http
