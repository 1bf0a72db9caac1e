// The page at "/": how the fleet is, without scripts.
#pragma once

#include <string>

#include "core/fleet.h"
#include "server/call.h"

namespace lazaret::server {

// `body` as a page, with the headers that keep scripts and other sites out of it.
Answer html_answer(std::string body, int status = 200);

enum class SignInOutcome { in, stale, out };
Answer sign_in_answer(SignInOutcome outcome);

struct PageView {
  bool in_full = false;    // with the agents and what needs a person; else counts only
  bool signed_in = false;  // by a cookie
  std::string version;
  WallTime now{};
  std::optional<Error> trouble;  // why nothing can be recorded
};
std::string status_page(const core::Fleet& fleet, const PageView& view);
std::string html_escaped(std::string_view text);

}  // namespace lazaret::server
