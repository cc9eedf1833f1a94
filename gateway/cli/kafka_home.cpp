#include <spdlog/spdlog.h>

#include "eventlog/kafka/kafka_log.h"
#include "eventlog/kafka/topics_admin.h"
#include "eventlog/sqlite/data_folder.h"
#include "eventlog/sqlite/projection.h"
#include "gateway/cli/data_folder.h"
#include "gateway/cli/home.h"
#include "gateway/cli/kafka_options.h"
#include "gateway/views/sqlite_views.h"
#include "schemas/topics.h"

namespace guichet::cli {
namespace {

/// Locks the folder for this process. It holds copies of what is on Kafka, and nothing else.
Result<std::shared_ptr<void>> lock_cache_folder(const std::filesystem::path& folder) {
  if (const auto made = make_data_folder(folder); !made) return made.error();
  auto locked = eventlog::DataFolder::lock(folder, eventlog::DataFolder::Missing::kMake);
  if (!locked) return locked.error();
  const auto has_log = locked->check();
  if (!has_log || *has_log)
    return Failure{folder.string() +
                   " holds an embedded log; on Kafka name another folder with --data DIR, or bring "
                   "it there with `guichet migrate`"};
  return std::shared_ptr<void>(std::make_shared<eventlog::DataFolder>(std::move(*locked)));
}

}  // namespace

Result<Home> open_kafka_home(const Settings& settings, const rules::Catalogue& catalogue) {
  Home home;
  auto folder = lock_cache_folder(settings.data);
  if (!folder) return folder.error();
  home.folder = std::move(*folder);
  auto instance = instance_name(settings.data);
  if (!instance) return instance.error();
  home.instance = *instance + ".";
  if (settings.roles.gateway) {
    auto secrets = http::open_secrets(settings.keys, http::FirstStart::no);
    if (!secrets) return secrets.error();
    home.secrets = std::move(*secrets);
  }
  if (std::string why = eventlog::why_not_as_declared(topics_options(settings.kafka),
                                                      topics::all(catalogue.ids()));
      !why.empty())
    return Failure{std::move(why)};

  eventlog::KafkaOptions options = log_options(settings.kafka);
  options.cache_folder = settings.data;
  if (settings.roles.gateway) {
    options.replicated = {std::string(topics::kCases), std::string(topics::kRuns),
                          std::string(topics::kAccounts)};
    options.projection = views::case_projection();
  }
  auto opened = eventlog::KafkaLog::open(std::move(options));
  eventlog::KafkaLog& log = *opened;
  home.log = std::move(opened);
  home.not_ready = [] { return std::string(); };
  if (settings.roles.gateway) {
    home.views = views::sqlite_views(log, log.readers(),
                                     [&log](std::uint32_t partition, std::uint64_t position) {
                                       return log.applied(topics::kCases, partition, position);
                                     });
    home.not_ready = [&log] {
      return std::string(log.caught_up() ? "" : "reading the cases that are there");
    };
  }
  spdlog::info("Kafka at {}, {} partitions, copies in {}, as {}", settings.kafka.brokers,
               settings.kafka.partitions, settings.data.string(), *instance);
  return home;
}

}  // namespace guichet::cli
