#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "gateway/http/problem.h"
#include "gateway/http/secrets.h"
#include "guichet/v1/application.pb.h"
#include "rules/program/program.h"
#include "schemas/values/dates.h"

namespace guichet::http {

inline constexpr std::size_t kMaxNameCharacters = 100;
inline constexpr std::size_t kMaxDeskCharacters = 64;
inline constexpr std::size_t kMaxAdults = 2;
inline constexpr std::size_t kMaxChildren = 20;
inline constexpr std::size_t kMaxProgramsNamed = 64;
inline constexpr std::size_t kMaxConsents = 65;
inline constexpr std::uint32_t kMaxYearsInCanada = 150;

/// What an application is read with.
struct ApplicationContext {
  const rules::Catalogue& catalogue;
  const Secrets& secrets;
  std::string_view tenant;
  Instant now;
  /// Whether the client may be left out: of a screening.
  bool may_be_anonymous = false;
};

/// An application in good form, with its defaults filled in.
struct ApplicationIn {
  v1::Application application;
  /// The body as it was meant: fields sorted, spaces gone, before defaults. What a second body with
  /// the same Idempotency-Key is compared with, by its keyed digest.
  std::string canonical;
};

/// Reads the body of an application. The problem names every bad field at once.
std::variant<ApplicationIn, Problem> read_application(std::string_view body,
                                                      const ApplicationContext& context);

/// Nothing, or an object without fields: the body of a withdrawal.
std::optional<Problem> refuse_unless_empty(std::string_view body);

}  // namespace guichet::http
