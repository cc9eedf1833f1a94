#include "gateway/cli/problem_text.h"

#include <sstream>

#include "gateway/cli/json_access.h"
#include "gateway/cli/table.h"

namespace guichet::cli {
namespace {

/// What to do at this command line, by the kind of problem: the last part of its `type`. Where a
/// kind is not here, its detail has said what to do.
struct Advice {
  std::string_view kind;
  std::string_view en;
  std::string_view fr;
};

constexpr Advice kAdvice[] = {
    {"bad-fields", "correct the fields above and send the file again; nothing was stored.",
     "corrigez les champs ci-dessus et renvoyez le fichier; rien n’a été enregistré."},
    {"unreadable-json", "correct the file and send it again; nothing was stored.",
     "corrigez le fichier et renvoyez-le; rien n’a été enregistré."},
    {"not-found", "check the id; `guichet list` shows what there is.",
     "vérifiez l’identifiant; `guichet list` montre ce qui existe."},
    {"number-not-unique", "`guichet list --number NUMBER --json` gives the ids.",
     "`guichet list --number NUMÉRO --json` donne les identifiants."},
    {"withdrawn", "send a new application with `guichet apply`.",
     "envoyez une nouvelle demande avec `guichet apply`."},
    {"submission-mismatch", "look with `guichet show`, then amend again.",
     "consultez le dossier avec `guichet show`, puis modifiez-le de nouveau."},
    {"key-reused", "give another --key for another application, or none.",
     "donnez une autre clé (--key) pour une autre demande, ou n’en donnez pas."},
    {"no-verdict", "run the same command again with the same --key; it cannot happen twice.",
     "relancez la même commande avec la même clé (--key); rien ne peut se faire deux fois."},
    {"no-room", "try again in a moment.", "réessayez dans un instant."},
    {"disk-full", "tell whoever runs the server; then run the same command again.",
     "avertissez qui exploite le serveur; relancez ensuite la même commande."},
    {"not-allowed", "ask someone whose role allows it.",
     "adressez-vous à une personne dont le rôle le permet."},
};

/// Where a bad field stands: a pointer into the file, or the name of a parameter or header.
std::string place_of(const boost::json::value& error) {
  for (const char* key : {"pointer", "parameter", "header"})
    if (!text_at(error, key).empty()) return text_at(error, key);
  return "#";
}

}  // namespace

std::string problem_text(unsigned status, const std::string& body, const Words& words) {
  boost::system::error_code failed;
  const auto problem = boost::json::parse(body, failed);
  std::ostringstream out;
  const std::string title = failed ? "" : text_at(problem, "title");
  const std::string detail = failed ? "" : text_at(problem, "detail");
  out << (title.empty() ? "HTTP " + std::to_string(status) : title) << '\n';
  const auto& errors = failed ? items({}) : items(at(problem, "errors"));
  if (!errors.empty()) {
    out << '\n';
    Table table({{std::string(words.field), Table::left},
                 {std::string(words.what_is_wrong), Table::left, true}});
    for (const auto& error : errors) table.row({place_of(error), text_at(error, "detail")});
    table.print(out, terminal_width());
  } else if (!detail.empty() && detail != title) {
    for (const std::string& line : wrap(detail, terminal_width())) out << line << '\n';
  }
  const std::string type = failed ? "" : text_at(problem, "type");
  for (const Advice& advice : kAdvice) {
    if (!type.ends_with("/" + std::string(advice.kind))) continue;
    const std::string text = std::string(words.what_to_do) + " " +
                             std::string(words.language == "fr" ? advice.fr : advice.en);
    out << '\n';
    for (const std::string& line : wrap(text, terminal_width())) out << line << '\n';
  }
  return out.str();
}

}  // namespace guichet::cli
