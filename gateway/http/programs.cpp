#include "gateway/http/programs.h"

#include <array>

#include "gateway/http/json_out.h"

namespace guichet::http {
namespace {

constexpr std::array<std::string_view, 1> kParameters = {"as_of"};

using rules::Manifest;

const std::string& in(const rules::LocalText& text, Language language) {
  return language == Language::fr ? text.fr : text.en;
}

void write_texts(JsonOut& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.text(text);
  out.end_array();
}

std::string_view to_string(Manifest::AnsweredBy by) {
  switch (by) {
    case Manifest::AnsweredBy::rules:
      return "rules";
    case Manifest::AnsweredBy::partner:
      return "partner";
    case Manifest::AnsweredBy::http:
      return "http";
    case Manifest::AnsweredBy::file:
      return "file";
  }
  return {};
}

void write_program(JsonOut& out, const Manifest& manifest, Language language) {
  out.begin_object();
  out.field("program", manifest.id).field("version", manifest.version);
  out.field("name", in(manifest.name, language));
  out.field("government", manifest.government);
  out.field("administered_by", in(manifest.administered_by, language));
  write_texts(out, "offered_in", manifest.offered_in);
  out.field("per", manifest.per == Manifest::Per::adult ? "adult" : "household");
  write_texts(out, "needs", manifest.needs);
  out.key("deadline_seconds").number(manifest.deadline.count() / 1000);
  out.key("benefit_year_first_month").number(manifest.benefit_year_first_month);
  out.key("payments_per_year").number(manifest.payments_per_year());
  out.field("paid_by", manifest.paid_by == Manifest::PaidBy::program ? "program" : "guichet");
  out.field("answered_by", to_string(manifest.answered_by));
  write_texts(out, "sources", manifest.sources);
  if (manifest.figures_from) out.field("figures_from", guichet::to_string(*manifest.figures_from));
  if (manifest.figures_checked_on)
    out.field("figures_checked_on", guichet::to_string(*manifest.figures_checked_on));
  out.key("links").begin_object().field("self", "/v1/programs/" + manifest.id).end_object();
  out.end_object();
}

// The day that as_of asks for; a program shows only where it has figures for that day.
struct AsOf {
  std::optional<Day> day;
  std::vector<FieldError> errors;

  bool shows(const Manifest& manifest) const {
    return !day || !manifest.figures_from || *manifest.figures_from <= *day;
  }
};

AsOf read_as_of(const Query& query) {
  AsOf as_of;
  query.refuse_others(kParameters, as_of.errors);
  if (const auto text = query.value("as_of")) {
    const Result<Day> day = parse_day(*text);
    if (day)
      as_of.day = *day;
    else
      as_of.errors.push_back(
          {"as_of", {"must be a day such as 2026-01-31", "doit être un jour comme 2026-01-31"}});
  }
  return as_of;
}

Response json(JsonOut out, Language language) {
  Response response;
  response.body = std::move(out).take();
  response.set("Content-Language", std::string(to_string(language)));
  response.set("Vary", "Accept-Language");
  return response;
}

}  // namespace

Response Programs::list(const Exchange& exchange) const {
  const AsOf as_of = read_as_of(exchange.query);
  if (!as_of.errors.empty())
    return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, as_of.errors});
  JsonOut out;
  out.begin_object().key("items").begin_array();
  for (const auto& program : catalogue_->all())
    if (as_of.shows(program->manifest()))
      write_program(out, program->manifest(), exchange.error_language());
  out.end_array().key("next").null().end_object();
  return json(std::move(out), exchange.error_language());
}

Response Programs::read(const Exchange& exchange) const {
  const AsOf as_of = read_as_of(exchange.query);
  if (!as_of.errors.empty())
    return exchange.problem(Problem{ProblemKind::bad_parameters, std::nullopt, as_of.errors});
  const auto program = catalogue_->find(exchange.id);
  if (!program || !as_of.shows(program->manifest()))
    return exchange.problem(ProblemKind::not_found);
  JsonOut out;
  write_program(out, program->manifest(), exchange.error_language());
  return json(std::move(out), exchange.error_language());
}

}  // namespace guichet::http
