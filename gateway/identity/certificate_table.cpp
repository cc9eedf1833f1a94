#include "gateway/identity/certificate_table.h"

#include <algorithm>
#include <array>

#include "gateway/identity/access.h"
#include "gateway/identity/json.h"

namespace guichet::identity {
namespace {

constexpr std::size_t kMaxDepth = 4;
constexpr std::size_t kMaxItems = 64;
constexpr std::array<std::string_view, 4> kKinds = {"dns:", "uri:", "email:", "subject:"};
constexpr std::array<std::string_view, 6> kMembers = {"name", "subject",  "roles",
                                                      "desk", "programs", "governments"};

bool is_name(std::string_view name) {
  return name.size() <= kMaxCertificateNameBytes &&
         std::ranges::any_of(kKinds, [&](std::string_view kind) {
           return name.starts_with(kind) && name.size() > kind.size();
         });
}

bool take(const json_t* entry, const char* name, std::vector<std::string>& into) {
  auto texts = texts_of(entry, name, kMaxItems);
  if (!texts || !std::ranges::all_of(*texts, is_plain)) return false;
  into = std::move(*texts);
  return true;
}

/// What is wrong with the entry; empty: it was read.
std::string read_entry(json_t* entry, std::string& name, Principal& client) {
  if (!json_is_object(entry)) return "not an object";
  const char* member = nullptr;
  json_t* value = nullptr;
  json_object_foreach(entry, member, value) {
    if (std::ranges::count(kMembers, std::string_view(member)) == 0)
      return "knows name, subject, roles, desk, programs and governments, and nothing else";
  }
  const auto named = text_of(entry, "name");
  if (!named || !is_name(*named)) return "name must be dns:…, uri:…, email:… or subject:…";
  name = *named;
  const auto subject = text_of(entry, "subject");
  if (!subject || !is_plain(*subject)) return "subject must be who calls, in visible ASCII";
  client.subject = *subject;
  if (json_object_get(entry, "desk") != nullptr) {
    const auto desk = text_of(entry, "desk");
    if (!desk || (!desk->empty() && !is_plain(*desk))) return "desk must be visible ASCII";
    client.desk = *desk;
  }
  if (!take(entry, "roles", client.roles) || !std::ranges::all_of(client.roles, is_role))
    return "roles must be of the table of docs/access.md";
  if (!take(entry, "programs", client.programs)) return "programs must be ids of programs";
  if (!take(entry, "governments", client.governments)) return "governments must be as NB";
  client.known_by = KnownBy::certificate;
  return {};
}

}  // namespace

Result<CertificateTable> CertificateTable::read(std::string_view text) {
  const Json document = read_object(text, kMaxDepth);
  if (!document || json_object_size(document.get()) != 1 ||
      !json_is_array(json_object_get(document.get(), "clients")))
    return Failure{R"(not a table of clients; write {"clients": [{"name": "dns:…", …}]})"};
  const json_t* clients = json_object_get(document.get(), "clients");
  if (json_array_size(clients) > kMaxCertificateClients)
    return Failure{"has more than " + std::to_string(kMaxCertificateClients) + " clients"};
  CertificateTable table;
  for (std::size_t i = 0; i < json_array_size(clients); ++i) {
    std::string name;
    Principal client;
    std::string wrong = read_entry(json_array_get(clients, i), name, client);
    if (wrong.empty() && !table.clients_.emplace(name, std::move(client)).second)
      wrong = "its name stands twice";
    if (!wrong.empty()) return Failure{"clients[" + std::to_string(i) + "]: " + wrong};
  }
  return {boost::system::in_place_value, std::move(table)};
}

std::optional<Principal> CertificateTable::find(const Certificate& certificate) const {
  const Principal* found = nullptr;
  for (const std::string& name : certificate.names) {
    const auto at = clients_.find(name);
    if (at == clients_.end()) continue;
    if (found != nullptr && found != &at->second) return std::nullopt;
    found = &at->second;
  }
  if (found == nullptr) return std::nullopt;
  Principal principal = *found;
  principal.until = certificate.until;
  return principal;
}

}  // namespace guichet::identity
