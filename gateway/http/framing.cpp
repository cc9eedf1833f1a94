#include "gateway/http/framing.h"

#include <algorithm>
#include <array>
#include <string>

#include "gateway/http/request.h"

namespace guichet::http {
namespace {

constexpr std::size_t kMaxLengthDigits = 9;

// Fields that change what a request means: two of them would let two readers choose differently.
constexpr std::array<std::string_view, 13> kOnceOnly = {
    "host",     "content-length", "content-type",     "authorization", "idempotency-key",
    "if-match", "guichet-actor",  "guichet-after",    "traceparent",   "last-event-id",
    "origin",   "expect",         "transfer-encoding"};

// Which rule a header breaks, in both languages.
struct Rule {
  std::string_view en;
  std::string_view fr;
};

constexpr Rule kFine{};
constexpr Rule kNoRequestLine{"The request line is not one.",
                              "La ligne de requête n’en est pas une."};
constexpr Rule kNoMethod{"The method is not a token.", "La méthode n’est pas un jeton."};
constexpr Rule kVersion{"Only HTTP/1.1 is spoken here.", "Seul HTTP/1.1 est parlé ici."};
constexpr Rule kConnect{"There is no tunnel here.", "Il n’y a pas de tunnel ici."};
constexpr Rule kTarget{
    "The target must be a path that starts with /, in ASCII, without a fragment.",
    "La cible doit être un chemin qui commence par /, en ASCII, sans fragment."};
constexpr Rule kUnended{"A line does not end.", "Une ligne ne se termine pas."};
constexpr Rule kCharacter{
    "There is a bare line feed, carriage return, or character outside ASCII in the header.",
    "Il y a un saut de ligne, un retour de chariot ou un caractère hors ASCII dans l’en-tête."};
constexpr Rule kFolded{"A header line is folded.", "Une ligne d’en-tête est pliée."};
constexpr Rule kName{"A header field has a name that is not a token.",
                     "Un champ d’en-tête a un nom qui n’est pas un jeton."};
constexpr Rule kUnderscore{
    "A header field has a name that some readers take for another, for its underscore.",
    "Un champ d’en-tête a un nom que certains prennent pour un autre, à cause du trait de "
    "soulignement."};
constexpr Rule kTwice{"A header field that may stand only once stands twice.",
                      "Un champ d’en-tête qui ne peut figurer qu’une fois figure deux fois."};
constexpr Rule kUpgrade{"Upgrade is not taken.", "Upgrade n’est pas accepté."};
constexpr Rule kHost{"There must be exactly one Host, and it must name one.",
                     "Il doit y avoir exactement un Host, et il doit en nommer un."};
constexpr Rule kLength{"Content-Length must be one to nine digits, once.",
                       "Content-Length doit avoir de un à neuf chiffres, une seule fois."};
constexpr Rule kTrailing{"There are bytes behind the header.",
                         "Il y a des octets après l’en-tête."};
constexpr Rule kBody{"This method has no body.", "Cette méthode n’a pas de corps."};
constexpr Rule kEncoding{"Send the body with Content-Length, without Transfer-Encoding.",
                         "Envoyez le corps avec Content-Length, sans Transfer-Encoding."};
constexpr Rule kExpect{"The only expectation that is met here is 100-continue.",
                       "La seule attente à laquelle on répond ici est 100-continue."};
constexpr Rule kFields{"There are too many header fields.", "Il y a trop de champs d’en-tête."};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_printed(char c) {
  return c >= 0x20 && c < 0x7F;
}

bool is_made_of(std::string_view text, std::string_view marks) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           marks.find(c) != std::string_view::npos;
  });
}

bool is_token(std::string_view text) {
  return !text.empty() && is_made_of(text, "!#$%&'*+-.^_`|~");
}

// A name, an IPv4 address or an IPv6 one in brackets, and perhaps a port.
bool is_host(std::string_view text) {
  if (text.size() > 255) return false;
  const bool bracketed = text.starts_with('[');
  const std::size_t end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return false;
  const std::string_view name = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  std::string_view port = text.substr(bracketed ? end + 1 : end);
  if (name.empty() || !is_made_of(name, bracketed ? ":." : "-._~")) return false;
  if (port.empty()) return true;
  if (!port.starts_with(':')) return false;
  port.remove_prefix(1);
  return !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit);
}

bool is_bodyless(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "DELETE" ||
         method == "TRACE";
}

// Readers that stand on CGI's variables make HTTP_CONTENT_LENGTH of both Content-Length and
// Content_Length.
bool is_taken_for(std::string_view name, std::string_view other) {
  if (name.size() != other.size() || name.find('_') == std::string_view::npos) return false;
  std::string written(name);
  std::replace(written.begin(), written.end(), '_', '-');
  return same_name(written, other);
}

struct RequestLine {
  std::string_view method;
  Rule broken = kFine;
};

RequestLine check_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) return {{}, kNoRequestLine};
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!is_token(method)) return {{}, kNoMethod};
  if (line.substr(last + 1) != "HTTP/1.1") return {method, kVersion};
  if (method == "CONNECT") return {method, kConnect};
  if (!target.starts_with('/') || target.find_first_of(" \t#") != std::string_view::npos)
    return {method, kTarget};
  return {method, kFine};
}

bool lists(std::string_view value, std::string_view token) {
  while (!value.empty()) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (same_name(trimmed(value.substr(0, comma)), token)) return true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return false;
}

}  // namespace

std::variant<Framing, FramingRefusal> check_framing(std::string_view header,
                                                    std::size_t most_fields) {
  const auto refuse = [](ProblemKind kind, const Rule& rule) {
    return FramingRefusal{kind, rule.en, rule.fr};
  };
  const auto bad = [&](const Rule& rule) { return refuse(ProblemKind::bad_request, rule); };
  Framing framing;
  std::string_view method;
  std::size_t fields = 0;
  bool first_line = true;
  bool has_length = false;
  std::array<unsigned, kOnceOnly.size()> seen{};

  while (true) {
    const std::size_t end = header.find("\r\n");
    if (end == std::string_view::npos) return bad(kUnended);
    const std::string_view line = header.substr(0, end);
    header.remove_prefix(end + 2);
    if (!std::all_of(line.begin(), line.end(), [](char c) { return is_printed(c) || c == '\t'; }))
      return bad(kCharacter);

    if (first_line) {
      const RequestLine request = check_request_line(line);
      if (!request.broken.en.empty()) return bad(request.broken);
      method = request.method;
      first_line = false;
      continue;
    }
    if (line.empty()) break;
    if (line.front() == ' ' || line.front() == '\t') return bad(kFolded);
    if (++fields > most_fields) return refuse(ProblemKind::header_too_large, kFields);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return bad(kName);
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));

    if (same_name(name, "transfer-encoding"))
      return refuse(ProblemKind::length_required, kEncoding);
    for (std::size_t i = 0; i < kOnceOnly.size(); ++i) {
      if (same_name(name, kOnceOnly[i]) && ++seen[i] > 1) return bad(kTwice);
      if (is_taken_for(name, kOnceOnly[i])) return bad(kUnderscore);
    }
    if (same_name(name, "upgrade")) return bad(kUpgrade);
    if (same_name(name, "host") && !is_host(value)) return bad(kHost);
    if (same_name(name, "connection") && lists(value, "close")) framing.close = true;
    if (same_name(name, "content-length")) {
      if (value.empty() || value.size() > kMaxLengthDigits ||
          !std::all_of(value.begin(), value.end(), is_digit))
        return bad(kLength);
      for (char c : value) framing.body_bytes = framing.body_bytes * 10 + (c - '0');
      has_length = true;
    }
    if (same_name(name, "expect")) {
      if (!same_name(value, "100-continue"))
        return refuse(ProblemKind::expectation_failed, kExpect);
      framing.expects_continue = true;
    }
  }
  if (!header.empty()) return bad(kTrailing);
  if (seen[0] != 1) return bad(kHost);
  if (has_length && framing.body_bytes > 0 && is_bodyless(method)) return bad(kBody);
  return framing;
}

std::string_view raw_field(std::string_view header, std::string_view name) {
  for (std::size_t at = header.find('\n'); at != std::string_view::npos; at = header.find('\n')) {
    header.remove_prefix(at + 1);
    const std::string_view line = header.substr(0, header.find_first_of("\r\n"));
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && same_name(line.substr(0, colon), name))
      return trimmed(line.substr(colon + 1));
  }
  return {};
}

}  // namespace guichet::http
