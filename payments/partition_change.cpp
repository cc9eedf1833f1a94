#include "payments/partition_change.h"

#include <algorithm>
#include <utility>

#include "payments/account_processor.h"
#include "payments/refuse.h"

namespace guichet::payments {
namespace {

const char* name_of(v1::RunControl::Act act) {
  switch (act) {
    case v1::RunControl::FREEZE:
      return "freeze";
    case v1::RunControl::RELEASE:
      return "release";
    case v1::RunControl::CANCEL:
      return "cancel";
    default:
      return "nothing";
  }
}

bool is_known(const v1::AccountsPartition& partition, const std::string& id) {
  return std::ranges::find(partition.done(), id) != partition.done().end() ||
         std::ranges::any_of(partition.tasks(), [&](const v1::PartitionTask& task) {
           return control_id(task.control()) == id;
         });
}

eventlog::Step refuse(const eventlog::Record& input, std::string failure_class, std::string text) {
  return {.state = nullptr, .outputs = {refused(input, std::move(failure_class), std::move(text))}};
}

}  // namespace

std::string control_id(const v1::RunControl& control) {
  return control.run_id() + "/" + name_of(control.act()) + "/" +
         std::to_string(control.partition());
}

bool lay_stop(google::protobuf::RepeatedPtrField<v1::PaymentStop>& stops,
              const v1::PaymentStop& stop, const eventlog::Record& input, int most) {
  const auto known = std::ranges::find_if(stops, [&](const v1::PaymentStop& other) {
    return other.scope() == stop.scope() && other.value() == stop.value();
  });
  if (stop.lift()) {
    if (known == stops.end()) return false;
    stops.erase(known);
    return true;
  }
  if (known != stops.end() || stops.size() >= most) return false;
  v1::PaymentStop& laid = *stops.Add();
  laid = stop;
  *laid.mutable_laid_by() = input.header.actor();
  laid.set_at_us(input.header.recorded_at_us());
  return true;
}

eventlog::Step take_control(const v1::AccountState* before, const eventlog::Record& input) {
  v1::PartitionMessage message;
  if (!message.ParseFromString(input.payload) ||
      message.of_case() == v1::PartitionMessage::OF_NOT_SET)
    return refuse(input, "undecodable", "the payload is no message to the owner of a partition");
  if (before != nullptr && before->has_client())
    return refuse(input, "not_a_partition", "the key is that of a client");
  auto state = before != nullptr ? std::make_shared<v1::AccountState>(*before)
                                 : std::make_shared<v1::AccountState>();
  v1::AccountsPartition& partition = *state->mutable_partition();
  partition.set_partition(input.partition);
  if (message.has_stop()) {
    const v1::PaymentStop& stop = message.stop();
    if (!stop.lift() && partition.stops_size() >= kMaxStops)
      return refuse(input, "too_many_stops",
                    "there are at most " + std::to_string(kMaxStops) + " stops");
    if (!lay_stop(*partition.mutable_stops(), stop, input, kMaxStops)) return {};
    return {.state = std::move(state), .outputs = {}};
  }
  const v1::RunControl& control = message.run();
  if (control.act() == v1::RunControl::ACT_UNSPECIFIED || control.run_id().empty())
    return refuse(input, "unknown_control", "not an act of a run");
  if (is_known(partition, control_id(control))) return {};
  if (partition.tasks_size() >= kMaxTasks)
    return refuse(input, "too_many_tasks",
                  "at most " + std::to_string(kMaxTasks) + " runs can wait in a partition");
  v1::PartitionTask& task = *partition.add_tasks();
  *task.mutable_control() = control;
  *task.mutable_cause() = input.header;
  return {.state = std::move(state), .outputs = {}};
}

}  // namespace guichet::payments
