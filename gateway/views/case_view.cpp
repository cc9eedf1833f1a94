#include "gateway/views/case_view.h"

#include "eventlog/key_snapshot.h"

namespace guichet::views {

std::optional<CaseView> case_of(const eventlog::Record& record) {
  const auto key = eventlog::snapshot_of(record, v1::CaseState::default_instance());
  if (!key) return std::nullopt;
  return CaseView{.state = std::static_pointer_cast<const v1::CaseState>(key->state),
                  .held = key->held,
                  .version = key->version,
                  .partition = record.partition,
                  .position = record.position};
}

}  // namespace guichet::views
