#include "gateway/cli/payment_words.h"

#include <array>

namespace guichet::cli {
namespace {

constexpr PaymentWords kEnglish{
    .run = "Payment run",
    .date = "Date",
    .state = "State",
    .prepared_by = "Prepared by",
    .released_by = "Released by",
    .cancelled_by = "Cancelled by",
    .hash = "Hash of the preview",
    .program = "Program",
    .government = "Government",
    .payments = "Payments",
    .amount = "Amount",
    .total = "Total",
    .left_out = "Left out",
    .why = "Why",
    .changed = "Since the last run",
    .largest = "Largest payments",
    .client = "Client",
    .file = "File",
    .accepted = "Accepted",
    .rejected = "Rejected",
    .no_runs = "There is no payment run.",
    .no_payments = "There is no payment.",
    .status = "Status",
    .next_release = "Once another person has looked at it, they release it with:",
    .stop = "Stop",
    .account = "Account",
    .laid_by = "Laid by",
    .since = "Since",
    .no_stops = "No payment is stopped.",
    .lifted = "The stop is lifted. The next run pays what it kept back.",
    .no_files = "The run has no file yet.",
    .no_rejected = "The bank rejected no payment.",
    .became = "What became of it",
};

constexpr PaymentWords kFrench{
    .run = "Exécution de paiement",
    .date = "Date",
    .state = "État",
    .prepared_by = "Préparée par",
    .released_by = "Libérée par",
    .cancelled_by = "Annulée par",
    .hash = "Empreinte de l’aperçu",
    .program = "Programme",
    .government = "Gouvernement",
    .payments = "Paiements",
    .amount = "Montant",
    .total = "Total",
    .left_out = "Laissés de côté",
    .why = "Motif",
    .changed = "Depuis la dernière exécution",
    .largest = "Plus grands paiements",
    .client = "Client",
    .file = "Fichier",
    .accepted = "Acceptés",
    .rejected = "Rejetés",
    .no_runs = "Il n’y a aucune exécution de paiement.",
    .no_payments = "Il n’y a aucun paiement.",
    .status = "État",
    .next_release = "Quand une autre personne l’a examinée, elle la libère par :",
    .stop = "Arrêt",
    .account = "Compte",
    .laid_by = "Posé par",
    .since = "Depuis",
    .no_stops = "Aucun paiement n’est arrêté.",
    .lifted = "L’arrêt est levé. La prochaine exécution paie ce qu’il retenait.",
    .no_files = "L’exécution n’a pas encore de fichier.",
    .no_rejected = "La banque n’a rejeté aucun paiement.",
    .became = "Ce qu’il en est",
};

struct Term {
  std::string_view name, en, fr;
};
constexpr std::array kTerms = {
    Term{"preparing", "preparing", "en préparation"},
    Term{"prepared", "prepared", "préparée"},
    Term{"releasing", "being released", "en cours de libération"},
    Term{"released", "released", "libérée"},
    Term{"sent", "sent to the bank", "envoyée à la banque"},
    Term{"settled", "settled", "réglé"},
    Term{"cancelling", "being cancelled", "en cours d’annulation"},
    Term{"cancelled", "cancelled", "annulée"},
    Term{"listed", "listed", "inscrit"},
    Term{"owed", "owed: the next run pays it", "dû : la prochaine exécution le paie"},
    Term{"instructed", "on its way", "en route"},
    Term{"rejected", "rejected", "rejeté"},
    Term{"first_payment", "first payment", "premier paiement"},
    Term{"other_determination", "another determination", "autre décision"},
    Term{"arrears", "arrears in it", "comprend un arriéré"},
    Term{"overpayment_recovered", "an overpayment is recovered", "un trop-payé est recouvré"},
    Term{"other_account", "to an account changed in the last five days",
         "vers un compte changé depuis cinq jours au plus"},
    Term{"sent_again", "sent again after it came back", "renvoyé après un retour"},
    Term{"unchanged", "as before", "comme avant"},
    Term{"no_account", "no account number", "sans numéro de compte"},
    Term{"stopped", "stopped by a person", "arrêté par une personne"},
    Term{"in_another_run", "in another run", "dans une autre exécution"},
    Term{"below_minimum", "waits for more", "attend davantage"},
    Term{"held", "held by a fault", "retenu par une panne"},
    Term{"changed_since_preview", "changed since the preview", "changé depuis l’aperçu"},
    Term{"paid_by_program", "paid by the program itself", "payé par le programme lui-même"},
    Term{"not_for_a_bank", "name or account that no bank takes",
         "nom ou compte qu’aucune banque n’accepte"},
};

}  // namespace

const PaymentWords& payment_words(std::string_view language) {
  return language == "fr" ? kFrench : kEnglish;
}

std::string payment_term(std::string_view name, std::string_view language) {
  for (const Term& term : kTerms)
    if (term.name == name) return std::string(language == "fr" ? term.fr : term.en);
  return std::string(name);
}

}  // namespace guichet::cli
