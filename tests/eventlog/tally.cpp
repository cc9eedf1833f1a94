#include "tests/eventlog/tally.h"

#include <algorithm>
#include <stdexcept>

namespace guichet::eventlog {

using test::Tally;

std::vector<topics::Topic> tally_topics() {
  return {{kInbox}, {kTallies, true}, {kRequests}, {kEvents}, {std::string(topics::kDeadLetters)}};
}

TallyProcessor::TallyProcessor(std::shared_ptr<TallyFaults> faults) : faults_(std::move(faults)) {}

State TallyProcessor::parse(std::string_view bytes) const {
  auto tally = std::make_shared<Tally>();
  if (!tally->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    throw std::runtime_error("not a tally");
  }
  return tally;
}

Step TallyProcessor::handle(const State& before, const Record& input) const {
  auto tally = std::make_shared<Tally>();
  if (before) tally->CheckTypeAndMergeFrom(*before);
  return take(std::move(tally), input);
}

Step TallyProcessor::handle_in_place(const OwnState& before, const Record& input) const {
  return take(std::static_pointer_cast<Tally>(before), input);
}

Step TallyProcessor::take(std::shared_ptr<Tally> tally, const Record& input) const {
  if (faults_ && faults_->broken && input.payload == "boom") {
    tally->Clear();  // a fault may leave anything behind
    throw std::runtime_error("boom");
  }
  tally->set_held(false);
  const std::string& key = input.header.key();
  const std::string& id = input.header.id();
  if (input.header.kind() == v1::KIND_TICK) {
    if (tally->wake_at_us() == 0 || id != key + "/tick/" + std::to_string(tally->wake_at_us())) {
      return {};  // a repeat, or overtaken
    }
    tally->set_wake_at_us(0);
  } else {
    if (std::ranges::find(tally->handled(), id) != tally->handled().end()) return {};
    tally->add_handled(id);
  }
  tally->set_sequence(tally->sequence() + 1);
  if (id.ends_with("w")) tally->set_wake_at_us(input.header.recorded_at_us() + kTallyWait);

  Step step;
  const std::string sequence = std::to_string(tally->sequence());
  step.outputs.push_back({.topic = kEvents,
                          .key = key,
                          .id = key + "/e" + sequence,
                          .kind = v1::KIND_CASE_EVENT,
                          .payload = id});
  if (input.header.kind() == v1::KIND_SUBMIT_APPLICATION) {
    step.outputs.push_back({.topic = kRequests,
                            .key = key,
                            .id = id + "/request",
                            .kind = v1::KIND_DETERMINATION_REQUEST,
                            .payload = sequence});
  }
  step.state = std::move(tally);
  return step;
}

Step TallyProcessor::hold(const State& before, const Record& input,
                          const v1::DeadLetter& why) const {
  if (faults_ && faults_->hold_broken) throw std::runtime_error("hold fails too");
  auto tally = std::make_shared<Tally>();
  if (before) tally->CheckTypeAndMergeFrom(*before);
  tally->set_held(true);
  Step step;
  step.outputs.push_back({.topic = kEvents,
                          .key = input.header.key(),
                          .id = why.id() + "/held",
                          .kind = v1::KIND_CASE_EVENT,
                          .payload = "held"});
  step.state = std::move(tally);
  return step;
}

std::optional<Instant> TallyProcessor::wake_at(const google::protobuf::MessageLite& state) const {
  const auto& tally = static_cast<const Tally&>(state);
  if (tally.wake_at_us() == 0) return std::nullopt;
  return from_micros(tally.wake_at_us());
}

Output TallyProcessor::tick(std::string_view key, const google::protobuf::MessageLite&,
                            Instant wake_at) const {
  return {.topic = kInbox,
          .key = std::string(key),
          .id = std::string(key) + "/tick/" + std::to_string(to_micros(wake_at)),
          .kind = v1::KIND_TICK,
          .payload = {}};
}

std::vector<Output> Answerer::handle(const Record& input) {
  return {{.topic = kInbox,
           .key = input.header.key(),
           .id = input.header.id() + "/answer",
           .kind = v1::KIND_DETERMINATION,
           .payload = input.payload}};
}

std::vector<Stage> tally_stages(std::shared_ptr<TallyFaults> faults) {
  return {KeyedStage{.group = "tally",
                     .inbox = kInbox,
                     .state_topic = kTallies,
                     .processor = std::make_shared<TallyProcessor>(std::move(faults))},
          PlainStage{
              .group = "answerer", .inputs = {kRequests}, .handler = std::make_shared<Answerer>()}};
}

Record command(const std::string& key, const std::string& id, const std::string& payload) {
  Record made;
  made.topic = kInbox;
  made.header.set_key(key);
  made.header.set_id(id);
  made.header.set_kind(v1::KIND_SUBMIT_APPLICATION);
  made.header.set_tenant("default");
  made.header.set_recorded_at_us(kTallyStart);
  made.payload = payload;
  return made;
}

}  // namespace guichet::eventlog
