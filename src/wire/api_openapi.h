// The OpenAPI 3.1 description of the whole API, made from the table of operations.
#pragma once

#include <string>
#include <string_view>

namespace lazaret::wire {

std::string openapi_text(std::string_view version);

}  // namespace lazaret::wire
