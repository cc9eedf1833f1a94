#pragma once

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <string>

#include "adapters/answer.h"
#include "eventlog/record.h"
#include "guichet/v1/determination.pb.h"
#include "schemas/topics.h"

namespace guichet::testing {

inline constexpr const char* kRequest = "0197a2c0-0000-7000-8000-000000000001/1/nb-ctb";

/// A usable answer: 500.00 a year for the household, in two parts.
inline v1::Determination good_answer() {
  v1::Determination answer;
  answer.set_request_id(kRequest);
  answer.set_id(adapters::answer_id(kRequest, "77"));
  answer.set_application_id("0197a2c0-0000-7000-8000-000000000001");
  answer.set_submission(1);
  answer.set_program("nb-ctb");
  v1::DeterminationLine& line = *answer.add_lines();
  line.set_beneficiary("household");
  line.set_status(v1::ELIGIBLE);
  line.set_annual_amount_cents(50'000);
  for (int i = 0; i < 2; ++i) {
    v1::Entitlement& part = *line.add_entitlements();
    part.set_from(20'270 + 183 * i);
    part.set_to(20'270 + 183 * i + 182);
    part.set_due(20'290 + 183 * i);
    part.set_amount_cents(25'000);
  }
  return answer;
}

inline v1::Reason because() {
  v1::Reason reason;
  reason.mutable_text()->set_en("Because.");
  reason.mutable_text()->set_fr("Parce que.");
  return reason;
}

inline std::string json_of(const v1::Determination& answer) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(answer, &json, options).ok());
  return json;
}

/// The request that it answers, as it stands on `requests.nb-ctb`.
inline eventlog::Record request_record() {
  v1::DeterminationRequest request;
  request.set_request_id(kRequest);
  request.set_application_id(good_answer().application_id());
  request.set_submission(1);
  request.set_program("nb-ctb");
  request.set_program_version("sha256:nb-ctb");
  request.set_effective_date(20'454);
  request.set_requested_at_us(1'767'276'202'000'000);
  request.mutable_facts()->mutable_household()->add_adults()->set_role("applicant");
  eventlog::Record record;
  record.topic = topics::requests("nb-ctb");
  record.header.set_id(kRequest);
  record.header.set_key(request.application_id());
  record.header.set_kind(v1::KIND_DETERMINATION_REQUEST);
  record.header.set_recorded_at_us(request.requested_at_us());
  record.payload = request.SerializeAsString();
  return record;
}

}  // namespace guichet::testing
