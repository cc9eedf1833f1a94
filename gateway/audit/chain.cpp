#include "gateway/audit/chain.h"

#include <openssl/evp.h>

#include "guichet/v1/audit.pb.h"
#include "schemas/values/invariant.h"

namespace guichet::audit {

std::string digest_of(std::string_view entry) {
  std::string digest(32, '\0');
  GUICHET_INVARIANT(EVP_Digest(entry.data(), entry.size(),
                               reinterpret_cast<unsigned char*>(digest.data()), nullptr,
                               EVP_sha256(), nullptr) == 1);
  return digest;
}

void ChainCheck::add(std::string_view bytes) {
  ++entries_;
  v1::AuditEntry entry;
  if (!entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      entry.chain().empty() || entry.number() == 0)
    return fault(ChainFault::Kind::unreadable, entry.chain(), entry.number());
  std::string digest = digest_of(bytes);
  Head& head = heads_[entry.chain()];
  if (entry.number() != head.number + 1)
    fault(ChainFault::Kind::missing, entry.chain(), entry.number());
  else if (entry.previous() != head.digest)
    fault(ChainFault::Kind::broken, entry.chain(), entry.number());
  const auto before = before_.find(entry.chain());
  if (before != before_.end() && before->second.number == entry.number() &&
      before->second.digest != digest)
    fault(ChainFault::Kind::changed, entry.chain(), entry.number());
  head = {entry.number(), std::move(digest)};
}

void ChainCheck::finish() {
  for (const auto& [chain, before] : before_) {
    const auto head = heads_.find(chain);
    if (head == heads_.end() || head->second.number < before.number)
      fault(ChainFault::Kind::cut_short, chain, before.number);
  }
}

void ChainCheck::fault(ChainFault::Kind kind, std::string chain, std::uint64_t number) {
  ++fault_count_;
  if (faults_.size() < kMaxFaults) faults_.push_back({kind, std::move(chain), number});
}

}  // namespace guichet::audit
