#include "gateway/http/query.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "gateway/http/json_in.h"

namespace guichet::http {
namespace {

// The two digits behind a mark that stands at `at`; -1 where they are not there or beyond `most`.
int two_digits(std::string_view text, char mark, std::size_t at, int most) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() < at + 3 || text[at] != mark || !is_digit(text[at + 1]) ||
      !is_digit(text[at + 2]))
    return -1;
  const int value = (text[at + 1] - '0') * 10 + (text[at + 2] - '0');
  return value > most ? -1 : value;
}

}  // namespace

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
    else if (at->second.empty())
      errors.push_back(
          {place, {"must have a value, or be left out", "doit avoir une valeur, ou être omis"}});
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
  const std::string_view time = text.substr(10);
  const int hours = two_digits(time, 'T', 0, 23);
  const int minutes = two_digits(time, ':', 3, 59);
  const int seconds = two_digits(time, ':', 6, 59);
  if (hours < 0 || minutes < 0 || seconds < 0) return std::nullopt;
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
