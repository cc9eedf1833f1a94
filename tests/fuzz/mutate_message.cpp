#include "tests/fuzz/mutate_message.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <limits>
#include <string>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace guichet::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::size_t kMostText = 512;

std::string mutated(std::string text) {
  const std::size_t size = std::min(text.size(), kMostText);
  text.resize(kMostText);
  text.resize(LLVMFuzzerMutate(reinterpret_cast<std::uint8_t*>(text.data()), size, kMostText));
  return text;
}

std::int64_t number_near(std::int64_t value, Draw& draw) {
  constexpr std::array<std::int64_t, 8> telling = {0,
                                                   1,
                                                   -1,
                                                   std::numeric_limits<std::int64_t>::max(),
                                                   std::numeric_limits<std::int64_t>::min(),
                                                   std::numeric_limits<std::int32_t>::max(),
                                                   std::numeric_limits<std::int32_t>::min(),
                                                   1'767'276'202'000'000};
  switch (draw.below(3)) {
    case 0:
      return telling[draw.below(telling.size())];
    case 1:
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + draw.below(5) - 2);
    default:
      return static_cast<std::int64_t>(draw.next());
  }
}

/// Sets a field, or (index ≥ 0) an element of a list, or (index -2) adds one.
void set(Message& message, const FieldDescriptor* field, int index, Draw& draw) {
  const Reflection& at = *message.GetReflection();
  const bool add = index == -2;
#define GUICHET_NUMBER(Type, cpp)                                                              \
  {                                                                                            \
    const auto before = add          ? cpp{}                                                   \
                        : index >= 0 ? at.GetRepeated##Type(message, field, index)             \
                                     : at.Get##Type(message, field);                           \
    const auto value = static_cast<cpp>(number_near(static_cast<std::int64_t>(before), draw)); \
    if (add) return at.Add##Type(&message, field, value);                                      \
    if (index >= 0) return at.SetRepeated##Type(&message, field, index, value);                \
    return at.Set##Type(&message, field, value);                                               \
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      GUICHET_NUMBER(Int32, std::int32_t)
    case FieldDescriptor::CPPTYPE_INT64:
      GUICHET_NUMBER(Int64, std::int64_t)
    case FieldDescriptor::CPPTYPE_UINT32:
      GUICHET_NUMBER(UInt32, std::uint32_t)
    case FieldDescriptor::CPPTYPE_UINT64:
      GUICHET_NUMBER(UInt64, std::uint64_t)
    case FieldDescriptor::CPPTYPE_BOOL:
      if (add) return at.AddBool(&message, field, true);
      if (index >= 0) return at.SetRepeatedBool(&message, field, index, draw.below(2) == 0);
      return at.SetBool(&message, field, !at.GetBool(message, field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      // One more than there are: a value that a newer program knows.
      const auto value = static_cast<int>(draw.below(field->enum_type()->value_count() + 1));
      if (add) return at.AddEnumValue(&message, field, value);
      if (index >= 0) return at.SetRepeatedEnumValue(&message, field, index, value);
      return at.SetEnumValue(&message, field, value);
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      if (add) return at.AddString(&message, field, mutated({}));
      const std::string before =
          index >= 0 ? at.GetRepeatedString(message, field, index) : at.GetString(message, field);
      if (index >= 0) return at.SetRepeatedString(&message, field, index, mutated(before));
      return at.SetString(&message, field, mutated(before));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (add) {
        at.AddMessage(&message, field);
        return;
      }
      return mutate(index >= 0 ? *at.MutableRepeatedMessage(&message, field, index)
                               : *at.MutableMessage(&message, field),
                    draw);
    default:
      return;
  }
#undef GUICHET_NUMBER
}

void mutate_list(Message& message, const FieldDescriptor* field, Draw& draw) {
  const Reflection& at = *message.GetReflection();
  const int size = at.FieldSize(message, field);
  if (size == 0) return set(message, field, -2, draw);
  const auto index = static_cast<int>(draw.below(static_cast<std::uint64_t>(size)));
  switch (draw.below(6)) {
    case 0:
      return set(message, field, -2, draw);
    case 1:
      return at.RemoveLast(&message, field);
    case 2:
      return at.SwapElements(&message, field, index, size - 1);
    case 3:
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        at.AddMessage(&message, field)->CopyFrom(at.GetRepeatedMessage(message, field, index));
        return;
      }
      [[fallthrough]];
    default:
      return set(message, field, index, draw);
  }
}

}  // namespace

void mutate(Message& message, Draw& draw) {
  const auto* type = message.GetDescriptor();
  if (type->field_count() == 0) return;
  const auto* field =
      type->field(static_cast<int>(draw.below(static_cast<std::uint64_t>(type->field_count()))));
  if (field->is_repeated()) return mutate_list(message, field, draw);
  if (draw.below(8) == 0) return message.GetReflection()->ClearField(&message, field);
  set(message, field, -1, draw);
}

}  // namespace guichet::fuzz
