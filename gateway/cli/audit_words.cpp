#include "gateway/cli/audit_words.h"

namespace guichet::cli {
namespace {

constexpr AuditWords kEnglish{
    .at = "When",
    .who = "Who",
    .call = "Call",
    .status = "Status",
    .about = "About",
    .none = "No entry fits.",
    .entries = "Entries",
    .chains = "Chains",
    .whole = "The trail is whole.",
    .faults = "Faults",
    .unreadable = "this is not an entry",
    .missing = "entries before this one are missing, or it came out of order",
    .broken = "the entry before this one is not the one that it was written after",
    .changed = "this is not the entry that was the last one at an earlier check",
    .cut_short = "the chain does not reach this entry any more, which an earlier check saw",
    .bad_heads = "not a file that guichet audit verify wrote",
};

constexpr AuditWords kFrench{
    .at = "Quand",
    .who = "Qui",
    .call = "Appel",
    .status = "État",
    .about = "Au sujet de",
    .none = "Aucune inscription ne correspond.",
    .entries = "Inscriptions",
    .chains = "Chaînes",
    .whole = "La piste est intègre.",
    .faults = "Anomalies",
    .unreadable = "ce n’est pas une inscription",
    .missing = "des inscriptions manquent avant celle-ci, ou elle n’est pas à sa place",
    .broken = "l’inscription précédente n’est pas celle après laquelle celle-ci a été écrite",
    .changed =
        "ce n’est pas l’inscription qui était la dernière lors d’une vérification antérieure",
    .cut_short =
        "la chaîne n’atteint plus cette inscription, vue lors d’une vérification antérieure",
    .bad_heads = "ce n’est pas un fichier écrit par guichet audit verify",
};

}  // namespace

const AuditWords& audit_words(std::string_view language) {
  return language == "fr" ? kFrench : kEnglish;
}

}  // namespace guichet::cli
