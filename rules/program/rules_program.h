#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/dmn/model.h"
#include "rules/program/figures.h"
#include "rules/program/model_inputs.h"
#include "rules/program/program.h"
#include "rules/program/schedule.h"
#include "rules/program/text_template.h"
#include "schemas/values/money.h"

namespace guichet::rules {

/// What a person is told where a rule of the model's `reasons` gave this reason's key.
struct ReasonTemplate {
  TextTemplate en;
  TextTemplate fr;
  std::string citation;
  bool depends_on_figures = true;  // a reason of age or residence alone does not
};
using ReasonTemplates = std::map<std::string, ReasonTemplate, std::less<>>;

/// A program whose model is in its folder.
///
/// The model has the decision `determination`, a context of
///   annual amount   dollars a year; zero means ineligible
///   reasons         keys of texts.yaml, in the order in which a person reads them; a decision
///   table
///                   of this name tells which of its rules gave which key
/// and any of these inputs, each told apart by its own name:
///   adults          list of {role, age, net_income, employment_income, years_in_canada_since_18,
///                   disability_tax_credit}, the applicant first; incomes in dollars, age in years
///                   on the effective day
///   adult           of a program per adult: the one whose line it is
///   children        list of {age, disability_tax_credit}
///   household       {annual_rent, annual_property_tax}
///   residence       {province, municipality, postal_code}
///   effective date
///   parameters      the figures in force on the effective day, as rules/program/figures.h has them
/// Texts may name any decision or input of the model.
class RulesProgram final : public Program {
 public:
  struct Parts {
    Manifest manifest;
    Holidays holidays;
    Figures figures;
    std::string figures_source;  // where the figures are published
    ReasonTemplates reasons;
    std::shared_ptr<const dmn::Model> model;
  };
  /// The failure names what the model or the texts lack.
  static Result<std::shared_ptr<const Program>> make(Parts parts);
  RulesProgram(const RulesProgram&) = delete;
  RulesProgram& operator=(const RulesProgram&) = delete;

  const Manifest& manifest() const override { return parts_.manifest; }
  Result<std::vector<v1::DeterminationLine>> determine(const v1::Facts& facts,
                                                       Day effective) const override;

 private:
  /// Where the value of a name in a text comes from.
  struct Figure {
    std::optional<dmn::Invocable> decision;
    std::string input;                 // where it is no decision
    std::vector<std::string> entries;  // into what that gives, one in another
    friend bool operator==(const Figure&, const Figure&) = default;
  };
  struct Reason {
    const ReasonTemplate* text;
    std::vector<Figure> en;  // of each of its names
    std::vector<Figure> fr;
    bool same_figures;  // in both languages, in the same order
  };
  /// One line while it is worked out.
  struct Working {
    const feel::Value& inputs;
    dmn::Trace trace;
    std::unique_ptr<dmn::Inquiry> inquiry;
  };

  RulesProgram(Parts parts, dmn::Invocable determination, ModelInputs inputs);
  std::vector<Figure> figures_of(const TextTemplate& text) const;

  Result<v1::DeterminationLine> determine_line(const feel::Value& inputs, Day effective,
                                               const Figures::Period& figures) const;
  Result<Money> annual_amount(const feel::Value& determination) const;
  /// Whether one of the reasons rests on figures.
  Result<bool> add_reasons(Working& working, v1::DeterminationLine& line) const;
  static std::vector<feel::Value> values_of(const std::vector<Figure>& figures, Working& working);
  Result<void> set_texts(const std::string& key, const Reason& reason, Working& working,
                         v1::Reason& told) const;
  v1::Reason reason_of_old_figures(Day effective, const Figures::Period& figures) const;
  Failure failure(std::string_view what) const;

  Parts parts_;
  dmn::Invocable determination_;
  ModelInputs inputs_;
  std::map<std::string, Reason, std::less<>> reasons_;  // as parts_.reasons, ready to be told
};

}  // namespace guichet::rules
