// The address of an HTTP server elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace lazaret::wire {

struct Url {
  bool secure = false;
  std::string host;  // without brackets
  std::string port;
  std::string target;             // path and query; at least "/"
  std::string authority() const;  // for the Host header
  std::string origin() const;     // "https://host:port", the port where it is not the usual one
};

// http or https; no user, no fragment, no white space. Error: invalid_input.
Result<Url> read_url(std::string_view text);

}  // namespace lazaret::wire
