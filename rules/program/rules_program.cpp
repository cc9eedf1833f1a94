#include "rules/program/rules_program.h"

#include <algorithm>

#include "rules/program/fields.h"
#include "schemas/values/money.h"

namespace guichet::rules {
namespace {

using dmn::ElementInfo;
using feel::Kind;
using feel::Value;

constexpr const char* kDetermination = "determination";
constexpr const char* kAmount = "annual amount";
constexpr const char* kReasons = "reasons";
// Beyond any lawful benefit; a figure above it is a mistake in the model.
constexpr std::int64_t kMaxAnnualCents = 100'000'000'000;

std::string_view first_name(std::string_view path) {
  return path.substr(0, path.find('.'));
}

/// The value of "a.b.c": entry c of entry b of what `of` gives for a.
template <class Lookup>
Value value_at(std::string_view path, const Lookup& of) {
  Value value = of(first_name(path));
  for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.')) {
    path.remove_prefix(dot + 1);
    value = Value(value.get(first_name(path)));
  }
  return value;
}

bool has_element(const dmn::Model& model, std::string_view name, ElementInfo::Kind kind) {
  return std::ranges::any_of(model.elements(), [&](const ElementInfo& element) {
    return element.kind == kind && element.name == name;
  });
}

std::vector<std::string> inputs_of(const dmn::Model& model) {
  std::vector<std::string> names;
  for (const ElementInfo& element : model.elements())
    if (element.kind == ElementInfo::Kind::input &&
        std::ranges::find(names, element.name) == names.end())
      names.push_back(element.name);
  return names;
}

std::string check_texts(const dmn::Model& model, const ReasonTemplates& reasons,
                        const Figures& figures) {
  for (const auto& [key, reason] : reasons) {
    for (const TextTemplate* text : {&reason.en, &reason.fr}) {
      for (const std::string& name : text->names()) {
        const std::string_view root = first_name(name);
        if (!has_element(model, root, ElementInfo::Kind::decision) &&
            !has_element(model, root, ElementInfo::Kind::input))
          return "texts.yaml: " + key + ": the model has no decision or input '" +
                 std::string(root) + "'";
        if (root != "parameters") continue;
        for (const Figures::Period& period : figures.periods())
          if (value_at(name, [&](std::string_view) { return period.parameters; }).is_null())
            return "texts.yaml: " + key + ": parameters.json has no figure " + name.substr(11);
      }
    }
  }
  return {};
}

v1::Text text_of(const LocalText& local) {
  v1::Text text;
  text.set_en(local.en);
  text.set_fr(local.fr);
  return text;
}

v1::DeterminationLine line_of_missing(const std::vector<std::string>& names) {
  LocalText text;
  v1::DeterminationLine line;
  line.set_status(v1::NEEDS_INFORMATION);
  for (const std::string& name : names) {
    const Field* field = find_field(name);
    text.en += (text.en.empty() ? "" : "; ") + field->label.en;
    text.fr += (text.fr.empty() ? "" : "; ") + field->label.fr;
    line.add_missing_fields(name);
  }
  v1::Reason& reason = *line.add_reasons();
  reason.set_rule("manifest/needs");
  *reason.mutable_text() = text_of(
      {"To decide, this program still needs: " + text.en + ".",
       "Pour décider, ce programme a encore besoin de ce qui suit\u00A0: " + text.fr + "."});
  return line;
}

v1::DeterminationLine line_of_not_offered() {
  v1::DeterminationLine line;
  line.set_status(v1::INELIGIBLE);
  v1::Reason& reason = *line.add_reasons();
  reason.set_rule("manifest/offered_in");
  *reason.mutable_text() = text_of({"This program is not offered where you live.",
                                    "Ce programme n’est pas offert là où vous habitez."});
  return line;
}

/// Those for whom there is a line, in its order; null for the household.
std::vector<const v1::Adult*> beneficiaries_of(const Manifest& manifest, const v1::Facts& facts) {
  if (manifest.per == Manifest::Per::household) return {nullptr};
  std::vector<const v1::Adult*> adults;
  for (const char* role : {"applicant", "spouse"})
    for (const v1::Adult& adult : facts.household().adults())
      if (adult.role() == role) adults.push_back(&adult);
  if (adults.empty()) {
    static const v1::Adult kUnknown = [] {
      v1::Adult adult;
      adult.set_role("applicant");
      return adult;
    }();
    adults.push_back(&kUnknown);  // of whom only can be said what is missing
  }
  return adults;
}

}  // namespace

RulesProgram::RulesProgram(Parts parts, dmn::Invocable determination, ModelInputs inputs)
    : parts_(std::move(parts)), determination_(determination), inputs_(std::move(inputs)) {
  for (const auto& [key, text] : parts_.reasons) {
    Reason reason{&text, figures_of(text.en), figures_of(text.fr), false};
    reason.same_figures = reason.en == reason.fr;
    reasons_.emplace(key, std::move(reason));
  }
}

std::vector<RulesProgram::Figure> RulesProgram::figures_of(const TextTemplate& text) const {
  std::vector<Figure> figures;
  for (const std::string& name : text.names()) {
    std::string_view rest = name;
    Figure figure;
    figure.input = first_name(rest);
    figure.decision = parts_.model->find_decision(figure.input);
    while (rest.size() > first_name(rest).size()) {
      rest.remove_prefix(first_name(rest).size() + 1);
      figure.entries.emplace_back(first_name(rest));
    }
    figures.push_back(std::move(figure));
  }
  return figures;
}

Result<std::shared_ptr<const Program>> RulesProgram::make(Parts parts) {
  const std::optional<dmn::Invocable> determination = parts.model->find_decision(kDetermination);
  if (!determination)
    return Failure{
        "model.dmn: has no decision 'determination'; write one that gives a context of "
        "'annual amount' (dollars) and 'reasons' (keys of texts.yaml)"};
  if (!parts.model->find_decision(kReasons))
    return Failure{
        "model.dmn: has no decision 'reasons'; write a decision table with the hit policy COLLECT "
        "that gives keys of texts.yaml"};
  Result<ModelInputs> inputs = ModelInputs::of(inputs_of(*parts.model));
  if (!inputs) return Failure{"model.dmn: " + inputs.error().message};
  std::string mistake = check_texts(*parts.model, parts.reasons, parts.figures);
  if (!mistake.empty()) return Failure{mistake};
  return std::shared_ptr<const Program>(
      new RulesProgram(std::move(parts), *determination, std::move(*inputs)));
}

Failure RulesProgram::failure(std::string_view what) const {
  return Failure{parts_.manifest.id + ": " + std::string(what)};
}

Result<std::vector<v1::DeterminationLine>> RulesProgram::determine(const v1::Facts& facts,
                                                                   Day effective) const {
  const Manifest& manifest = parts_.manifest;
  const Figures::Period* figures = parts_.figures.on(effective);
  if (!figures)
    return failure("no figures are known for " + to_string(effective) + "; they are known from " +
                   to_string(parts_.figures.periods().front().from) + " on");

  const std::string& province = facts.residence().province();
  const bool offered = province.empty() || manifest.offered_where(province);
  const std::vector<std::string> absent = missing(facts, manifest.needs);
  std::vector<v1::DeterminationLine> lines;
  for (const v1::Adult* adult : beneficiaries_of(manifest, facts)) {
    if (!offered) {
      lines.push_back(line_of_not_offered());
    } else if (!absent.empty()) {
      lines.push_back(line_of_missing(absent));
    } else {
      const Value inputs = inputs_.values(facts, effective, figures->parameters, adult);
      auto line = determine_line(inputs, effective, *figures);
      if (!line) return line.error();
      lines.push_back(std::move(*line));
    }
    lines.back().set_beneficiary(adult ? adult->role() : "household");
  }
  return lines;
}

Result<v1::DeterminationLine> RulesProgram::determine_line(const Value& inputs, Day effective,
                                                           const Figures::Period& figures) const {
  Working working{inputs, {}, nullptr};
  working.inquiry = parts_.model->inquire(inputs, {}, &working.trace);
  const Result<Value> result = working.inquiry->ask(determination_);
  if (!result) return failure(result.error().message);
  // A note tells of a null that no rule asked for. Its text may hold a person's figures, and is
  // left out.
  if (const auto& notes = working.trace.notes; !notes.empty())
    return failure("decision '" + std::string(notes.front().decision) +
                   "' cannot be worked out on these facts");
  const Result<Money> annual = annual_amount(*result);
  if (!annual) return annual.error();

  v1::DeterminationLine line;
  line.set_status(*annual > Money{} ? v1::ELIGIBLE : v1::INELIGIBLE);
  line.set_annual_amount_cents(annual->cents());
  for (auto& part : schedule(parts_.manifest, parts_.holidays, *annual, effective))
    *line.add_entitlements() = std::move(part);
  const Result<bool> told = add_reasons(working, line);
  if (!told) return told.error();
  if (*told && figures.changed < benefit_year(parts_.manifest, effective).from)
    *line.add_reasons() = reason_of_old_figures(effective, figures);
  return line;
}

Result<Money> RulesProgram::annual_amount(const Value& determination) const {
  const Value& amount = determination.get(kAmount);
  const auto cents = amount.is(Kind::number) ? amount.number().to_scaled(2, feel::Rounding::half_up)
                                             : std::nullopt;
  if (!cents || *cents < 0 || *cents > kMaxAnnualCents)
    return failure("decision 'determination' gives no annual amount from 0 to " +
                   Money::of_cents(kMaxAnnualCents).to_string());
  return Money::of_cents(*cents);
}

Result<bool> RulesProgram::add_reasons(Working& working, v1::DeterminationLine& line) const {
  bool depends_on_figures = false;
  // A text may ask for a decision whose rules are then added to the trace, of another table.
  const std::size_t fired_so_far = working.trace.rules.size();
  for (std::size_t i = 0; i < fired_so_far; ++i) {
    const dmn::Trace::Fired fired = working.trace.rules[i];
    if (fired.rule->table != kReasons) continue;
    if (!fired.output.is(Kind::string)) return failure("decision 'reasons' gives no text key");
    v1::Reason& reason = *line.add_reasons();
    reason.set_rule(std::string(kReasons) + "/" +
                    (fired.rule->id.empty() ? std::to_string(fired.rule->number) : fired.rule->id));
    const auto found = reasons_.find(fired.output.string());
    if (found == reasons_.end())
      return failure("texts.yaml has no reason '" + fired.output.string() + "', which " +
                     reason.rule() + " gives");
    const auto told = set_texts(found->first, found->second, working, reason);
    if (!told) return told.error();
    depends_on_figures |= found->second.text->depends_on_figures;
  }
  if (line.reasons().empty()) return failure("no rule of the decision table 'reasons' fired");
  return depends_on_figures;
}

std::vector<Value> RulesProgram::values_of(const std::vector<Figure>& figures, Working& working) {
  std::vector<Value> values;
  values.reserve(figures.size());
  for (const Figure& figure : figures) {
    Value value;
    if (!figure.decision)
      value = working.inputs.get(figure.input);
    else if (Result<Value> decided = working.inquiry->ask(*figure.decision))
      value = *std::move(decided);
    for (const std::string& entry : figure.entries) value = Value(value.get(entry));
    values.push_back(std::move(value));
  }
  return values;
}

Result<void> RulesProgram::set_texts(const std::string& key, const Reason& reason, Working& working,
                                     v1::Reason& told) const {
  std::vector<Value> values = values_of(reason.en, working);
  Result<std::string> en = reason.text->en.render("en", values);
  if (!reason.same_figures) values = values_of(reason.fr, working);
  Result<std::string> fr = reason.text->fr.render("fr", values);
  if (!en || !fr) return failure("texts.yaml: " + key + ": " + (en ? fr : en).error().message);
  told.set_citation(reason.text->citation);
  told.mutable_text()->set_en(std::move(*en));
  told.mutable_text()->set_fr(std::move(*fr));
  return {};
}

v1::Reason RulesProgram::reason_of_old_figures(Day effective,
                                               const Figures::Period& figures) const {
  const Day from = benefit_year(parts_.manifest, effective).from;
  v1::Reason reason;
  reason.set_rule("figures/last-known");
  reason.set_citation(parts_.figures_source);
  *reason.mutable_text() =
      text_of({"The newest figures known here for this program date from " +
                   for_people(figures.changed, "en") +
                   "; they may have changed for the benefit year that began on " +
                   for_people(from, "en") + ".",
               "Les derniers chiffres connus ici pour ce programme datent du " +
                   for_people(figures.changed, "fr") +
                   "; ils ont pu changer pour l’année de prestations qui a commencé le " +
                   for_people(from, "fr") + "."});
  return reason;
}

}  // namespace guichet::rules
