// Reads one HTTP/1.1 answer off a socket. The only file that knows the HTTP library is its .cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "cli/client.h"

namespace lazaret::cli {

// `on_body` gets the body's bytes as they come (decoded) with status and headers already set; false
// stops the reading. Without it the body is collected, at most `largest_answer` bytes.
// `keep_alive` says whether the socket may carry another request.
struct AnswerReading {
  std::function<bool(const Answer&, std::string_view piece)> on_body;
  std::function<Deadline()> deadline;
  Cancelled cancelled;
  bool keep_alive = false;
  bool got_anything = false;
  bool stopped = false;
};

Result<Answer> read_answer(Socket& socket, AnswerReading& reading);

}  // namespace lazaret::cli
