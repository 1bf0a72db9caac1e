#include "server/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "server/keys.h"
#include "server/page.h"

namespace lazaret::server {
namespace {

constexpr std::string_view page_path = "/index.html";
constexpr std::string_view nonce_mark = "__NONCE__";

// "/missions/survey/graph" too: what is below them is the dashboard's own business.
constexpr std::array<std::string_view, 8> pages = {"",         "agents", "missions", "inbox",
                                                   "calendar", "events", "host",     "connect"};

bool is_page(std::string_view path) {
  path.remove_prefix(1);
  const auto slash = path.find('/');
  if (slash == 0) return false;
  return std::ranges::find(pages, path.substr(0, slash)) != pages.end();
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

bool Site::has(std::string_view method, std::string_view path) const {
  if ((method != "GET" && method != "HEAD") || !path.starts_with('/')) return false;
  return is_page(path) || (path != page_path && find(path));
}

Answer Site::answer(std::string_view path) const {
  const SiteFile* file = find(is_page(path) ? page_path : path);
  if (!file) return no_site_page();
  if (file->path == page_path) return page_of(file->bytes);
  const bool hashed = path.starts_with("/assets/");
  return {.status = 200,
          .body = std::string(file->bytes),
          .content_type = std::string(file->content_type),
          .headers = "Content-Encoding: gzip\r\n",
          .cache = hashed ? "public, max-age=31536000, immutable" : "no-cache"};
}

}  // namespace lazaret::server
