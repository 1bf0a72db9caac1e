#include "wire/url.h"

#include <algorithm>
#include <string>

namespace lazaret::wire {
namespace {

std::unexpected<Error> wrong(std::string_view text, std::string_view why) {
  return fail(ErrorCode::invalid_input,
              "\"" + std::string(text.substr(0, 200)) + "\" is no address: " + std::string(why), {},
              "http://host:port/path or https://host/path");
}

}  // namespace

std::string Url::authority() const {
  const bool usual = port == (secure ? "443" : "80");
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return usual ? name : name + ":" + port;
}

std::string Url::origin() const { return (secure ? "https://" : "http://") + authority(); }

Result<Url> read_url(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    url.secure = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return wrong(text, "it begins with neither http:// nor https://");
  }
  const bool odd = std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '#'; });
  if (odd) return wrong(text, "it contains a blank, a control character or \"#\"");
  const auto slash = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, slash);
  url.target = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
  if (url.target.front() != '/') url.target.insert(0, "/");
  if (authority.find('@') != std::string_view::npos) {
    return wrong("…", "it contains a user or a password, which belong into the file of secrets");
  }
  url.port = url.secure ? "443" : "80";
  const bool six = authority.starts_with('[');
  const auto close = authority.find(']');
  if (six && close == std::string_view::npos) return wrong(text, "\"[\" is never closed");
  const auto colon = authority.find(':', six ? close : 0);
  if (colon != std::string_view::npos) {
    url.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  url.host = six ? authority.substr(1, close - 1) : authority;
  const bool digits = !url.port.empty() && url.port.size() <= 5 &&
                      std::ranges::all_of(url.port, [](char c) { return c >= '0' && c <= '9'; });
  if (url.host.empty() || !digits || std::stoi(url.port) > 65535) {
    return wrong(text, "it has no host, or its port is no number up to 65535");
  }
  return url;
}

}  // namespace lazaret::wire
