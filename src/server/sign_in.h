// How a browser comes to a key: a link with a one-time token, for who holds an admin's key already.
//
//   POST /api/v1/sign-in ──► link ──► GET /sign-in?token=… ──► a key of some hours, as a cookie
//
// The links are in memory and die with the daemon; the keys are kept and listed like all others.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::server {

inline constexpr std::size_t sign_in_links_most = 20;  // the oldest go first
inline constexpr Duration sign_in_link_valid = std::chrono::minutes(10);
inline constexpr Duration sign_in_valid = std::chrono::hours(12);

class SignInLinks {
 public:
  // A new token for somebody called `by`. Errors: internal, without random bytes.
  Result<std::string> make(const std::string& by, Instant now);
  // Who made the token; nothing where it is unknown, used or too old.
  std::optional<std::string> find(std::string_view token, Instant now) const;
  void use_up(std::string_view token);

 private:
  struct Link {
    std::string sha256;
    std::string by;
    Instant made{};
  };
  std::deque<Link> links_;
};

// Cookies know hosts, not ports: each of several daemons has a name of its own. `host`: the
// request's Host.
std::string cookie_name(std::string_view host);
// The value of that cookie; empty where there is none. `cookies`: the field Cookie.
std::string_view cookie_value(std::string_view cookies, std::string_view name);
// The line Set-Cookie with its CRLF. An empty key ends the cookie.
std::string set_cookie_line(std::string_view name, std::string_view key);

}  // namespace lazaret::server
