// guichet audit search | verify: who looked at what, and whether the trail is whole.

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "gateway/audit/chain.h"
#include "gateway/cli/audit_words.h"
#include "gateway/cli/client_session.h"
#include "gateway/cli/command.h"
#include "gateway/cli/json_access.h"
#include "gateway/cli/table.h"
#include "gateway/cli/terminal.h"
#include "gateway/identity/base64url.h"

namespace guichet::cli {
namespace {

namespace json = boost::json;

struct Filter {
  const char* name;  // of the option and of the query
  const char* meaning;
  std::string value;
};

struct AuditOptions {
  ClientOptions client;
  std::vector<Filter> filters = {
      {"application", "only about this application, by its id", ""},
      {"client", "only about this client, by the id that cases show", ""},
      {"run", "only about this payment run", ""},
      {"actor", "only of this caller: the subject of their token", ""},
      {"call", "only of this call, such as read_application", ""},
      {"from", "from this day (2026-01-31) or instant (2026-01-31T14:00:00Z) on", ""},
  };
  std::string heads;
};

/// Gives every entry that fits to `take`, page after page.
template <class Take>
void read_all(ClientSession& session, const AuditOptions& options, Take take) {
  std::string query = "?limit=500";
  std::string from;
  for (const Filter& filter : options.filters) {
    if (std::string_view(filter.name) == "from")
      from = filter.value;
    else if (!filter.value.empty())
      query += std::string("&") + filter.name + "=" + percent_encoded(filter.value);
  }
  do {
    const std::string start = from.empty() ? "" : "&from=" + percent_encoded(from);
    const HttpResponse answer = session.call({"GET", "/v1/audit" + query + start, {}, {}});
    const json::value page = json::parse(answer.body);
    for (const json::value& entry : items(at(page, "items"))) take(entry);
    from = text_at(page, "next");
  } while (!from.empty());
}

std::string joined(const json::value& entry, const char* name) {
  std::string text;
  for (const json::value& id : items(at(entry, name)))
    text += (text.empty() ? "" : ", ") + text_of(id);
  return text;
}

/// Of whom an entry tells, as a person reads it.
std::string about(const json::value& entry) {
  std::string text;
  for (const char* name : {"applications", "clients", "runs"}) {
    const std::string ids = joined(entry, name);
    if (!ids.empty()) text += (text.empty() ? "" : ", ") + ids;
  }
  return text;
}

std::string caller(const json::value& entry) {
  const json::value& actor = at(entry, "actor");
  std::string text = text_at(actor, "subject");
  const std::string desk = text_at(actor, "desk");
  return desk.empty() ? text : text + " (" + desk + ")";
}

int search(const AuditOptions& options) {
  ClientSession session(options.client);
  const AuditWords& words = audit_words(options.client.language);
  Table table({{std::string(words.at)},
               {std::string(words.who), Table::left, true},
               {std::string(words.call)},
               {std::string(words.status), Table::right},
               {std::string(words.about), Table::left, true}});
  std::size_t found = 0;
  read_all(session, options, [&](const json::value& entry) {
    ++found;
    if (options.client.json)
      std::cout << json::serialize(entry) << '\n';
    else
      table.row({text_at(entry, "at"), caller(entry), text_at(entry, "call"),
                 std::to_string(number_at(entry, "status")), about(entry)});
  });
  if (options.client.json) return kDone;
  if (found == 0)
    std::cout << words.none << '\n';
  else
    table.print(std::cout, terminal_width());
  return kDone;
}

/// "chain number digest" a line, the digest in base64url.
audit::Heads read_heads(const std::string& file, const AuditWords& words) {
  audit::Heads heads;
  if (file.empty() || !std::filesystem::exists(file)) return heads;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string chain, digest;
    audit::Head head;
    fields >> chain >> head.number >> digest;
    const auto bytes = identity::decode_base64url(digest);
    if (!fields || !bytes || bytes->size() != 32)
      throw CommandError(kRefused, "guichet: " + file + ": " + std::string(words.bad_heads));
    head.digest = *bytes;
    heads[chain] = std::move(head);
  }
  if (in.bad()) throw CommandError(kRefused, "guichet: " + file + ": cannot be read");
  return heads;
}

void write_heads(const std::string& file, const audit::Heads& heads) {
  const std::string fresh = file + ".new";
  std::ofstream out(fresh, std::ios::trunc);
  for (const auto& [chain, head] : heads)
    out << chain << ' ' << head.number << ' ' << identity::encode_base64url(head.digest) << '\n';
  out.close();
  std::error_code failed;
  if (out) std::filesystem::rename(fresh, file, failed);
  if (!out || failed) throw CommandError(kRefused, "guichet: " + file + ": cannot be written");
}

std::string_view fault_text(audit::ChainFault::Kind kind, const AuditWords& words) {
  switch (kind) {
    case audit::ChainFault::Kind::unreadable:
      return words.unreadable;
    case audit::ChainFault::Kind::missing:
      return words.missing;
    case audit::ChainFault::Kind::broken:
      return words.broken;
    case audit::ChainFault::Kind::changed:
      return words.changed;
    case audit::ChainFault::Kind::cut_short:
      return words.cut_short;
  }
  return {};
}

void print_report(const audit::ChainCheck& check, const AuditWords& words, bool as_json) {
  if (as_json) {
    json::array faults;
    for (const audit::ChainFault& fault : check.faults())
      faults.push_back(json::object{{"chain", fault.chain},
                                    {"number", fault.number},
                                    {"fault", std::string(fault_text(fault.kind, words))}});
    std::cout << json::serialize(json::object{{"entries", check.entries()},
                                              {"chains", check.heads().size()},
                                              {"fault_count", check.fault_count()},
                                              {"faults", faults}})
              << '\n';
    return;
  }
  std::cout << words.entries << ": " << check.entries() << '\n'
            << words.chains << ": " << check.heads().size() << '\n';
  for (const audit::ChainFault& fault : check.faults())
    std::cout << fault.chain << " " << fault.number << ": " << fault_text(fault.kind, words)
              << '\n';
  if (check.fault_count() == 0)
    std::cout << words.whole << '\n';
  else
    std::cout << words.faults << ": " << check.fault_count() << '\n';
}

int verify(const AuditOptions& options) {
  ClientSession session(options.client);
  const AuditWords& words = audit_words(options.client.language);
  audit::ChainCheck check(read_heads(options.heads, words));
  read_all(session, options, [&](const json::value& entry) {
    check.add(identity::decode_base64url(text_at(entry, "record")).value_or(""));
  });
  check.finish();
  print_report(check, words, options.client.json);
  if (check.fault_count() > 0) return kRefused;
  if (!options.heads.empty()) write_heads(options.heads, check.heads());
  return kDone;
}

}  // namespace

void add_audit(CLI::App& app, Run& run) {
  CLI::App* audit = app.add_subcommand(
      "audit", "Who looked at what and who did what: search the trail, check that it is whole");
  audit->require_subcommand(1);

  auto options = std::make_shared<AuditOptions>();
  CLI::App* search_command =
      audit->add_subcommand("search", "Print the entries that fit, oldest first");
  for (Filter& filter : options->filters)
    search_command->add_option(std::string("--") + filter.name, filter.value, filter.meaning);
  add_client_options(*search_command, options->client);
  search_command->footer(
      "Examples:\n"
      "  guichet audit search --client c_8f3a0000000000000000000000000000\n"
      "  guichet audit search --actor a.cormier --from 2026-01-31 --json");
  search_command->callback([options, &run] { run = [options] { return search(*options); }; });

  auto checked = std::make_shared<AuditOptions>();
  CLI::App* verify_command = audit->add_subcommand(
      "verify", "Check every chain of the trail: nothing changed, left out or put in");
  verify_command->add_option(
      "--heads", checked->heads,
      "a file with the last entries of an earlier check, kept elsewhere than the trail: they must "
      "still be there. Written anew when all is whole");
  add_client_options(*verify_command, checked->client);
  verify_command->footer("Example:\n  guichet audit verify --heads /mnt/elsewhere/audit-heads");
  verify_command->callback([checked, &run] { run = [checked] { return verify(*checked); }; });
}

}  // namespace guichet::cli
