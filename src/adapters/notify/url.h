// The address of somebody who is told.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lazaret::notify {

struct Url {
  bool secure = false;
  std::string host;  // without brackets
  std::string port;
  std::string target;             // path and query; at least "/"
  std::string authority() const;  // for the Host header
};

// http or https; no user, no fragment, no white space. Error: invalid_input.
Result<Url> read_url(std::string_view text);

}  // namespace lazaret::notify
