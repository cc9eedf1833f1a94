#include "eventlog/migrate/source.h"

#include <limits>

namespace guichet::eventlog::migrating {
namespace {

constexpr std::size_t kRecordsPerRead = 256;

}  // namespace

Source::Source(std::unique_ptr<Store> store, const std::filesystem::path& file)
    : store_(std::move(store)),
      groups_(store_->groups()),
      connection_(file, Connection::Mode::kReadOnly) {}

Result<std::unique_ptr<Source>> Source::open(const DataFolder& folder) {
  auto store = open_store(folder.file(), {}, nullptr);
  if (!store) return store.error();
  // With one partition the order of a topic is one, and so is a group's place in it.
  if ((*store)->partitions() != 1)
    return Failure{folder.file().string() + ": has " + std::to_string((*store)->partitions()) +
                   " partitions; only the log of a `guichet serve` without Kafka, which has one, "
                   "can be brought to Kafka"};
  return std::unique_ptr<Source>(new Source(std::move(*store), folder.file()));
}

std::vector<GroupPosition> Source::groups_of(std::size_t topic) const {
  std::vector<GroupPosition> positions;
  for (const Move& move : groups_)
    if (move.topic == topic) positions.push_back({move.group, move.next});
  return positions;
}

void Source::for_each_batch(std::size_t topic,
                            const std::function<void(std::vector<Record>)>& call) {
  for (std::uint64_t from = 0;;) {
    std::vector<Record> records =
        read_records(connection_, topics()[topic], 0, from,
                     std::numeric_limits<std::int64_t>::max(), kRecordsPerRead);
    if (records.empty()) return;
    from = records.back().position + 1;
    call(std::move(records));
  }
}

}  // namespace guichet::eventlog::migrating
