#include "wire/api_openapi.h"

#include <boost/json.hpp>
#include <cmath>

#include "core/fact_words.h"
#include "wire/json_document.h"
#include "wire/operations.h"
#include "wire/problem.h"

namespace lazaret::wire {
namespace {

namespace json = boost::json;

json::array words_of(std::string_view words) {
  json::array out;
  while (!words.empty()) {
    const auto bar = words.find('|');
    out.push_back(json::string(words.substr(0, bar)));
    words = bar == std::string_view::npos ? std::string_view() : words.substr(bar + 1);
  }
  return out;
}

json::value bound(double value) {
  if (value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

void bounds_of(json::object& schema, const Input& input, std::string_view least,
               std::string_view most, double usual) {
  if (input.least > 0) schema[least] = bound(input.least);
  const double upper = input.most > 0 ? input.most : usual;
  if (upper > 0) schema[most] = bound(upper);
}

json::object schema_of(const Input& input) {
  json::object schema;
  switch (input.type) {
    case ValueType::string:
      schema["type"] = "string";
      bounds_of(schema, input, "minLength", "maxLength", string_most);
      break;
    case ValueType::text:
      schema["type"] = "string";
      bounds_of(schema, input, "minLength", "maxLength", text_most);
      break;
    case ValueType::time:
      schema["type"] = "string";
      schema["format"] = "date-time";
      break;
    case ValueType::integer:
    case ValueType::number:
      schema["type"] = to_word(input.type);
      schema["minimum"] = bound(input.least);
      bounds_of(schema, input, "minimum", "maximum", number_most);
      break;
    case ValueType::boolean:
      schema["type"] = "boolean";
      break;
    case ValueType::object:
      schema["type"] = "object";
      break;
    case ValueType::array:
      schema["type"] = "array";
      bounds_of(schema, input, "minItems", "maxItems", array_most);
      break;
    case ValueType::any:
      break;
  }
  if (!input.words.empty()) {
    schema["enum"] = words_of(input.words);
    schema.erase("maxLength");
  }
  if (input.nullable && schema.contains("type")) {
    schema["type"] = json::array{schema["type"], "null"};
  }
  return schema;
}

json::object body_schema(const Operation& operation) {
  json::object properties;
  json::array required;
  for (const Input& input : operation.inputs) {
    if (input.where != Where::body) continue;
    json::object schema = schema_of(input);
    schema["description"] = input.doc;
    properties[input.name] = std::move(schema);
    if (input.required) required.push_back(json::string(input.name));
  }
  json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
  if (!required.empty()) schema["required"] = std::move(required);
  schema["additionalProperties"] = operation.more_fields;
  return schema;
}

json::object answer(std::string_view description, std::string_view media, json::object schema) {
  json::object content;
  content[media] = json::object{{"schema", std::move(schema)}};
  return {{"description", description}, {"content", std::move(content)}};
}

json::object reference(std::string_view schema) {
  return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

json::object problem(const Operation& operation, int status) {
  if (operation.foreign) {
    return answer(reason_phrase(status), "application/json", reference("HfError"));
  }
  return answer(reason_phrase(status), "application/problem+json", reference("Problem"));
}

json::object answers_of(const Operation& operation) {
  json::object schema = operation.media == "application/json" ? reference(operation.output)
                                                              : json::object{{"type", "string"}};
  json::object out;
  out[std::to_string(operation.success)] =
      answer(operation.summary, operation.media, std::move(schema));
  bool has_path = false;
  for (const Input& input : operation.inputs) has_path = has_path || input.where == Where::path;
  const auto add = [&](int status) { out[std::to_string(status)] = problem(operation, status); };
  add(400);
  const bool asks = operation.scope != Scope::open || operation.name == "heartbeat";
  if (asks || operation.foreign) add(401), add(403);
  if (has_path || operation.foreign) add(404);
  const bool changes = operation.method != Method::GET;
  if (has_path || changes) add(409);
  if (changes) add(412), add(413), add(415);
  add(421);
  add(422);
  add(429);
  add(501);
  add(503);
  return out;
}

json::object header_parameter(std::string_view name, std::string_view doc) {
  return {{"name", name},
          {"in", "header"},
          {"required", false},
          {"description", doc},
          {"schema", json::object{{"type", "string"}}}};
}

json::object one_operation(const Operation& operation) {
  json::array parameters;
  bool has_body = operation.foreign ? !operation.takes.empty() : operation.more_fields;
  bool body_needed = false;
  for (const Input& input : operation.inputs) {
    if (input.where == Where::body) {
      has_body = true;
      body_needed = body_needed || input.required;
      continue;
    }
    parameters.push_back(json::object{{"name", input.name},
                                      {"in", to_word(input.where)},
                                      {"required", input.required || input.where == Where::path},
                                      {"description", input.doc},
                                      {"schema", schema_of(input)}});
  }
  const bool keyed = operation.method == Method::POST && operation.name != "heartbeat";
  if (keyed && !operation.secret) {
    parameters.push_back(header_parameter("Idempotency-Key", "repeats get the first one's answer"));
  }
  if (operation.foreign) {
    parameters.push_back(header_parameter("X-Claw-Identifier", "the server"));
    parameters.push_back(header_parameter("X-Agent-ID", "the agent"));
    parameters.push_back(header_parameter("X-API-Key", "the server's key; needed beyond loopback"));
  }
  if (operation.name == "events.stream") {
    parameters.push_back(
        header_parameter("Last-Event-ID", "number of the last event that was seen"));
  }
  json::object out{
      {"operationId", operation.name},
      {"summary", operation.summary},
      {"x-scope", operation.scope == Scope::operator_ ? "operator" : to_word(operation.scope)},
      {"x-agents", operation.agents},
      {"parameters", std::move(parameters)},
      {"responses", answers_of(operation)}};
  if (!operation.cli.empty()) out["x-cli"] = "lazaret " + std::string(operation.cli);
  if (!operation.example.empty()) out["x-example"] = operation.example;
  if (has_body) {
    json::object content;
    json::object schema = operation.foreign ? reference(operation.takes) : body_schema(operation);
    content["application/json"] = json::object{{"schema", std::move(schema)}};
    out["requestBody"] = json::object{{"required", body_needed}, {"content", std::move(content)}};
  }
  if (operation.scope == Scope::open) {
    out["security"] = json::array{json::object{}, json::object{{"bearer", json::array{}}}};
  }
  return out;
}

// Which kinds of events there are is no promise to be complete: a list beside the type, not an
// enum.
json::object schemas() {
  json::object out = json::parse(schemas_text()).as_object();
  json::array kinds;
  for (const std::string_view kind : core::fact_kinds()) kinds.push_back(json::string(kind));
  out["Event"].as_object()["properties"].as_object()["kind"].as_object()["x-kinds"] =
      std::move(kinds);
  return out;
}

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

std::string openapi_text(std::string_view version) {
  json::object paths;
  for (const Operation& operation : operations()) {
    if (!paths.contains(operation.path)) paths[operation.path] = json::object{};
    paths[operation.path].as_object()[lower(to_word(operation.method))] = one_operation(operation);
  }
  json::object bearer{{"type", "http"},
                      {"scheme", "bearer"},
                      {"description", "a key (lzk_…) or an agent's token (lza_…)"}};
  json::object components{{"securitySchemes", json::object{{"bearer", std::move(bearer)}}},
                          {"schemas", schemas()}};
  json::object whole{
      {"openapi", "3.1.0"},
      {"info",
       json::object{{"title", "Lazaret"},
                    {"version", version},
                    {"summary", "Keeps fleets of AI agents alive, on schedule and in bounds."}}},
      {"servers", json::array{json::object{{"url", "http://127.0.0.1:7878"}}}},
      {"security", json::array{json::object{{"bearer", json::array{}}}}},
      {"paths", std::move(paths)},
      {"components", std::move(components)}};
  return json_document(whole);
}

}  // namespace lazaret::wire
