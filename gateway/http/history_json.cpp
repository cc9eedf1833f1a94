#include "gateway/http/history_json.h"

#include <array>
#include <cstdio>

#include "gateway/cases/change.h"
#include "gateway/cases/merge.h"
#include "gateway/http/json_out.h"

namespace guichet::http {
namespace {

void write_trace(JsonOut& out, const v1::CaseStep& step) {
  if (step.trace_high() == 0 && step.trace_low() == 0) return;
  std::array<char, 33> hex{};
  std::snprintf(hex.data(), hex.size(), "%016llx%016llx",
                static_cast<unsigned long long>(step.trace_high()),
                static_cast<unsigned long long>(step.trace_low()));
  out.field("trace", std::string_view(hex.data(), 32));
}

void write_actor(JsonOut& out, const v1::Actor& actor) {
  out.key("actor").begin_object().field("name", actor.subject());
  out.key("roles").begin_array();
  for (const std::string& role : actor.roles()) out.text(role);
  out.end_array();
  if (!actor.desk().empty()) out.field("desk", actor.desk());
  if (!actor.on_behalf_of().empty()) out.field("on_behalf_of", actor.on_behalf_of());
  out.end_object();
}

void write_step(JsonOut& out, const v1::CaseStep& step, const v1::Actor& actor,
                std::uint32_t sequence) {
  out.begin_object();
  out.key("sequence").number(sequence);
  out.field("at", guichet::to_string(from_micros(step.at_us())));
  out.field("type", cases::event_name(step.kind()));
  out.key("submission").number(step.submission());
  out.key("revision").number(step.revision());
  out.field("case_status",
            step.kind() == v1::CaseStep::HELD ? "held" : cases::to_string(step.status()));
  if (!step.program().empty()) out.field("program", step.program());
  if (step.lines_size() > 0) {
    out.key("lines").begin_array();
    for (const v1::StepLine& line : step.lines())
      out.begin_object()
          .field("beneficiary", line.beneficiary())
          .field("status", line.status())
          .end_object();
    out.end_array();
  }
  write_actor(out, actor);
  write_trace(out, step);
  out.end_object();
}

}  // namespace

std::string history_json(const v1::CaseState& state) {
  JsonOut out;
  out.begin_object().key("items").begin_array();
  std::uint32_t sequence = state.event_sequence() - static_cast<std::uint32_t>(state.steps_size());
  const v1::Actor* actor = &v1::Actor::default_instance();
  for (const v1::CaseStep& step : state.steps()) {
    if (step.has_actor()) actor = &step.actor();
    write_step(out, step, *actor, ++sequence);
  }
  out.end_array().key("next").null().end_object();
  return std::move(out).take();
}

}  // namespace guichet::http
