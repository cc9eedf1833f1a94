#include "eventlog/sqlite/projection.h"
#include "eventlog/sqlite/sqlite_log.h"
#include "gateway/cli/data_folder.h"
#include "gateway/cli/home.h"
#include "gateway/cli/migrated_mark.h"
#include "gateway/views/sqlite_views.h"
#include "schemas/topics.h"

namespace guichet::cli {

Result<Home> open_embedded_home(const Settings& settings, const rules::Catalogue& catalogue) {
  if (const auto made = make_data_folder(settings.data); !made) return made.error();
  if (const auto here = check_not_migrated(settings.data); !here) return here.error();
  const bool first_start = !std::filesystem::exists(settings.data / "guichet.db");
  auto secrets =
      http::open_secrets(settings.keys, first_start ? http::FirstStart::yes : http::FirstStart::no);
  if (!secrets) return secrets.error();

  eventlog::SqliteOptions options;
  options.folder = settings.data;
  options.topics = topics::all(catalogue.ids());
  options.projection = views::case_projection();
  auto opened = eventlog::SqliteLog::open(std::move(options));
  if (!opened) return opened.error();
  eventlog::SqliteLog& log = **opened;

  Home home;
  home.log = std::move(*opened);
  // The tables are written in the log's own transactions: what the log shows, they show.
  home.views = views::sqlite_views(
      log, log.readers(), [&log](std::uint32_t partition, std::uint64_t position) {
        return !log.read(topics::kCases, partition, position, 1).empty();
      });
  home.secrets = std::move(*secrets);
  home.not_ready = [] { return std::string(); };
  return home;
}

}  // namespace guichet::cli
