#include "gateway/http/problem.h"

#include <array>
#include <random>

#include "gateway/http/json_out.h"
#include "schemas/values/invariant.h"

namespace guichet::http {
namespace {

constexpr std::string_view kTypes = "https://guichet.example/problems/";

constexpr std::chrono::seconds kRetryLeast{1};
constexpr unsigned kRetrySpread = 3;  // seconds

struct Row {
  ProblemKind kind;
  unsigned status;
  std::string_view name;
  std::string_view title_en, title_fr;
  std::string_view detail_en, detail_fr;
};

constexpr std::array kTable = {
    Row{ProblemKind::bad_request, 400, "bad-request", "The request cannot be read",
        "La requête ne peut pas être lue",
        "The request is not plain HTTP/1.1, or two readers could understand it differently.",
        "La requête n’est pas du HTTP/1.1 simple, ou deux lecteurs pourraient la comprendre "
        "différemment."},
    Row{ProblemKind::length_required, 411, "length-required", "A length is required",
        "Une longueur est exigée", "Send the body with Content-Length, without Transfer-Encoding.",
        "Envoyez le corps avec Content-Length, sans Transfer-Encoding."},
    Row{ProblemKind::expectation_failed, 417, "expectation-failed", "Unknown expectation",
        "Attente inconnue", "The only expectation that is met here is 100-continue.",
        "La seule attente à laquelle on répond ici est 100-continue."},
    Row{ProblemKind::header_too_large, 431, "header-too-large", "The header is too large",
        "L’en-tête est trop grand", "A header has at most 64 fields and 16 KiB.",
        "Un en-tête a au plus 64 champs et 16 Kio."},
    Row{ProblemKind::body_too_large, 413, "body-too-large", "The body is too large",
        "Le corps est trop grand", "A body has at most 256 KiB.", "Un corps a au plus 256 Kio."},
    Row{ProblemKind::unreadable_json, 400, "unreadable-json", "The body is not readable JSON",
        "Le corps n’est pas du JSON lisible", "Send one JSON document in UTF-8.",
        "Envoyez un document JSON en UTF-8."},
    Row{ProblemKind::bad_fields, 400, "bad-fields", "Some fields are not right",
        "Certains champs ne sont pas corrects",
        "Each field that is not right is named under errors, with what is allowed.",
        "Chaque champ qui n’est pas correct est nommé sous errors, avec ce qui est permis."},
    Row{ProblemKind::bad_parameters, 400, "bad-parameters", "Some parameters are not right",
        "Certains paramètres ne sont pas corrects",
        "Each parameter that is not right is named under errors, with what is allowed.",
        "Chaque paramètre qui n’est pas correct est nommé sous errors, avec ce qui est permis."},
    Row{ProblemKind::bad_header, 400, "bad-header", "A header field is not right",
        "Un champ d’en-tête n’est pas correct",
        "Each header field that is not right is named under errors, with what is allowed.",
        "Chaque champ d’en-tête qui n’est pas correct est nommé sous errors, avec ce qui est "
        "permis."},
    Row{ProblemKind::not_found, 404, "not-found", "There is nothing here", "Il n’y a rien ici",
        "Nothing is known under this address.", "Rien n’est connu sous cette adresse."},
    Row{ProblemKind::unknown_number, 404, "unknown-number", "No application has this number",
        "Aucune demande n’a ce numéro",
        "The check character of the number does not fit: a character was mistyped or two were "
        "swapped. Read it again, such as Z1XN-2Z38H-V.",
        "Le caractère de contrôle du numéro ne convient pas : un caractère a été mal saisi ou deux "
        "ont été inversés. Relisez-le, par exemple Z1XN-2Z38H-V."},
    Row{ProblemKind::method_not_allowed, 405, "method-not-allowed",
        "This cannot be done with this address", "Cette adresse ne permet pas cette action",
        "The Allow header names the methods that this address takes.",
        "Le champ Allow nomme les méthodes que cette adresse accepte."},
    Row{ProblemKind::not_acceptable, 406, "not-acceptable", "No acceptable form",
        "Aucune forme acceptable", "Answers are application/json; ask for that, or for anything.",
        "Les réponses sont en application/json; demandez cela, ou n’importe quoi."},
    Row{ProblemKind::unsupported_media_type, 415, "unsupported-media-type",
        "This media type is not taken", "Ce type de média n’est pas accepté",
        "Send the body as application/json, in UTF-8 and uncompressed.",
        "Envoyez le corps en application/json, en UTF-8 et non comprimé."},
    Row{ProblemKind::key_reused, 422, "key-reused", "This key was used with another body",
        "Cette clé a servi avec un autre corps",
        "An Idempotency-Key stands for one body. Send a new key with a new body.",
        "Une Idempotency-Key représente un seul corps. Envoyez une nouvelle clé avec un nouveau "
        "corps."},
    Row{ProblemKind::precondition_required, 428, "precondition-required",
        "Say which submission you saw", "Dites quelle version de la demande vous avez vue",
        "Send If-Match with the ETag of the case as you read it.",
        "Envoyez If-Match avec l’ETag du dossier tel que vous l’avez lu."},
    Row{ProblemKind::submission_mismatch, 412, "submission-mismatch", "Another change came between",
        "Un autre changement est survenu entre-temps",
        "The application was amended since you read it. Read it again, and decide anew.",
        "La demande a été modifiée depuis que vous l’avez lue. Relisez-la et décidez de nouveau."},
    Row{ProblemKind::withdrawn, 409, "withdrawn", "The application was withdrawn",
        "La demande a été retirée",
        "A withdrawn application does not change any more. Send a new application.",
        "Une demande retirée ne change plus. Envoyez une nouvelle demande."},
    Row{ProblemKind::number_not_unique, 409, "number-not-unique",
        "Several applications have this number", "Plusieurs demandes ont ce numéro",
        "Name the application by its id; GET /v1/applications?number= lists those that it fits.",
        "Nommez la demande par son identifiant; GET /v1/applications?number= énumère celles qui "
        "conviennent."},
    Row{ProblemKind::not_allowed, 403, "not-allowed", "This is not allowed",
        "Cela n’est pas permis", "Your roles do not allow this.",
        "Vos rôles ne permettent pas cela."},
    Row{ProblemKind::same_person, 403, "same-person", "Another person releases it",
        "Une autre personne le libère",
        "Who prepared a payment run does not release it. Have another person look at the preview "
        "and release it.",
        "Qui a préparé un paiement ne le libère pas. Demandez à une autre personne d’examiner "
        "l’aperçu et de le libérer."},
    Row{ProblemKind::run_state, 409, "run-state", "The payment run does not allow this now",
        "Le paiement ne permet pas cela maintenant",
        "Read the run: its state says what can be done.",
        "Relisez le paiement : son état dit ce qui est possible."},
    Row{ProblemKind::too_many_stops, 409, "too-many-stops", "There are too many stops",
        "Il y a trop d’arrêts",
        "There can be 1,024 stops beside those of clients. Lift another first.",
        "Il peut y avoir 1 024 arrêts outre ceux de clients. Levez-en d’abord un autre."},
    Row{ProblemKind::too_many_requests, 429, "too-many-requests", "Too many requests",
        "Trop de requêtes",
        "More requests came from your address than one caller may send. Nothing was done; "
        "Retry-After says when to go on.",
        "Il est venu de votre adresse plus de requêtes qu’un seul appelant n’en peut envoyer. Rien "
        "n’a été fait; Retry-After dit quand reprendre."},
    Row{ProblemKind::no_room, 503, "no-room", "No room now", "Pas de place pour le moment",
        "Too much is under way. Nothing was done; try again in a moment.",
        "Trop de choses sont en cours. Rien n’a été fait; réessayez dans un instant."},
    Row{ProblemKind::disk_full, 503, "disk-full", "The server's disk is full",
        "Le disque du serveur est plein",
        "Nothing was done. What is there can be read; applications are taken again once an "
        "operator "
        "has made room.",
        "Rien n’a été fait. Ce qui existe peut être lu; les demandes seront reprises dès qu’un "
        "opérateur aura fait de la place."},
    Row{ProblemKind::no_verdict, 503, "no-verdict", "No answer yet", "Pas encore de réponse",
        "What became of the request is not known yet. Send the same again with the same key: it "
        "cannot happen twice.",
        "On ne sait pas encore ce qu’il est advenu de la requête. Envoyez la même avec la même "
        "clé : elle ne peut pas se faire deux fois."},
    Row{ProblemKind::position_not_reached, 503, "position-not-reached", "Not there yet",
        "Pas encore là", "This server has not seen the position of Guichet-After yet. Try again.",
        "Ce serveur n’a pas encore vu la position de Guichet-After. Réessayez."},
    Row{ProblemKind::log_unavailable, 503, "log-unavailable", "The log is away",
        "Le journal est indisponible", "Nothing can be written or read now. Try again in a moment.",
        "Rien ne peut être écrit ni lu pour le moment. Réessayez dans un instant."},
    Row{ProblemKind::not_audited, 503, "not-audited", "This could not be noted",
        "Ceci n’a pu être consigné",
        "Who reads or does what is noted in the audit trail, and that is not possible now, so "
        "nothing is told. A write may have been done: look, or send it again with the same "
        "Idempotency-Key.",
        "Qui consulte ou fait quoi est consigné dans la piste d’audit, et ce n’est pas possible en "
        "ce moment; rien n’est donc communiqué. Une écriture a pu être faite : vérifiez, ou "
        "renvoyez-la avec la même Idempotency-Key."},
    Row{ProblemKind::not_authenticated, 401, "not-authenticated", "Say who you are",
        "Dites qui vous êtes",
        "Send an access token of your identity provider: Authorization: Bearer and the token.",
        "Envoyez un jeton d’accès de votre fournisseur d’identité : Authorization: Bearer et le "
        "jeton."},
    Row{ProblemKind::token_refused, 401, "token-refused", "This token is not taken",
        "Ce jeton n’est pas accepté",
        "The access token has ended, is for another service, or is not of the identity provider. "
        "Sign in again.",
        "Le jeton d’accès est échu, est destiné à un autre service ou ne vient pas du fournisseur "
        "d’identité. Ouvrez une nouvelle session."},
    Row{ProblemKind::certificate_refused, 401, "certificate-refused",
        "This certificate is nobody's here", "Ce certificat n’est à personne ici",
        "The client certificate is good, but no entry of the server's table is for its name, or it "
        "has ended. Its operator says which names are taken.",
        "Le certificat du client est bon, mais aucune ligne de la table du serveur n’est à son "
        "nom, "
        "ou il est échu. L’exploitant du serveur dit quels noms sont acceptés."},
    Row{ProblemKind::identity_unavailable, 503, "identity-unavailable",
        "Nobody can be recognized now", "Personne ne peut être reconnu pour le moment",
        "The keys of the identity provider cannot be read. Nothing was done; try again in a "
        "moment.",
        "Les clés du fournisseur d’identité ne peuvent pas être lues. Rien n’a été fait; réessayez "
        "dans un instant."},
    Row{ProblemKind::fault, 500, "fault", "Something failed here", "Quelque chose a échoué ici",
        "The fault is on this side. An operator finds it by the trace.",
        "La faute est de ce côté. Un opérateur la trouve par la trace."},
};

const Row& row_of(ProblemKind kind) {
  const Row& row = kTable[static_cast<std::size_t>(kind)];
  GUICHET_INVARIANT(row.kind == kind);
  return row;
}

std::string_view place_name(ProblemKind kind) {
  if (kind == ProblemKind::bad_parameters) return "parameter";
  if (kind == ProblemKind::bad_header) return "header";
  return "pointer";
}

}  // namespace

std::string retry_after(std::chrono::seconds least) {
  thread_local std::minstd_rand random{std::random_device{}()};
  const unsigned more = std::uniform_int_distribution<unsigned>{0, kRetrySpread}(random);
  return std::to_string(least.count() + more);
}

std::string type_of(ProblemKind kind) {
  return std::string(kTypes) + std::string(row_of(kind).name);
}

unsigned status_of(ProblemKind kind) {
  return row_of(kind).status;
}

Response to_response(const Problem& problem, Language language, std::string_view trace) {
  const Row& row = row_of(problem.kind);
  const bool french = language == Language::fr;
  JsonOut out;
  out.begin_object();
  out.field("type", type_of(problem.kind));
  out.field("title", french ? row.title_fr : row.title_en);
  out.key("status").number(row.status);
  out.field("detail", problem.detail ? std::string_view(problem.detail->in(language))
                                     : (french ? row.detail_fr : row.detail_en));
  if (!problem.errors.empty()) {
    out.key("errors").begin_array();
    for (const FieldError& error : problem.errors)
      out.begin_object()
          .field(place_name(problem.kind), error.place)
          .field("detail", error.detail.in(language))
          .end_object();
    out.end_array();
  }
  if (!trace.empty()) out.field("trace", trace);
  out.end_object();

  Response response;
  response.status = row.status;
  response.body = std::move(out).take();
  response.content_type = "application/problem+json";
  response.set("Content-Language", std::string(to_string(language)));
  if (row.status == 503) response.set("Retry-After", retry_after(kRetryLeast));
  return response;
}

}  // namespace guichet::http
