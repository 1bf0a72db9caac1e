// Everything that can be asked of Lazaret, in one table: the source of the HTTP routes, of input
// checks, of /openapi.json and of the verbs of the command line. It says what an operation is
// called, takes and gives; who carries it out is the server's business (it binds a handler to each
// name and refuses to start when one is missing).
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"

namespace lazaret::wire {

LAZARET_ENUM(Method, GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS)

// The least right a caller needs. `open`: nobody is asked on loopback (see also Operation::agents).
LAZARET_ENUM(Scope, open, viewer, operator_, admin)

LAZARET_ENUM(Where, path, query, body)

// `time` is an RFC 3339 string; `any` is any JSON value; `text` is a string with line breaks
// allowed.
LAZARET_ENUM(ValueType, string, text, integer, number, boolean, time, object, array, any)

// One input of an operation.
struct Input {
  std::string_view name{};
  Where where = Where::body;
  ValueType type = ValueType::string;
  bool required = false;
  std::string_view doc{};
  // Strings: length in bytes; numbers: value; arrays and objects: number of elements.
  double least = 0;
  double most = 0;           // 0 = the type's own bound (default_most)
  std::string_view words{};  // "yes|no": the only values; empty = any
  bool nullable = false;     // null is accepted, and means something (see doc)
};

// Bounds of inputs that name none.
inline constexpr double string_most = 256;
inline constexpr double text_most = 64 * 1024;
inline constexpr double array_most = 10'000;
inline constexpr double number_most = 9'007'199'254'740'991.0;  // 2^53 - 1: exact in any reader

// What an operation gives back: a named schema of /openapi.json (see schema_text()).
struct Operation {
  std::string_view name;  // "agent.pause"; also OpenAPI's operationId
  Method method = Method::GET;
  std::string_view path{};  // "/api/v1/agents/{agent}/pause"
  Scope scope = Scope::viewer;
  bool agents = false;         // agents may call it too: as themselves, within their cell
  std::string_view summary{};  // one sentence, for people
  std::vector<Input> inputs{};
  bool more_fields = false;   // further fields of the body are kept and handed on
  std::string_view output{};  // name of a schema
  int success = 200;
  std::string_view cli{};  // words after `lazaret`: "agent pause AGENT"; empty = no verb of its own
  std::string_view example{};                   // a line to copy
  std::string_view media = "application/json";  // of the answer
  bool big_body = false;                        // takes the larger bound of bodies
  // Somebody else's contract: its handler reads the body, and errors are {"detail": …}.
  bool foreign = false;
  std::string_view takes{};  // name of the schema of such a body
  bool secret = false;       // the answer is shown once: no Idempotency-Key brings it back
};

// All of them, in the order of the docs. Names and (method, path) pairs are unique.
std::span<const Operation> operations();

// Null where there is none.
const Operation* find_operation(std::string_view name);

// JSON Schema (2020-12) of each named shape, as one JSON object text: {"Agent": {…}, …}.
std::string_view schemas_text();

// "/api/v1/agents/scout/pause" for ("/api/v1/agents/{agent}/pause", {"scout"}): fills a template
// with its path inputs in order, percent-encoded.
std::string fill_path(std::string_view path_template, std::span<const std::string> values);

}  // namespace lazaret::wire
