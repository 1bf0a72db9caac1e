#include "server/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <optional>
#include <ranges>

#include "server/keys.h"
#include "server/page.h"
#include "server/target.h"

namespace lazaret::server {
namespace {

constexpr std::string_view page_path = "/index.html";
constexpr std::string_view nonce_mark = "__NONCE__";
constexpr std::string_view vary = "Vary: Accept-Encoding\r\n";

// "/missions/survey/graph" too: what is below them is the dashboard's own business.
constexpr std::array<std::string_view, 8> pages = {"",         "agents", "missions", "inbox",
                                                   "calendar", "events", "host",     "connect"};

bool is_page(std::string_view path) {
  path.remove_prefix(1);
  const auto slash = path.find('/');
  if (slash == 0) return false;
  return std::ranges::find(pages, path.substr(0, slash)) != pages.end();
}

// Not for a program: those ask for the API's paths, and for any type.
bool is_for_a_reader(std::string_view path, const RequestHead& head) {
  const bool of_programs = path.starts_with("/api/") || path.starts_with("/assets/");
  return !of_programs && head.accept.find("text/html") != std::string::npos;
}

// Whether a coding is wanted; nothing where it is not named. `accepted` has no spaces.
std::optional<bool> wants(std::string_view accepted, std::string_view coding) {
  for (const auto part : std::views::split(accepted, ',')) {
    const std::string_view one(part.begin(), part.end());
    const auto end = one.find(';');
    if (!boost::beast::iequals(one.substr(0, end), coding)) continue;
    const auto weight = end == one.npos ? one.npos : one.find("q=", end);
    return weight == one.npos || one.find_first_not_of("0.", weight + 2) != one.npos;
  }
  return std::nullopt;
}

// RFC 9110, 12.5.3: who names no codings takes any.
bool takes_gzip(std::string accepted) {
  if (accepted.empty()) return true;
  std::erase_if(accepted, [](char c) { return c == ' ' || c == '\t'; });
  for (const char* name : {"gzip", "x-gzip", "*"})
    if (const auto wanted = wants(accepted, name)) return *wanted;
  return false;
}

Answer kept_zipped() {
  Answer answer = problem_answer({ErrorCode::invalid_input, "this file is kept as gzip only",
                                  "Accept-Encoding", "take gzip, as curl --compressed does"},
                                 406);
  answer.headers += vary;
  return answer;
}

Answer page_of(std::string_view text) {
  const auto nonce = random_text();
  if (!nonce) return problem_answer(nonce.error());
  Answer answer{.status = 200,
                .body = {},
                .content_type = "text/html; charset=utf-8",
                .headers = fmt::format(
                    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
                    "style-src 'self' 'nonce-{}'; img-src 'self' data:; font-src 'self'; "
                    "connect-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; "
                    "frame-ancestors 'none'; base-uri 'none'\r\n"
                    "Referrer-Policy: same-origin\r\n",
                    *nonce),
                .cache = "no-cache"};
  for (auto mark = text.find(nonce_mark); mark != text.npos; mark = text.find(nonce_mark)) {
    answer.body += text.substr(0, mark);
    answer.body += *nonce;
    text.remove_prefix(mark + nonce_mark.size());
  }
  answer.body += text;
  return answer;
}

}  // namespace

const SiteFile* Site::find(std::string_view path) const {
  const auto found = std::ranges::find(files_, path, &SiteFile::path);
  return found == files_.end() ? nullptr : &*found;
}

bool Site::has(const RequestHead& head) const {
  const std::string_view path = path_of(head.target);
  if ((head.method != "GET" && head.method != "HEAD") || !path.starts_with('/')) return false;
  if (is_page(path) || (path != page_path && find(path))) return true;
  return is_for_a_reader(path, head) && find(page_path);
}

Answer Site::answer(const RequestHead& head) const {
  const std::string_view path = path_of(head.target);
  if (is_page(path)) {
    const SiteFile* page = find(page_path);
    return page ? page_of(page->bytes) : no_site_page();
  }
  const SiteFile* file = path == page_path ? nullptr : find(path);
  if (!file) {
    Answer page = page_of(find(page_path)->bytes);
    if (page.status == 200) page.status = 404;
    return page;
  }
  if (!takes_gzip(head.accept_encoding)) return kept_zipped();
  const bool hashed = path.starts_with("/assets/");
  return {.status = 200,
          .body = std::string(file->bytes),
          .content_type = std::string(file->content_type),
          .headers = "Content-Encoding: gzip\r\n" + std::string(vary),
          .cache = hashed ? "public, max-age=31536000, immutable" : "no-cache"};
}

}  // namespace lazaret::server
