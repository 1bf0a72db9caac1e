// Errors as RFC 9457 problem details: one table from our codes to HTTP.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lazaret::wire {

// 422 for invalid input (400 is for bytes that are not even a request), 409 for conflict and
// fenced, …
int http_status(ErrorCode code);

// "Not Found" for 404; "Unknown" for numbers that HTTP does not name.
std::string_view reason_phrase(int status);

// As FastAPI has it: {"detail": "Agent not found"}; for 422 {"detail": [{"type", "loc", "msg"}]}.
std::string detail_text(const Error& error, int status);

// {"type": "urn:lazaret:<code>", "title", "status", "detail", "place"?, "remedy"?}
std::string problem_text(const Error& error, int status);

}  // namespace lazaret::wire
