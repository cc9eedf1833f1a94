#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/problem.h"
#include "schemas/values/dates.h"
#include "schemas/values/money.h"

namespace guichet::http {

enum class Need { required, optional };

/// Reads the fields of one JSON object and collects everything that is wrong with them. A field
/// that is not right reads as absent; what is wrong with it stands in the errors, once.
///
///   Fields client(value, "#/client", errors);
///   const auto name = client.text("given_name", Need::required, kMaxName);
///   client.refuse_others();
class Fields {
 public:
  /// `value` must be an object; anything else is an error at `pointer`, and every field is absent.
  Fields(const boost::json::value& value, std::string pointer, std::vector<FieldError>& errors);

  /// False where the value was no object: its fields are not asked for one by one.
  bool is_object() const { return object_ != nullptr; }
  const std::string& pointer() const { return pointer_; }
  std::string pointer(std::string_view name) const;

  /// The value as it stands; null where it is absent.
  const boost::json::value* value(std::string_view name, Need need);

  /// Not empty, not only spaces, no control characters, at most `most` characters.
  std::optional<std::string> text(std::string_view name, Need need, std::size_t most);
  std::optional<std::string> one_of(std::string_view name, Need need,
                                    std::span<const std::string_view> allowed);
  /// `form` says what is allowed where `fits` does not hold.
  std::optional<std::string> formed(std::string_view name, Need need,
                                    bool (*fits)(std::string_view), const Words& form);
  std::optional<Day> day(std::string_view name, Need need);
  enum class Sign { any, not_negative };
  std::optional<Money> amount(std::string_view name, Need need, Sign sign);
  std::optional<std::uint32_t> whole_number(std::string_view name, Need need, std::uint32_t most);
  std::optional<bool> flag(std::string_view name, Need need);
  /// The elements of a list; null where it is absent, is no list, or has too few or too many.
  const boost::json::array* list(std::string_view name, Need need, std::size_t fewest,
                                 std::size_t most);

  /// Notes every field that none of the calls above asked for.
  void refuse_others();

  void note(std::string_view name, Words detail);

 private:
  std::optional<std::string_view> string(std::string_view name, Need need);

  const boost::json::object* object_ = nullptr;
  std::string pointer_;
  std::vector<FieldError>& errors_;
  std::vector<std::string_view> known_;
};

}  // namespace guichet::http
