#include "server/sign_in.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/keys.h"
#include "wire/token.h"

namespace lazaret::server {
namespace {

std::string hash_of(std::string_view token) { return wire::to_hex(wire::sha256(token)); }

}  // namespace

Result<std::string> SignInLinks::make(const std::string& by, Instant now) {
  auto token = random_text();
  if (!token) return token;
  while (links_.size() >= sign_in_links_most) links_.pop_front();
  links_.push_back({hash_of(*token), by, now});
  return token;
}

std::optional<std::string> SignInLinks::find(std::string_view token, Instant now) const {
  const std::string hash = hash_of(token);
  std::optional<std::string> by;
  for (const Link& link : links_) {
    const bool same = wire::equal_in_constant_time(hash, link.sha256);
    if (same && now - link.made <= sign_in_link_valid) by = link.by;
  }
  return by;
}

void SignInLinks::use_up(std::string_view token) {
  std::erase_if(links_, [hash = hash_of(token)](const Link& link) { return link.sha256 == hash; });
}

std::string cookie_name(std::string_view host) {
  const auto colon = host.rfind(':');
  std::string name = "lazaret";
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    name += '_';
    name += host.substr(colon + 1);
  }
  return name;
}

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const auto end = cookies.find(';');
    std::string_view one = cookies.substr(0, end);
    cookies = end == std::string_view::npos ? std::string_view() : cookies.substr(end + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=') {
      return one.substr(name.size() + 1);
    }
  }
  return {};
}

std::string set_cookie_line(std::string_view name, std::string_view key) {
  const auto seconds =
      key.empty() ? 0 : std::chrono::duration_cast<std::chrono::seconds>(sign_in_valid).count();
  return fmt::format("Set-Cookie: {}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}\r\n", name,
                     key, seconds);
}

}  // namespace lazaret::server
