#include "gateway/http/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace guichet::http {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(const char* name, const char* help, MetricType type) {
  MetricFamily made;
  made.name = name;
  made.help = help;
  made.type = type;
  return made;
}

MetricFamily single(const char* name, const char* help, MetricType type, double value) {
  MetricFamily made = family(name, help, type);
  ClientMetric metric;
  (type == MetricType::Gauge ? metric.gauge.value : metric.counter.value) = value;
  made.metric.push_back(metric);
  return made;
}

std::string name_of(Route route) {
  return std::string(template_of(route));
}

}  // namespace

void Metrics::count(Route route, unsigned status, std::chrono::microseconds took) {
  OfRoute& of = routes_[static_cast<std::size_t>(route)];
  of.by_status[std::min<std::size_t>(status, kStatuses - 1)].fetch_add(1,
                                                                       std::memory_order_relaxed);
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bucket = std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin();
  of.by_time[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  of.total_us.fetch_add(static_cast<std::uint64_t>(took.count()), std::memory_order_relaxed);
}

std::string Metrics::text(const eventlog::LogStatistics& log, std::size_t waiting_requests) const {
  MetricFamily requests = family("guichet_http_requests_total",
                                 "Requests answered, by route and status.", MetricType::Counter);
  MetricFamily times = family("guichet_http_request_seconds",
                              "From the whole request to its response.", MetricType::Histogram);
  for (std::size_t i = 0; i < kRoutes; ++i) {
    const std::string route = name_of(static_cast<Route>(i));
    const OfRoute& of = routes_[i];
    std::uint64_t all = 0;
    for (std::size_t status = 0; status < kStatuses; ++status) {
      const std::uint64_t n = of.by_status[status].load(std::memory_order_relaxed);
      if (n == 0) continue;
      ClientMetric metric;
      metric.label = {{"route", route}, {"status", std::to_string(status)}};
      metric.counter.value = static_cast<double>(n);
      requests.metric.push_back(metric);
    }
    ClientMetric metric;
    metric.label = {{"route", route}};
    for (std::size_t b = 0; b <= kBounds.size(); ++b) {
      all += of.by_time[b].load(std::memory_order_relaxed);
      ClientMetric::Bucket bucket;
      bucket.cumulative_count = all;
      bucket.upper_bound =
          b < kBounds.size() ? kBounds[b] : std::numeric_limits<double>::infinity();
      metric.histogram.bucket.push_back(bucket);
    }
    metric.histogram.sample_count = all;
    metric.histogram.sample_sum =
        static_cast<double>(of.total_us.load(std::memory_order_relaxed)) / 1e6;
    if (all > 0) times.metric.push_back(metric);
  }
  const std::vector<MetricFamily> families = {
      requests,
      times,
      single("guichet_http_connections", "Connections open now.", MetricType::Gauge,
             static_cast<double>(connections)),
      single("guichet_http_connections_refused_total", "Connections turned away for want of room.",
             MetricType::Counter, static_cast<double>(connections_refused)),
      single("guichet_http_handshakes_failed_total",
             "Connections closed because their TLS handshake failed or took too long.",
             MetricType::Counter, static_cast<double>(handshakes_failed)),
      single("guichet_http_body_bytes", "Bytes of request bodies held now.", MetricType::Gauge,
             static_cast<double>(body_bytes)),
      single("guichet_http_streams", "Streams of server-sent events open now.", MetricType::Gauge,
             static_cast<double>(streams)),
      single("guichet_http_waiting_requests", "Requests that wait for a case.", MetricType::Gauge,
             static_cast<double>(waiting_requests)),
      single("guichet_log_commits_total", "Commits of the log.", MetricType::Counter,
             static_cast<double>(log.commits)),
      single("guichet_log_records_total", "Records written to the log.", MetricType::Counter,
             static_cast<double>(log.records)),
      single("guichet_log_bytes_total", "Bytes written to the log.", MetricType::Counter,
             static_cast<double>(log.bytes)),
      single("guichet_log_disk_full", "1 while nothing is taken for want of room on the disk.",
             MetricType::Gauge, log.disk_full ? 1 : 0),
      single("guichet_log_waiting_records", "Records that are not durable yet.", MetricType::Gauge,
             static_cast<double>(log.waiting_records)),
  };
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace guichet::http
