#include "payments/recount.h"

#include <algorithm>
#include <set>

#include "payments/entitled.h"

namespace guichet::payments {
namespace {

/// FNV-1a: the same in every build.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Recount::Client* Recount::find(const std::string& client_id) {
  return hash_of(client_id) % shares_ == share_ ? &clients_[client_id] : nullptr;
}

void Recount::add_posting(const v1::Posting& posting) {
  Client* client = find(posting.client_id());
  if (client == nullptr || posting.number() <= client->postings) return;
  client->postings = posting.number();
  for (const v1::LedgerEntry& entry : posting.entries()) {
    if (entry.account() != v1::LedgerEntry::CLIENT) continue;
    Sums& sums = client->by_postings[{entry.program(), entry.government(), entry.beneficiary()}];
    if (posting.why() == v1::Posting::ENTITLED)
      sums.entitled -= entry.amount_cents();
    else
      sums.instructed += entry.amount_cents();
  }
}

void Recount::add_set(const v1::EntitlementSet& set, const std::string& digest) {
  if (Client* client = find(set.client_id())) take_set(client->sets, set, digest);
}

void Recount::add_instruction(const v1::PaymentInstruction& instruction) {
  if (Client* client = find(instruction.client_id()))
    client->instructed[instruction.payment().id()] = instruction.payment();
}

void Recount::add_report(const std::string& client_id, const v1::PaymentReport& report) {
  Client* client = find(client_id);
  if (client == nullptr || report.accepted()) return;
  const auto payment = client->instructed.find(report.payment_id());
  if (payment != client->instructed.end() &&
      payment->second.amount_cents() == report.amount_cents())
    client->rejected[report.payment_id()] = true;
}

void Recount::add_account(const v1::ClientAccount& account, bool held) {
  Client* client = find(account.client_id());
  if (client == nullptr) return;
  ++accounts_;
  client->has_account = true;
  client->held = held;
  client->account_postings = account.postings();
  client->by_account.clear();
  for (const v1::AccountLine& line : account.lines())
    client->by_account[{line.program(), line.government(), line.beneficiary()}] = {
        line.entitled_cents(), line.instructed_cents()};
}

std::map<Recount::Line, Recount::Sums> Recount::by_records(const Client& client) {
  std::map<Line, Sums> sums;
  for (const Entitled& owed : entitled(client.sets))
    sums[{owed.program, owed.government, owed.beneficiary}].entitled = owed.total();
  for (const auto& [id, payment] : client.instructed) {
    if (client.rejected.contains(id)) continue;
    for (const v1::PaymentPart& part : payment.parts())
      sums[{part.program(), part.government(), part.beneficiary()}].instructed +=
          part.amount_cents();
  }
  return sums;
}

std::vector<Difference> Recount::differences() const {
  std::vector<Difference> all;
  for (const auto& [id, client] : clients_) {
    if (client.account_postings != client.postings)
      all.push_back({id, "", "", "postings", static_cast<std::int64_t>(client.account_postings),
                     static_cast<std::int64_t>(client.postings)});
    const std::map<Line, Sums> records = by_records(client);
    std::set<Line> lines;
    for (const auto* sums : {&client.by_postings, &client.by_account, &records})
      for (const auto& [line, of] : *sums) lines.insert(line);
    for (const Line& line : lines) {
      const auto at = [&](const std::map<Line, Sums>& sums) {
        const auto found = sums.find(line);
        return found == sums.end() ? Sums() : found->second;
      };
      const auto compare = [&](const char* what, std::int64_t in_account, std::int64_t by_log) {
        if (in_account != by_log)
          all.push_back({id, std::get<0>(line), std::get<2>(line), what, in_account, by_log});
      };
      const Sums account = at(client.by_account), postings = at(client.by_postings);
      compare("entitled_by_postings", account.entitled, postings.entitled);
      compare("instructed_by_postings", account.instructed, postings.instructed);
      if (client.held) continue;
      compare("entitled_by_sets", account.entitled, at(records).entitled);
      compare("instructed_by_instructions", account.instructed, at(records).instructed);
    }
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace guichet::payments
