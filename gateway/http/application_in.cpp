#include "gateway/http/application_in.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "gateway/http/canonical.h"
#include "gateway/http/fields.h"
#include "gateway/http/forms.h"
#include "gateway/http/ids.h"
#include "gateway/http/json_in.h"
#include "gateway/http/local_day.h"

namespace guichet::http {
namespace {

namespace json = boost::json;
using guichet::to_string;

constexpr std::array<std::string_view, 2> kLanguages = {"en", "fr"};
constexpr std::array<std::string_view, 5> kModes = {"online", "counter", "mobile", "virtual",
                                                    "phone"};
constexpr std::array<std::string_view, 2> kRoles = {"applicant", "spouse"};
constexpr std::array<std::string_view, 2> kPurposes = {"eligibility", "payment"};
constexpr std::array<std::string_view, 1> kMethods = {"direct_deposit"};

const Words kAfterEffective = {"must not be after the effective date",
                               "ne doit pas être après la date d’effet"};

std::string at(std::string_view pointer, std::size_t index) {
  return std::string(pointer) + "/" + std::to_string(index);
}

// Reads one application; everything that is wrong is collected on the way.
class ApplicationReader {
 public:
  ApplicationReader(const ApplicationContext& context, std::vector<FieldError>& errors)
      : context_(context), errors_(errors) {}

  v1::Application read(const json::value& body) {
    Fields fields(body, "#", errors_);
    if (!fields.is_object()) return {};
    application_.mutable_channel()->set_mode("online");
    application_.set_language(fields.one_of("language", Need::optional, kLanguages).value_or("en"));
    read_residence(fields.value("residence", Need::required));
    read_programs(fields);
    read_effective_date(fields);
    read_channel(fields.value("channel", Need::optional));
    read_client(
        fields.value("client", context_.may_be_anonymous ? Need::optional : Need::required));
    read_household(fields.value("household", Need::required));
    read_consents(fields);
    if (const json::value* payment = fields.value("payment", Need::optional))
      read_payment(*payment, "#/payment", *application_.mutable_payment());
    fields.refuse_others();
    return std::move(application_);
  }

 private:
  void read_residence(const json::value* value) {
    if (value == nullptr) return;
    Fields fields(*value, "#/residence", errors_);
    if (!fields.is_object()) return;
    v1::Residence& residence = *application_.mutable_residence();
    if (auto province = fields.one_of("province", Need::required, kProvinces))
      residence.set_province(*province);
    if (auto municipality = fields.text("municipality", Need::optional, kMaxNameCharacters))
      residence.set_municipality(*municipality);
    if (auto code = fields.formed("postal_code", Need::optional, is_postal_code, kPostalForm))
      residence.set_postal_code(as_postal_code(*code));
    fields.refuse_others();
  }

  void read_programs(Fields& fields) {
    const json::array* list = fields.list("programs", Need::optional, 1, kMaxProgramsNamed);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto id = program_id((*list)[i], at("#/programs", i));
      if (!id) continue;
      const auto& named = application_.programs();
      if (std::find(named.begin(), named.end(), *id) != named.end())
        note(at("#/programs", i), {"is named before", "est déjà nommé"});
      else
        application_.add_programs(*id);
    }
  }

  // A date before every figure that the programs asked for have cannot be answered by any.
  void read_effective_date(Fields& fields) {
    const std::optional<Day> given = fields.day("effective_date", Need::optional);
    if (fields_has_bad_date(fields)) return;
    effective_ = given ? *given : local_day(application_.residence().province(), context_.now);
    application_.set_effective_date(to_days(*effective_));
    const std::optional<Day> first = first_day_with_figures();
    if (!given || !first || *given >= *first) return;
    fields.note("effective_date",
                {"must be a day for which figures exist: " + to_string(*first) + " or later",
                 "doit être un jour pour lequel des montants existent : " + to_string(*first) +
                     " ou plus tard"});
  }

  bool fields_has_bad_date(const Fields& fields) const {
    return std::any_of(errors_.begin(), errors_.end(), [&](const FieldError& error) {
      return error.place == fields.pointer("effective_date");
    });
  }

  /// The day from which every program that will be asked has figures.
  std::optional<Day> first_day_with_figures() const {
    std::optional<Day> first;
    for (const auto& program : context_.catalogue.all()) {
      const rules::Manifest& manifest = program->manifest();
      const auto& asked = application_.programs();
      if (!asked.empty() && std::find(asked.begin(), asked.end(), manifest.id) == asked.end())
        continue;
      if (!manifest.offered_where(application_.residence().province())) continue;
      first = std::max(first, manifest.figures_from);
    }
    return first;
  }

  void read_channel(const json::value* value) {
    if (value == nullptr) return;
    Fields fields(*value, "#/channel", errors_);
    if (!fields.is_object()) return;
    v1::Channel& channel = *application_.mutable_channel();
    const auto mode = fields.one_of("mode", Need::optional, kModes);
    if (mode) channel.set_mode(*mode);
    const Need desk_need = mode && *mode != "online" ? Need::required : Need::optional;
    if (auto desk = fields.text("desk", desk_need, kMaxDeskCharacters)) channel.set_desk(*desk);
    if (auto agent = fields.text("agent", Need::optional, kMaxDeskCharacters))
      channel.set_agent(*agent);
    fields.refuse_others();
  }

  void read_client(const json::value* value) {
    if (value == nullptr) return;
    Fields fields(*value, "#/client", errors_);
    if (!fields.is_object()) return;
    v1::Client& client = *application_.mutable_client();
    if (auto name = fields.text("given_name", Need::required, kMaxNameCharacters))
      client.set_given_name(*name);
    if (auto name = fields.text("family_name", Need::required, kMaxNameCharacters))
      client.set_family_name(*name);
    client_birth_ = read_birth(fields);
    if (client_birth_) client.set_date_of_birth(to_days(*client_birth_));
    if (client_birth_ && !client.family_name().empty())
      client.set_person_key(
          person_key(context_.secrets, context_.tenant, client.family_name(), *client_birth_));
    if (auto sin = fields.formed("sin", Need::optional, is_sin, kSinForm)) {
      client.set_client_id(client_id(context_.secrets, context_.tenant, *sin));
      client.set_sin(*sin);
    }
    fields.refuse_others();
  }

  std::optional<Day> read_birth(Fields& fields) {
    const std::optional<Day> birth = fields.day("date_of_birth", Need::required);
    if (birth && effective_ && *birth > *effective_) {
      fields.note("date_of_birth", kAfterEffective);
      return std::nullopt;
    }
    return birth;
  }

  void read_household(const json::value* value) {
    if (value == nullptr) return;
    Fields fields(*value, "#/household", errors_);
    if (!fields.is_object()) return;
    v1::Household& household = *application_.mutable_household();
    if (const json::array* adults = fields.list("adults", Need::required, 1, kMaxAdults)) {
      for (std::size_t i = 0; i < adults->size(); ++i)
        read_adult((*adults)[i], at("#/household/adults", i), *household.add_adults());
      check_roles(fields, household);
    }
    if (const json::array* children = fields.list("children", Need::optional, 0, kMaxChildren))
      for (std::size_t i = 0; i < children->size(); ++i)
        read_child((*children)[i], at("#/household/children", i), *household.add_children());
    if (auto rent = fields.amount("annual_rent", Need::optional, Fields::Sign::not_negative))
      household.set_annual_rent_cents(rent->cents());
    if (auto tax = fields.amount("annual_property_tax", Need::optional, Fields::Sign::not_negative))
      household.set_annual_property_tax_cents(tax->cents());
    fields.refuse_others();
  }

  void read_adult(const json::value& value, std::string pointer, v1::Adult& adult) {
    Fields fields(value, std::move(pointer), errors_);
    if (!fields.is_object()) return;
    if (auto role = fields.one_of("role", Need::required, kRoles)) adult.set_role(*role);
    const std::optional<Day> birth = read_birth(fields);
    if (birth) adult.set_date_of_birth(to_days(*birth));
    if (birth && client_birth_ && adult.role() == "applicant" && *birth != *client_birth_)
      fields.note("date_of_birth", {"the applicant must be born as the client is",
                                    "le demandeur doit avoir la date de naissance du client"});
    if (auto income = fields.amount("net_income", Need::required, Fields::Sign::any))
      adult.set_net_income_cents(income->cents());
    if (auto income = fields.amount("employment_income", Need::optional, Fields::Sign::any))
      adult.set_employment_income_cents(income->cents());
    adult.set_years_in_canada_since_18(
        fields.whole_number("years_in_canada_since_18", Need::optional, kMaxYearsInCanada)
            .value_or(0));
    adult.set_disability_tax_credit(
        fields.flag("disability_tax_credit", Need::optional).value_or(false));
    if (auto sin = fields.formed("sin", Need::optional, is_sin, kSinForm)) {
      check_adults_sin(fields, adult, *sin);
      adult.set_client_id(client_id(context_.secrets, context_.tenant, *sin));
      adult.set_sin(*sin);
    }
    if (const json::value* payment = fields.value("payment", Need::optional))
      read_payment(*payment, fields.pointer("payment"), *adult.mutable_payment());
    fields.refuse_others();
  }

  // One number is one person: the applicant's is the client's, the spouse's is another.
  void check_adults_sin(Fields& fields, const v1::Adult& adult, const std::string& sin) {
    const bool clients = sin == application_.client().sin();
    if (adult.role() == "applicant" && !clients)
      fields.note("sin",
                  {"the applicant's number must be given as client.sin, and be the same",
                   "le numéro du demandeur doit être donné dans client.sin, et être le même"});
    if (adult.role() == "spouse" && clients)
      fields.note("sin",
                  {"must not be the client's number", "ne doit pas être le numéro du client"});
  }

  void check_roles(Fields& fields, const v1::Household& household) {
    std::size_t applicants = 0;
    std::size_t known = 0;
    for (const v1::Adult& adult : household.adults()) {
      applicants += adult.role() == "applicant" ? 1 : 0;
      known += adult.role().empty() ? 0 : 1;
    }
    if (known == static_cast<std::size_t>(household.adults_size()) && applicants != 1)
      fields.note("adults", {"one adult must have the role applicant, and no more than one",
                             "un adulte, et un seul, doit avoir le rôle applicant"});
  }

  void read_child(const json::value& value, std::string pointer, v1::Child& child) {
    Fields fields(value, std::move(pointer), errors_);
    if (!fields.is_object()) return;
    if (auto birth = read_birth(fields)) child.set_date_of_birth(to_days(*birth));
    child.set_disability_tax_credit(
        fields.flag("disability_tax_credit", Need::optional).value_or(false));
    fields.refuse_others();
  }

  void read_consents(Fields& fields) {
    const json::array* list = fields.list("consents", Need::optional, 0, kMaxConsents);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i)
      read_consent((*list)[i], at("#/consents", i), *application_.add_consents());
  }

  void read_consent(const json::value& value, std::string pointer, v1::Consent& consent) {
    Fields fields(value, std::move(pointer), errors_);
    if (!fields.is_object()) return;
    if (const json::value* program = fields.value("program", Need::required)) {
      if (program->is_string() && program->get_string() == "*")
        consent.set_program("*");
      else if (auto id = program_id(*program, fields.pointer("program"), true))
        consent.set_program(*id);
    }
    if (const json::array* purposes = fields.list("purposes", Need::required, 1, kPurposes.size()))
      for (std::size_t i = 0; i < purposes->size(); ++i)
        read_purpose((*purposes)[i], at(fields.pointer("purposes"), i), consent);
    if (auto day = fields.day("given_on", Need::required)) consent.set_given_on(to_days(*day));
    fields.refuse_others();
  }

  void read_purpose(const json::value& value, const std::string& pointer, v1::Consent& consent) {
    const json::string* text = value.if_string();
    const std::string_view purpose =
        text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
    if (std::find(kPurposes.begin(), kPurposes.end(), purpose) == kPurposes.end())
      note(pointer,
           {"must be one of: eligibility, payment", "doit être l’un de : eligibility, payment"});
    else
      consent.add_purposes(std::string(purpose));
  }

  void read_payment(const json::value& value, std::string pointer, v1::PaymentMethod& payment) {
    Fields fields(value, std::move(pointer), errors_);
    if (!fields.is_object()) return;
    if (auto method = fields.one_of("method", Need::required, kMethods))
      payment.set_method(*method);
    if (auto digits =
            fields.formed("institution", Need::required, is_institution, kInstitutionForm))
      payment.set_institution(*digits);
    if (auto digits = fields.formed("transit", Need::required, is_transit, kTransitForm))
      payment.set_transit(*digits);
    if (auto digits = fields.formed("account", Need::required, is_account, kAccountForm))
      payment.set_account(*digits);
    fields.refuse_others();
  }

  std::optional<std::string> program_id(const json::value& value, const std::string& pointer,
                                        bool or_all = false) {
    const json::string* text = value.if_string();
    if (text != nullptr && context_.catalogue.find(std::string(text->data(), text->size())))
      return std::string(text->data(), text->size());
    std::string known;
    for (const std::string& id : context_.catalogue.ids())
      known += (known.empty() ? "" : ", ") + id;
    if (or_all) known = "*, " + known;
    note(pointer, {"is no program offered here; the programs are: " + known,
                   "n’est pas un programme offert ici; les programmes sont : " + known});
    return std::nullopt;
  }

  void note(const std::string& pointer, Words detail) {
    if (errors_.size() < kMaxFieldErrors) errors_.push_back({pointer, std::move(detail)});
  }

  const ApplicationContext& context_;
  std::vector<FieldError>& errors_;
  v1::Application application_;
  std::optional<Day> effective_;
  std::optional<Day> client_birth_;
};

}  // namespace

std::variant<ApplicationIn, Problem> read_application(std::string_view body,
                                                      const ApplicationContext& context) {
  auto read = read_json(body);
  if (Words* why = std::get_if<Words>(&read))
    return Problem{ProblemKind::unreadable_json, std::move(*why), {}};
  JsonDocument& document = std::get<JsonDocument>(read);
  std::vector<FieldError> errors = std::move(document.errors);
  ApplicationIn in;
  in.application = ApplicationReader(context, errors).read(document.value);
  if (!errors.empty()) return Problem{ProblemKind::bad_fields, std::nullopt, std::move(errors)};
  in.canonical = canonical(document.value);
  return in;
}

std::optional<Problem> refuse_unless_empty(std::string_view body) {
  if (body.empty()) return std::nullopt;
  auto read = read_json(body);
  if (Words* why = std::get_if<Words>(&read))
    return Problem{ProblemKind::unreadable_json, std::move(*why), {}};
  JsonDocument& document = std::get<JsonDocument>(read);
  std::vector<FieldError> errors = std::move(document.errors);
  Fields(document.value, "#", errors).refuse_others();
  if (errors.empty()) return std::nullopt;
  return Problem{ProblemKind::bad_fields, std::nullopt, std::move(errors)};
}

}  // namespace guichet::http
