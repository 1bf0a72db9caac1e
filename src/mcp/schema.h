// JSON Schema 2020-12, as much of it as schemas of tools need: type, enum, const, properties,
// required, additionalProperties (true, false or a schema), items, minimum, maximum, minLength,
// maxLength, minItems, maxItems, anyOf.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/result.h"

namespace lazaret::mcp {

namespace json = boost::json;

// Error: invalid_input; `place` is `at` with the JSON pointer of what is wrong, the message says
// what was found and what was expected.
Result<void> check(const json::object& schema, const json::value& value, const std::string& at);

// The same, of an object's members: its schema says that it is one.
Result<void> check_object(const json::object& schema, const json::object& object,
                          const std::string& at);

// Keywords of a schema that check() would pass over although they mean something, with their
// places: a schema of ours has none.
std::vector<std::string> keywords_not_checked(const json::object& schema);

}  // namespace lazaret::mcp
