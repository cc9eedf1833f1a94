#include "adapters/bank/reason_codes.h"

#include <algorithm>
#include <array>

namespace guichet::bank {
namespace {

struct Entry {
  ReasonText text;
  bool new_account = false;
};

// The codes that concern a credit to a person, from ISO 20022's external code sets
// ExternalStatusReason1Code and ExternalReturnReason1Code (iso20022.org, external code sets). The
// texts are ours: what it means for the payee and, where it helps, what to do.
constexpr std::array kReasons = {
    Entry{{"AC01", "The account number is not valid.", "Le numéro de compte n’est pas valide."},
          true},
    Entry{{"AC02", "The paying account is not valid. Ask the bank.",
           "Le compte payeur n’est pas valide. Demandez à la banque."}},
    Entry{{"AC03", "The payee’s account number is not valid.",
           "Le numéro de compte du bénéficiaire n’est pas valide."},
          true},
    Entry{{"AC04", "The account is closed.", "Le compte est fermé."}, true},
    Entry{{"AC06", "The account is blocked.", "Le compte est bloqué."}, true},
    Entry{{"AC07", "The payee’s account is closed.", "Le compte du bénéficiaire est fermé."}, true},
    Entry{{"AC13", "The payee’s account is of a type that cannot be paid to.",
           "Le compte du bénéficiaire est d’un type auquel on ne peut verser."},
          true},
    Entry{{"AC14", "The account is of a type that cannot be paid to.",
           "Le compte est d’un type auquel on ne peut verser."},
          true},
    Entry{{"AG01", "The account does not take this kind of payment.",
           "Le compte n’accepte pas ce genre de paiement."},
          true},
    Entry{{"AG02", "The bank does not take this kind of payment for this account.",
           "La banque ne prend pas ce genre de paiement pour ce compte."}},
    Entry{{"AGNT", "The payee’s branch is not the right one.",
           "La succursale du bénéficiaire n’est pas la bonne."},
          true},
    Entry{{"AM01", "The amount is zero.", "Le montant est nul."}},
    Entry{{"AM02", "The amount is larger than the bank allows.",
           "Le montant dépasse ce que la banque permet."}},
    Entry{{"AM03", "The account is not in Canadian dollars.",
           "Le compte n’est pas en dollars canadiens."},
          true},
    Entry{{"AM04", "There was not enough money in the paying account.",
           "Le compte payeur n’avait pas assez de fonds."}},
    Entry{{"AM05", "The bank took it for a duplicate of an earlier payment.",
           "La banque l’a pris pour le double d’un paiement antérieur."}},
    Entry{{"AM07", "The money is blocked by an order.",
           "Les fonds sont bloqués par une ordonnance."}},
    Entry{{"AM09", "The amount is not as agreed.", "Le montant n’est pas celui convenu."}},
    Entry{{"AM10", "The control sum is not that of the payments.",
           "La somme de contrôle n’est pas celle des paiements."}},
    Entry{{"AM12", "The amount is not valid.", "Le montant n’est pas valide."}},
    Entry{{"AM18", "The number of payments is not the one stated.",
           "Le nombre de paiements n’est pas celui indiqué."}},
    Entry{{"BE01", "The name does not go with the account.", "Le nom ne correspond pas au compte."},
          true},
    Entry{{"BE04", "The payee’s address is missing or not complete.",
           "L’adresse du bénéficiaire manque ou n’est pas complète."}},
    Entry{{"BE05", "The bank does not know the sender of the file.",
           "La banque ne connaît pas l’expéditeur du fichier."}},
    Entry{
        {"BE06", "The bank does not know the payee.", "La banque ne connaît pas le bénéficiaire."},
        true},
    Entry{{"CNOR", "The payee’s bank is not registered with clearing.",
           "La banque du bénéficiaire n’est pas inscrite à la compensation."},
          true},
    Entry{{"CUST", "The payee or the sender asked for it.",
           "À la demande du bénéficiaire ou de l’expéditeur."}},
    Entry{{"DNOR", "The paying bank is not registered with clearing.",
           "La banque payeuse n’est pas inscrite à la compensation."}},
    Entry{{"DS0H", "The signer may not use this account.",
           "Le signataire ne peut pas utiliser ce compte."}},
    Entry{{"DT01", "The date is not valid.", "La date n’est pas valide."}},
    Entry{{"DT02", "The file’s date and time are not valid.",
           "La date et l’heure du fichier ne sont pas valides."}},
    Entry{{"DU01", "The file’s id was used before.", "L’identifiant du fichier a déjà servi."}},
    Entry{{"DU02", "The batch’s id was used before.", "L’identifiant du lot a déjà servi."}},
    Entry{{"DU04", "The payment’s id was used before.", "L’identifiant du paiement a déjà servi."}},
    Entry{
        {"DUPL", "A duplicate of what was sent before.", "Un double de ce qui a déjà été envoyé."}},
    Entry{{"ED05", "Settlement failed.", "Le règlement a échoué."}},
    Entry{{"ERIN", "A part of the file is not taken.", "Une partie du fichier n’est pas prise."}},
    Entry{{"FF01", "The file’s form is not valid.", "Le format du fichier n’est pas valide."}},
    Entry{{"FOCR", "Returned after we asked to cancel.",
           "Retourné après notre demande d’annulation."}},
    Entry{{"FR01", "The bank suspects fraud.", "La banque soupçonne une fraude."}},
    Entry{{"LEGL", "A legal reason.", "Un motif juridique."}},
    Entry{{"MD07", "The person has died.", "La personne est décédée."}},
    Entry{{"MS02", "The payee refused, without a reason.",
           "Le bénéficiaire a refusé, sans donner de motif."}},
    Entry{{"MS03", "The bank gave no reason.", "La banque n’a pas donné de motif."}},
    Entry{{"NARR", "The bank’s own words say why.", "La banque l’explique en ses mots."}},
    Entry{{"NOAS", "The payee did not answer the bank.",
           "Le bénéficiaire n’a pas répondu à la banque."}},
    Entry{{"NOCM", "The account does not meet the bank’s rules.",
           "Le compte ne satisfait pas aux règles de la banque."}},
    Entry{
        {"RC01", "The routing number is not valid.", "Le numéro d’acheminement n’est pas valide."},
        true},
    Entry{{"RC04", "The routing number of the payee’s bank is not valid.",
           "Le numéro d’acheminement de la banque du bénéficiaire n’est pas valide."},
          true},
    Entry{{"RF01", "The payment’s reference is not unique.",
           "La référence du paiement n’est pas unique."}},
    Entry{{"RR01", "The paying account or its number is missing, by law needed.",
           "Le compte payeur ou son numéro manque; la loi l’exige."}},
    Entry{{"RR02", "The payer’s name or address is missing, by law needed.",
           "Le nom ou l’adresse du payeur manque; la loi l’exige."}},
    Entry{{"RR03", "The payee’s name or address is missing, by law needed.",
           "Le nom ou l’adresse du bénéficiaire manque; la loi l’exige."}},
    Entry{{"RR04", "A regulatory reason.", "Un motif réglementaire."}},
    Entry{{"RUTA", "Returned after the payer asked.", "Retourné à la demande du payeur."}},
    Entry{{"SL11", "The payee does not take payments from this payer.",
           "Le bénéficiaire n’accepte pas les paiements de ce payeur."}},
    Entry{{"TM01", "It came after the bank’s cut-off time.",
           "Il est arrivé après l’heure limite de la banque."}},
    Entry{{"TS01", "The transmission failed.", "La transmission a échoué."}},
};

const Entry* find(std::string_view code) {
  const auto found = std::find_if(kReasons.begin(), kReasons.end(),
                                  [&](const Entry& entry) { return entry.text.code == code; });
  return found == kReasons.end() ? nullptr : &*found;
}

}  // namespace

std::optional<ReasonText> reason_text(std::string_view code) {
  const Entry* entry = find(code);
  if (entry == nullptr) return {};
  return entry->text;
}

bool needs_new_account(std::string_view code) {
  const Entry* entry = find(code);
  return entry != nullptr && entry->new_account;
}

}  // namespace guichet::bank
