// Which daemon a command is for, and how to reach it.
#pragma once

#include <optional>
#include <string>

#include "base/paths.h"

namespace lazaret::cli {

// What the command line said; empty = not said.
struct Target {
  std::string state;
  std::string missions;
  std::string url;
  std::string key;
};

struct Endpoint {
  std::string socket_path;  // a unix socket; else empty and the next two hold
  std::string host;
  std::string port;
  std::string key;            // sent as a bearer token; may be empty
  std::string run_directory;  // whose owner is checked before its socket is trusted; may be empty
  std::string state;          // of the daemon; empty when it was found by its URL

  std::string name() const;  // for people: "/run/lazaret-1/api.sock" or "http://127.0.0.1:7878"
};

// "http://host[:port]", host in brackets when it is IPv6. https is `unsupported`.
Result<Endpoint> parse_url(std::string_view url);

// --state wins over --url, --url over LAZARET_URL, that over the socket of the default state. With
// a URL the key is --key, LAZARET_TOKEN (an agent is itself first) or LAZARET_KEY.
Result<Endpoint> find_endpoint(const Target& target, const Environment& environment);

// The places of the daemon that `target` means, for the user and directory of this process.
Result<Paths> paths_of(const Target& target, const Environment& environment);

Environment process_environment();

}  // namespace lazaret::cli
