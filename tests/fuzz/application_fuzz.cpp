// The body of POST /v1/applications: whatever comes, it is read whole or refused with reasons.

#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "gateway/http/application_in.h"
#include "tests/fuzz/check.h"
#include "tests/gateway/cases/fake_program.h"

namespace guichet::http {
namespace {

constexpr Instant kNow = Instant{std::chrono::microseconds{1'767'236'400'000'000}};

const rules::Catalogue& catalogue() {
  static const rules::Catalogue programs({std::make_shared<testing::FakeProgram>("ca-ccb"),
                                          std::make_shared<testing::FakeProgram>("nb-ctb")});
  return programs;
}

std::variant<ApplicationIn, Problem> read(std::string_view body) {
  static const Secrets secrets{std::string(kSecretBytes, 'i'), std::string(kSecretBytes, 'c')};
  return read_application(body, {catalogue(), secrets, "default", kNow});
}

/// A refusal says why, in both languages, and goes out as JSON.
void check_problem(const Problem& problem) {
  FUZZ_CHECK(problem.kind == ProblemKind::bad_fields ||
             problem.kind == ProblemKind::unreadable_json);
  FUZZ_CHECK(problem.kind != ProblemKind::bad_fields || !problem.errors.empty());
  for (const FieldError& error : problem.errors) {
    FUZZ_CHECK(error.place.starts_with('#'));
    FUZZ_CHECK(!error.detail.en.empty() && !error.detail.fr.empty());
  }
  for (const Language language : {Language::en, Language::fr}) {
    const Response response = to_response(problem, language, "trace");
    boost::json::error_code ec;
    boost::json::parse(response.body, ec);
    FUZZ_CHECK(response.status == 400 && !ec);
  }
}

/// The canonical form of what was accepted is accepted, means the same, and is its own canonical
/// form.
void check_accepted(const ApplicationIn& in) {
  const auto again = read(in.canonical);
  const ApplicationIn* same = std::get_if<ApplicationIn>(&again);
  FUZZ_CHECK(same != nullptr);
  FUZZ_CHECK(same->canonical == in.canonical);
  FUZZ_CHECK(same->application.SerializeAsString() == in.application.SerializeAsString());
  const v1::Household& household = in.application.household();
  FUZZ_CHECK(household.adults_size() >= 1 && household.adults_size() <= int(kMaxAdults));
  FUZZ_CHECK(household.children_size() <= int(kMaxChildren));
  FUZZ_CHECK(in.application.client().sin().empty() == in.application.client().client_id().empty());
}

}  // namespace
}  // namespace guichet::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace guichet::http;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto read_once = read(body);
  if (const Problem* problem = std::get_if<Problem>(&read_once))
    check_problem(*problem);
  else
    check_accepted(std::get<ApplicationIn>(read_once));
  if (const auto problem = refuse_unless_empty(body)) check_problem(*problem);
  return 0;
}
