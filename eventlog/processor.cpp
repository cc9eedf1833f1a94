#include "eventlog/processor.h"

namespace guichet::eventlog {

Step Processor::visit(google::protobuf::MessageLite&, const ScannedKey&) const {
  throw std::logic_error("this processor asks for no scan");
}

std::vector<Output> Processor::scan_ended(google::protobuf::MessageLite&) const {
  throw std::logic_error("this processor asks for no scan");
}

}  // namespace guichet::eventlog
