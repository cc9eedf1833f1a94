// schemas/asyncapi.json has every field of an event, and no other.

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "guichet/v1/events.pb.h"

namespace guichet {
namespace {

using testing::ElementsAreArray;

std::vector<std::string> names(const google::protobuf::Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.push_back(message.field(i)->name());
  return names;
}

std::vector<std::string> properties(std::string_view schema) {
  std::ifstream in(GUICHET_SOURCE_DIR "/schemas/asyncapi.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::vector<std::string> names;
  const boost::json::value document = boost::json::parse(text);
  const auto& of_schema =
      document.at("components").at("schemas").at(schema).at("properties").as_object();
  for (const auto& [name, property] : of_schema) names.emplace_back(name);
  return names;
}

TEST(AsyncApi, HasEveryFieldOfAnEvent) {
  EXPECT_THAT(properties("CaseEvent"), ElementsAreArray(names(*v1::CaseEvent::descriptor())));
  EXPECT_THAT(properties("ProgramLine"), ElementsAreArray(names(*v1::EventProgram::descriptor())));
}

}  // namespace
}  // namespace guichet
