#include "gateway/http/screenings.h"

#include "gateway/cases/screening.h"
#include "gateway/http/application_in.h"
#include "gateway/http/case_json.h"
#include "gateway/identity/access.h"

namespace guichet::http {

Response screen(const Exchange& exchange, const GatewayParts& parts) {
  if (!authorize(exchange.caller, Call::screen, {}))
    return exchange.problem(ProblemKind::not_allowed);
  const Instant now = parts.clock();
  const auto read = read_application(exchange.request.body, {.catalogue = *parts.catalogue,
                                                             .secrets = parts.secrets,
                                                             .tenant = parts.tenant,
                                                             .now = now,
                                                             .may_be_anonymous = true});
  if (const Problem* problem = std::get_if<Problem>(&read)) return exchange.problem(*problem);
  const v1::Application& application = std::get<ApplicationIn>(read).application;

  const Language language =
      exchange.language.value_or(application.language() == "fr" ? Language::fr : Language::en);
  JsonOut out;
  write_screening(out, cases::screen(*parts.catalogue, application, now), language);
  Response response;
  response.body = std::move(out).take();
  response.set("Content-Language", std::string(to_string(language)));
  response.set("Vary", "Accept-Language");
  return response;
}

}  // namespace guichet::http
