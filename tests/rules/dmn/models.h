#pragma once

#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "rules/dmn/model.h"

namespace guichet::dmn {

/// A model around elements.
inline std::string model_of(const std::string& elements) {
  return "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"test\" "
         "namespace=\"test\">" +
         elements + "</definitions>";
}

inline std::string input(const std::string& name, const std::string& type) {
  return "<inputData id=\"" + name + "\" name=\"" + name + "\"><variable name=\"" + name +
         "\" typeRef=\"" + type + "\"/></inputData>";
}

inline std::string needs(const std::string& kind, const std::string& id) {
  const bool knowledge = kind == "requiredKnowledge";
  const std::string requirement = knowledge ? "knowledgeRequirement" : "informationRequirement";
  return "<" + requirement + "><" + kind + " href=\"#" + id + "\"/></" + requirement + ">";
}

/// A decision; `parts` are its requirements.
inline std::string decision(const std::string& name, const std::string& parts,
                            const std::string& logic, const std::string& type = "Any") {
  return "<decision id=\"" + name + "\" name=\"" + name + "\"><variable name=\"" + name +
         "\" typeRef=\"" + type + "\"/>" + parts + logic + "</decision>";
}

inline std::string literal(const std::string& text) {
  return "<literalExpression><text><![CDATA[" + text + "]]></text></literalExpression>";
}

inline std::shared_ptr<const Model> compiled(const std::string& elements) {
  auto model = Model::compile(model_of(elements));
  EXPECT_TRUE(model) << (model ? "" : model.error().message);
  return model ? *model : nullptr;
}

inline std::string failure(const std::string& xml) {
  const auto model = Model::compile(xml);
  return model ? "compiled" : model.error().message;
}

inline feel::Value number(std::int64_t value) {
  return feel::Value(feel::Number(value));
}

/// The decision's value as a literal.
inline std::string decide(const Model& model, const std::string& decision,
                          std::vector<std::pair<std::string, feel::Value>> inputs = {},
                          Trace* trace = nullptr) {
  const auto what = model.find(decision);
  if (!what) return "no such decision";
  const auto value = model.evaluate(*what, feel::Value::context(std::move(inputs)), {}, trace);
  return value ? feel::to_literal(*value) : value.error().message;
}

}  // namespace guichet::dmn
