#include "server/page.h"

namespace lazaret::server {
namespace {

constexpr std::string_view style = R"(
:root{color-scheme:light dark}body{margin:0;font:16px/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:2.5rem 1.25rem}
h1{font-size:1.5rem;font-weight:600;margin:0 0 .25rem}
code{font:.875em ui-monospace,monospace}
)";

Answer page(std::string_view main, int status) {
  std::string out =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Lazaret</title>"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>";
  out += style;
  out += "</style></head><body><main>";
  out += main;
  out += "</main></body></html>\n";
  return {.status = status,
          .body = std::move(out),
          .content_type = "text/html; charset=utf-8",
          .headers =
              "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
              "frame-ancestors 'none'; base-uri 'none'\r\n"
              "Referrer-Policy: no-referrer\r\n"};
}

}  // namespace

Answer stale_link_page() {
  return page(
      "<h1>This link is over</h1><p>It was used already, or is older than ten minutes. "
      "Another one:</p><p><code>lazaret sign-in</code></p>",
      401);
}

Answer no_site_page() {
  return page(
      "<h1>Lazaret</h1><p>This program was built without the dashboard. The command line and the "
      "API are there:</p><p><code>lazaret status</code></p>",
      200);
}

}  // namespace lazaret::server
