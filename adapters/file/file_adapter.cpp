#include "adapters/file/file_adapter.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "adapters/file/exchange_folder.h"
#include "adapters/request.h"
#include "eventlog/dead_letter.h"

namespace guichet::adapters {
namespace {

constexpr const char* kPlace = "adapters/file";

std::string json_of(const v1::DeterminationRequest& request) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;  // a zero income is an income
  options.preserve_proto_field_names = true;
  std::string json;
  const auto printed = google::protobuf::util::MessageToJsonString(request, &json, options);
  if (!printed.ok()) throw std::runtime_error("a request could not be written as JSON");
  return json;
}

}  // namespace

FileAdapter::FileAdapter(std::filesystem::path exchange) : exchange_(std::move(exchange)) {}

std::vector<eventlog::Output> FileAdapter::determine(const eventlog::Record& record) {
  const auto request = read_request(record);
  if (!request)
    return {eventlog::dead_letter(record, {.failure_class = "undecodable",
                                           .place = kPlace,
                                           .text = request.error().message,
                                           .program = {}})};
  std::string name = request->request_id();
  std::ranges::replace(name, '/', '_');
  try {
    ExchangeFolder(exchange_, request->program(), "requests")
        .write(name + ".json", json_of(*request));
  } catch (const std::system_error& error) {
    throw eventlog::TryAgainLater(std::string("the exchange folder: ") + error.what());
  }
  return {};
}

std::vector<eventlog::Output> FileAdapter::pay(const eventlog::Record& instruction) {
  return {eventlog::dead_letter(instruction, {.failure_class = "not_paid_here",
                                              .place = kPlace,
                                              .text = "programs are not told by files to pay yet",
                                              .program = {}})};
}

}  // namespace guichet::adapters
