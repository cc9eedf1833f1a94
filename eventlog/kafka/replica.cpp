#include "eventlog/kafka/replica.h"

#include <cstdio>
#include <cstdlib>

#include "eventlog/kafka/restore.h"

namespace guichet::eventlog::kafka {
namespace {

constexpr std::size_t kReadConnections = 4;

}  // namespace

Replica::Replica(const Cluster& cluster, const std::filesystem::path& file,
                 const std::vector<std::string>& topics, std::unique_ptr<Projection> projection,
                 Applied applied)
    : cache_(file),
      projection_(std::move(projection)),
      applied_(std::move(applied)),
      readers_(file, kReadConnections) {
  const std::vector<Place> places = places_of(topics, cluster.partitions);
  GoingOn going_on = go_on(cluster, cache_, places);
  if (prepare_projection(going_on.anew))
    for (auto& [place, next] : going_on.from) {  // everything is read, and applied, again
      cache_.forget(place.first, place.second);
      next = 0;
    }
  for (const std::string& topic : topics)
    next_.emplace(topic, std::vector<std::atomic<std::uint64_t>>(cluster.partitions));
  // The end of all that was written, not only of what readers see now: an answer may already have
  // been given for a transaction whose last marker is under way.
  ends_ = std::move(going_on.ends);
  behind_ = ends_.size();
  advance(going_on.from);
  follower_ = std::make_unique<Follower>(
      cluster, going_on.from,
      [this](std::vector<Record> records, const auto& next) { apply(std::move(records), next); });
}

/// True: its tables are new, and empty.
bool Replica::prepare_projection(bool anew) {
  if (projection_ == nullptr) return anew;
  Connection& connection = cache_.connection();
  connection.execute("CREATE TABLE IF NOT EXISTS projection(version TEXT)");
  SQLite::Statement& query = connection.statement("SELECT version FROM projection");
  const bool same = query.executeStep() && query.getColumn(0).getString() == projection_->version();
  query.reset();
  if (same && !anew) return false;
  projection_->create(connection);
  connection.execute("DELETE FROM projection");
  SQLite::Statement& write = connection.statement("INSERT INTO projection VALUES(?)");
  write.bind(1, projection_->version());
  write.exec();
  return true;
}

void Replica::apply(std::vector<Record> records, const Places& next) {
  try {
    if (!records.empty()) cache_.apply(records, next, projection_.get());
  } catch (const SQLite::Exception& failure) {
    // The topic is the truth and this file a copy; without it nothing can be read here.
    std::fprintf(stderr, "guichet: the copy of states cannot be written: %s\n", failure.what());
    std::abort();
  }
  advance(next);
  if (!records.empty()) applied_(records);
}

void Replica::advance(const Places& next) {
  for (const auto& [place, offset] : next) {
    next_.find(place.first)->second[place.second] = offset;
    const auto end = ends_.find(place);
    if (end != ends_.end() && offset >= end->second) ends_.erase(end);
  }
  behind_ = ends_.size();
}

bool Replica::applied(std::string_view topic, std::uint32_t partition,
                      std::uint64_t position) const {
  const auto found = next_.find(topic);
  return found != next_.end() && partition < found->second.size() &&
         found->second[partition] > position;
}

std::optional<Record> Replica::latest(std::string_view topic, std::string_view key) const {
  ReadPool::Lease connection = readers_.lease();
  return latest_in(*connection, topic, key);
}

}  // namespace guichet::eventlog::kafka
