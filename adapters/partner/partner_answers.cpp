#include "adapters/partner/partner_answers.h"

#include <string>
#include <string_view>
#include <utility>

#include "adapters/answer.h"
#include "adapters/outside_answer.h"
#include "eventlog/dead_letter.h"
#include "schemas/determination_json.h"
#include "schemas/topics.h"

namespace guichet::adapters {
namespace {

constexpr const char* kPlace = "adapters/partner";

/// What a partner's developer should know of a message that is no protobuf of a determination.
std::string why_undecodable(std::string_view payload) {
  const auto json = determination_from_json(payload);
  if (json)
    return "it is a determination in JSON, but the message's header content-type: application/json "
           "is not there";
  const std::size_t first = payload.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && payload[first] == '{') return json.error().message;
  return "it is not a guichet.v1.Determination: protobuf, or JSON with the header content-type: "
         "application/json";
}

}  // namespace

std::vector<eventlog::Output> PartnerAnswers::handle(const eventlog::Record& input) {
  const std::string program(topics::program_of_determinations(input.topic));
  const auto refuse = [&](const char* failure_class, std::string text) {
    return std::vector{eventlog::dead_letter(input, {.failure_class = failure_class,
                                                     .place = kPlace,
                                                     .text = std::move(text),
                                                     .program = program})};
  };
  if (input.header.kind() != v1::KIND_UNCHECKED_DETERMINATION || program.empty())
    return refuse("unknown_kind", "only answers of programs are taken here");
  if (input.payload.size() > kMaxDeterminationBytes)
    return refuse("undecodable",
                  "it is larger than " + std::to_string(kMaxDeterminationBytes) + " bytes");
  v1::Determination answer;
  if (!answer.ParseFromString(input.payload))
    return refuse("undecodable", why_undecodable(input.payload));
  const auto checked = checked_answer(std::move(answer), program, {});
  if (!checked) return refuse("unusable_answer", checked.error().message);
  return {answer_record(*checked)};
}

}  // namespace guichet::adapters
