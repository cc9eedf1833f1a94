#include "gateway/http/query.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cstdio>

#include "gateway/http/json_in.h"

namespace guichet::http {

std::optional<std::string> Query::value(std::string_view name) const {
  for (const auto& [known, value] : parameters)
    if (known == name && !value.empty()) return value;
  return std::nullopt;
}

void Query::refuse_others(std::span<const std::string_view> known,
                          std::vector<FieldError>& errors) const {
  std::string names;
  for (std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string(name);
  for (auto at = parameters.begin(); at != parameters.end(); ++at) {
    const std::string place = is_showable_name(at->first) ? at->first : std::string("?");
    if (errors.size() >= kMaxFieldErrors) return;
    if (std::find(known.begin(), known.end(), at->first) == known.end())
      errors.push_back({place,
                        {"is unknown here; the parameters are: " + names,
                         "est inconnu ici; les paramètres sont : " + names}});
    else if (std::any_of(parameters.begin(), at,
                         [&](const auto& before) { return before.first == at->first; }))
      errors.push_back({place, {"stands more than once", "figure plus d’une fois"}});
  }
}

std::optional<Target> parse_target(std::string_view target) {
  const auto url =
      boost::urls::parse_origin_form(boost::urls::string_view(target.data(), target.size()));
  if (!url) return std::nullopt;
  Target parsed;
  parsed.path = url->path();
  for (const auto& parameter : url->params())
    parsed.query.parameters.emplace_back(parameter.key, parameter.value);
  return parsed;
}

std::optional<Moment> parse_moment(std::string_view text) {
  const Result<Day> day = parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  if (text.size() == 10) return Moment{*day, true};
  // Thh:mm:ssZ or Thh:mm:ss.ffffffZ
  const std::string time(text.substr(10));
  int hours = 0;
  int minutes = 0;
  int seconds = 0;
  int used = 0;
  if (std::sscanf(time.c_str(), "T%2d:%2d:%2d%n", &hours, &minutes, &seconds, &used) != 3 ||
      used != 9 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 ||
      seconds > 59)
    return std::nullopt;
  std::int64_t micros = 0;
  std::size_t at = 9;
  if (at < time.size() && time[at] == '.') {
    std::int64_t unit = 100'000;
    for (++at; at < time.size() && time[at] >= '0' && time[at] <= '9'; ++at, unit /= 10)
      micros += (time[at] - '0') * unit;
  }
  if (time.substr(at) != "Z") return std::nullopt;
  return Moment{*day + std::chrono::hours(hours) + std::chrono::minutes(minutes) +
                    std::chrono::seconds(seconds) + std::chrono::microseconds(micros),
                false};
}

}  // namespace guichet::http
