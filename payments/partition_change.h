#pragma once

#include <memory>

#include "eventlog/processor.h"
#include "guichet/v1/payments.pb.h"

namespace guichet::payments {

/// The id of a control: <run>/<act>/<partition>.
std::string control_id(const v1::RunControl& control);

/// Takes a message to the owner of a partition: a task of a run, which waits for its turn, or a
/// stop. `before` is null where the partition has no state yet.
eventlog::Step take_control(const v1::AccountState* before, const eventlog::Record& input);

/// Lays a stop, or lifts one: that of the same scope and value. False: nothing changed.
bool lay_stop(google::protobuf::RepeatedPtrField<v1::PaymentStop>& stops,
              const v1::PaymentStop& stop, const eventlog::Record& input, int most);

}  // namespace guichet::payments
