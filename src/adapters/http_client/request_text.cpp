#include "adapters/http_client/request_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "adapters/http_client/header_text.h"

namespace lazaret::http_client {
namespace {

constexpr std::array ours = {std::string_view("host"), std::string_view("content-length"),
                             std::string_view("connection"), std::string_view("transfer-encoding")};

char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower_case, lower_case);
}

}  // namespace

Result<std::string> request_text(const wire::Url& url, const ports::HttpRequest& request) {
  if (!is_token(request.method)) {
    return fail(ErrorCode::invalid_input, "the method of a request is no word", url.origin());
  }
  std::string text =
      request.method + " " + url.target + " HTTP/1.1\r\nHost: " + url.authority() + "\r\n";
  bool named = false;
  for (const auto& [name, value] : request.headers) {
    // The value may be a secret: it is not shown.
    if (!is_token(name) || !is_printable(value)) {
      return fail(ErrorCode::invalid_input, "a header of a request holds a control character",
                  is_token(name) ? name : url.origin());
    }
    if (std::ranges::any_of(ours, [&](auto one) { return is_same(one, name); })) {
      return fail(ErrorCode::invalid_input, "the header " + name + " is not the caller's to set",
                  url.origin());
    }
    named = named || is_same(name, "user-agent");
    text += name + ": " + value + "\r\n";
  }
  if (!named) text += "User-Agent: lazaret\r\n";
  const bool may_be_empty = request.method == "GET" || request.method == "HEAD";
  if (!request.body.empty() || !may_be_empty) {
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return text + "\r\n" + request.body;
}

}  // namespace lazaret::http_client
