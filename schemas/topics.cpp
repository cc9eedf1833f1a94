#include "schemas/topics.h"

namespace guichet::topics {
namespace {

/// Long enough to look at what happened, and to bring back what a stage was away for.
constexpr std::chrono::days kInboxDays{30};

}  // namespace

std::vector<Topic> all(const std::vector<std::string>& programs) {
  std::vector<Topic> topics = {
      {.name = std::string(kCasesInbox),
       .retention = kInboxDays,
       .writers = {"gateway", "adapters", "cases"},
       .readers = {"cases"},
       .carries_en = "commands, checked answers of programs, deadlines that came",
       .carries_fr = "commandes, réponses vérifiées des programmes, échéances atteintes"},
      {.name = std::string(kCases),
       .compacted = true,
       .writers = {"cases"},
       .readers = {"cases", "gateway"},
       .carries_en = "the whole state of each application",
       .carries_fr = "l’état entier de chaque demande"},
      {.name = std::string(kEvents),
       .writers = {"cases", "payments"},
       .readers = {"gateway", "partner"},
       .carries_en = "what partner agencies may see, as CloudEvents",
       .carries_fr = "ce que les organismes partenaires peuvent voir, en CloudEvents"},
      // Kept: the books are recomputed from it.
      {.name = std::string(kPaymentsInbox),
       .writers = {"cases", "payments", "gateway"},
       .readers = {"payments"},
       .carries_en =
           "what clients are entitled to, in whole numbered sets; runs; stops; the bank’s answers",
       .carries_fr = "ce à quoi les clients ont droit, par ensembles entiers et numérotés; les "
                     "exécutions de paiement; les suspensions; les réponses de la banque"},
      {.name = std::string(kAccounts),
       .compacted = true,
       .writers = {"payments"},
       .readers = {"payments", "gateway"},
       .carries_en = "the whole account of each client",
       .carries_fr = "le compte entier de chaque client"},
      {.name = std::string(kLedger),
       .writers = {"payments"},
       .readers = {"gateway"},
       .carries_en = "postings: each balanced, each with its determination",
       .carries_fr = "écritures comptables, chacune équilibrée et rattachée à sa décision"},
      {.name = std::string(kRunsInbox),
       .retention = kInboxDays,
       .writers = {"gateway", "payments"},
       .readers = {"payments"},
       .carries_en = "commands to payment runs, and what partitions and files report",
       .carries_fr =
           "commandes aux exécutions de paiement, comptes rendus des partitions et des fichiers"},
      {.name = std::string(kRuns),
       .compacted = true,
       .writers = {"payments"},
       .readers = {"payments", "gateway"},
       .carries_en = "the whole state of each payment run",
       .carries_fr = "l’état entier de chaque exécution de paiement"},
      {.name = std::string(kInstructions),
       .writers = {"payments"},
       .readers = {"payments"},
       .carries_en = "payments for the bank, and the orders to write its files",
       .carries_fr = "paiements pour la banque, et ordres d’écrire ses fichiers"},
      {.name = std::string(kDeadLetters),
       .writers = {"cases", "adapters", "payments"},
       .readers = {"gateway"},
       .carries_en = "records that could not be handled, whole",
       .carries_fr = "enregistrements qui n’ont pu être traités, en entier"},
      {.name = std::string(kAudit),
       .from_reserve = true,
       .writers = {"gateway"},
       .readers = {"gateway"},
       .carries_en = "who looked at what, and who did what, in chains of digests",
       .carries_fr = "qui a consulté quoi et qui a fait quoi, en chaînes d’empreintes"},
  };
  for (const std::string& program : programs) {
    topics.push_back(
        {.name = requests(program),
         .retention = kInboxDays,
         .writers = {"cases"},
         .readers = {"adapters", "partner"},
         .carries_en = "what the program is asked, with only the fields it needs",
         .carries_fr = "ce que le programme doit décider, avec les seuls champs requis"});
    topics.push_back({.name = determinations(program),
                      .retention = kInboxDays,
                      .broker_time = true,
                      .writers = {"partner"},
                      .readers = {"adapters"},
                      .carries_en = "what the program’s own process answers, not checked yet",
                      .carries_fr = "ce que répond le processus du programme, pas encore vérifié"});
  }
  return topics;
}

std::string_view program_of_determinations(std::string_view topic) {
  constexpr std::string_view kPrefix = "determinations.";
  return topic.starts_with(kPrefix) ? topic.substr(kPrefix.size()) : std::string_view();
}

}  // namespace guichet::topics
