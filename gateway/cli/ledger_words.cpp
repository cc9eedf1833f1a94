#include "gateway/cli/ledger_words.h"

#include <array>

namespace guichet::cli {
namespace {

constexpr LedgerWords kEnglish{
    .government = "Government",
    .program = "Program",
    .account = "Account",
    .balance = "Balance",
    .sum = "sum",
    .all = "All",
    .postings = "postings",
    .again = "the same again with",
    .agrees = "The accounts agree with the log",
    .differs = "The accounts do not agree with the log",
    .accounts = "accounts",
    .client = "Client",
    .what = "What",
    .in_account = "In the account",
    .by_log = "By the log",
    .cause = "cause",
    .run = "Payment run",
    .prepared_by = "prepared by",
    .released_by = "released by",
    .determination = "Determination",
    .version = "version of the rules",
    .a_year = "a year",
    .paid = "Paid",
    .returned = "Returned",
    .net = "Net",
    .own = "its own programs",
    .owes = "owes",
};

constexpr LedgerWords kFrench{
    .government = "Gouvernement",
    .program = "Programme",
    .account = "Compte",
    .balance = "Solde",
    .sum = "somme",
    .all = "Tous",
    .postings = "écritures",
    .again = "de nouveau le même avec",
    .agrees = "Les comptes concordent avec le journal",
    .differs = "Les comptes ne concordent pas avec le journal",
    .accounts = "comptes",
    .client = "Client",
    .what = "Quoi",
    .in_account = "Dans le compte",
    .by_log = "Selon le journal",
    .cause = "cause",
    .run = "Exécution de paiement",
    .prepared_by = "préparée par",
    .released_by = "libérée par",
    .determination = "Décision",
    .version = "version des règles",
    .a_year = "par année",
    .paid = "Payé",
    .returned = "Retourné",
    .net = "Net",
    .own = "ses propres programmes",
    .owes = "doit à",
};

struct Term {
  std::string_view name, en, fr;
};

constexpr auto kTerms = std::to_array<Term>({
    {"program_cost", "program cost", "coût du programme"},
    {"clients", "clients", "clients"},
    {"bank_clearing", "on its way to the bank", "en route vers la banque"},
    {"bank", "paid out", "versé"},
    {"entitled", "entitled", "droit constaté"},
    {"instructed", "instructed", "paiement ordonné"},
    {"settled", "settled", "paiement réglé"},
    {"returned", "returned", "paiement retourné"},
    {"postings", "how many postings", "nombre d’écritures"},
    {"entitled_by_postings", "entitled, by the postings", "droit, selon les écritures"},
    {"entitled_by_sets", "entitled, by the entitlement sets",
     "droit, selon les ensembles de droits"},
    {"instructed_by_postings", "instructed, by the postings", "ordonné, selon les écritures"},
    {"instructed_by_instructions", "instructed, by the instructions",
     "ordonné, selon les instructions"},
});

}  // namespace

const LedgerWords& ledger_words(std::string_view language) {
  return language == "fr" ? kFrench : kEnglish;
}

std::string ledger_term(std::string_view name, std::string_view language) {
  for (const Term& term : kTerms)
    if (term.name == name) return std::string(language == "fr" ? term.fr : term.en);
  return std::string(name);
}

}  // namespace guichet::cli
