#include "gateway/cli/words.h"

#include <array>

namespace guichet::cli {
namespace {

constexpr Words kEnglish{
    .language = "en",
    .application = "Application",
    .received_on = "received on",
    .program = "Program",
    .paid_by = "Paid by",
    .a_year = "A year",
    .how_often = "How often",
    .total = "Total",
    .date = "Date",
    .amount = "Amount",
    .made_of = "Made of",
    .no_payments = "No payment is due.",
    .still_waiting = "Some programs have not answered yet. Look again with:",
    .was_paid = "Paid",
    .failed = "Did not arrive",
    .next_payment = "Next payment, as things stand",
    .paid_too_much = "Paid too much, to be kept back from later payments",
    .on_its_way = "on its way",
    .settled = "settled",
    .owed_again = "owed again: the next payment has it",
    .sent_again = "sent again",
    .screening = "What would be paid. Nothing was stored, and nothing was decided.",
    .applicant = "applicant",
    .spouse = "spouse",
    .number = "Number",
    .received = "Received",
    .status = "Status",
    .programs = "Programs",
    .no_cases = "No application fits.",
    .more_cases = "There are more:",
    .nobody = "Nobody fits.",
    .id = "Id",
    .government = "Government",
    .administered_by = "Administered by",
    .offered_in = "Offered in",
    .everywhere = "all of Canada",
    .decided_for = "Decided for",
    .each_household = "the household",
    .each_adult = "each adult",
    .in_one_payment = "Guichet, in one payment with other programs",
    .by_itself = "the program itself",
    .answers_within = "Answers within",
    .seconds = "s",
    .figures_from = "Figures from",
    .figures_checked_on = "Figures checked on",
    .asks_for = "Asks for",
    .sources = "Sources",
    .version = "Version",
    .is_alive = "alive",
    .is_ready = "ready",
    .is_not_ready = "not ready: ",
    .trying_again = "trying again",
    .there_again = "The server is there again.",
    .fits_several = "fits several applications; say the id of one",
    .no_next = "the server does not say how to go on; is it another version?",
    .field = "Field",
    .what_is_wrong = "What is wrong",
    .what_to_do = "What to do:",
};

constexpr Words kFrench{
    .language = "fr",
    .application = "Demande",
    .received_on = "reçue le",
    .program = "Programme",
    .paid_by = "Payé par",
    .a_year = "Par année",
    .how_often = "Fréquence",
    .total = "Total",
    .date = "Date",
    .amount = "Montant",
    .made_of = "Composé de",
    .no_payments = "Aucun versement n’est dû.",
    .still_waiting =
        "Des programmes n’ont pas encore répondu. Consultez le dossier de nouveau avec :",
    .was_paid = "Versé",
    .failed = "N’est pas arrivé",
    .next_payment = "Prochain versement, dans l’état actuel",
    .paid_too_much = "Versé en trop, à retenir sur les versements suivants",
    .on_its_way = "en route",
    .settled = "réglé",
    .owed_again = "dû de nouveau : le prochain versement le comprend",
    .sent_again = "renvoyé",
    .screening = "Ce qui serait versé. Rien n’a été conservé ni décidé.",
    .applicant = "demandeur",
    .spouse = "conjoint",
    .number = "Numéro",
    .received = "Reçue le",
    .status = "État",
    .programs = "Programmes",
    .no_cases = "Aucune demande ne correspond.",
    .more_cases = "Il y en a d’autres :",
    .nobody = "Personne ne correspond.",
    .id = "Identifiant",
    .government = "Gouvernement",
    .administered_by = "Administré par",
    .offered_in = "Offert",
    .everywhere = "partout au Canada",
    .decided_for = "Décidé pour",
    .each_household = "le ménage",
    .each_adult = "chaque adulte",
    .in_one_payment = "Guichet, en un seul versement avec d’autres programmes",
    .by_itself = "le programme lui-même",
    .answers_within = "Répond en",
    .seconds = "s",
    .figures_from = "Montants depuis",
    .figures_checked_on = "Montants vérifiés",
    .asks_for = "Demande",
    .sources = "Sources",
    .version = "Version",
    .is_alive = "en marche",
    .is_ready = "prêt",
    .is_not_ready = "pas prêt : ",
    .trying_again = "nouvel essai en cours",
    .there_again = "Le serveur répond de nouveau.",
    .fits_several = "correspond à plusieurs demandes; donnez l’identifiant de l’une d’elles",
    .no_next = "le serveur ne dit pas comment continuer; est-il d’une autre version?",
    .field = "Champ",
    .what_is_wrong = "Ce qui ne va pas",
    .what_to_do = "Que faire :",
};

struct Term {
  std::string_view code;
  std::string_view en;
  std::string_view fr;
};

constexpr auto kCaseStatuses = std::to_array<Term>({
    {"received", "received", "reçue"},
    {"determining", "being determined", "à l’étude"},
    {"complete", "complete", "complète"},
    {"partial", "partial", "partielle"},
    {"held", "held", "retenue"},
    {"withdrawn", "withdrawn", "retirée"},
    {"superseded", "superseded", "remplacée"},
});

constexpr auto kProgramStatuses = std::to_array<Term>({
    {"pending", "waiting for an answer", "en attente d’une réponse"},
    {"eligible", "eligible", "admissible"},
    {"ineligible", "not eligible", "non admissible"},
    {"needs_information", "information needed", "renseignements requis"},
    {"referred", "referred to a person", "confiée à un agent"},
    {"unavailable", "no answer", "aucune réponse"},
    {"failed", "failed", "en échec"},
});

constexpr auto kPlaces = std::to_array<Term>({
    {"CA", "Canada", "Canada"},
    {"AB", "Alberta", "Alberta"},
    {"BC", "British Columbia", "Colombie-Britannique"},
    {"MB", "Manitoba", "Manitoba"},
    {"NB", "New Brunswick", "Nouveau-Brunswick"},
    {"NL", "Newfoundland and Labrador", "Terre-Neuve-et-Labrador"},
    {"NS", "Nova Scotia", "Nouvelle-Écosse"},
    {"NT", "Northwest Territories", "Territoires du Nord-Ouest"},
    {"NU", "Nunavut", "Nunavut"},
    {"ON", "Ontario", "Ontario"},
    {"PE", "Prince Edward Island", "Île-du-Prince-Édouard"},
    {"QC", "Quebec", "Québec"},
    {"SK", "Saskatchewan", "Saskatchewan"},
    {"YT", "Yukon", "Yukon"},
});

template <class Terms>
std::string translate(const Terms& terms, std::string_view code, const Words& words) {
  for (const Term& term : terms)
    if (term.code == code) return std::string(words.language == "fr" ? term.fr : term.en);
  return std::string(code);
}

}  // namespace

const Words& words(std::string_view language) {
  return language == "fr" ? kFrench : kEnglish;
}

std::string case_status(std::string_view status, const Words& words) {
  return translate(kCaseStatuses, status, words);
}

std::string program_status(std::string_view status, const Words& words) {
  return translate(kProgramStatuses, status, words);
}

std::string place(std::string_view code, const Words& words) {
  return translate(kPlaces, code, words);
}

std::string how_often(long long payments_per_year, const Words& words) {
  const bool french = words.language == "fr";
  switch (payments_per_year) {
    case 0:
      return {};
    case 1:
      return french ? "une fois l’an" : "once a year";
    case 2:
      return french ? "deux fois l’an" : "twice a year";
    case 4:
      return french ? "chaque trimestre" : "every quarter";
    case 12:
      return french ? "chaque mois" : "every month";
    default:
      return std::to_string(payments_per_year) + (french ? " fois l’an" : " times a year");
  }
}

}  // namespace guichet::cli
