// Pages and files of the dashboard: for anybody, from anywhere, and only where nothing else is.
#include "server/site.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

constexpr std::array<SiteFile, 3> files = {{
    {"/index.html", "text/html", "<style nonce=\"__NONCE__\"></style><b title='__NONCE__'>hi</b>"},
    {"/assets/app-1.js", "text/javascript; charset=utf-8", "\x1f\x8b zipped"},
    {"/favicon.svg", "image/svg+xml", "\x1f\x8b drawn"},
}};

void with_site(Services& services) { services.site = files; }

std::string nonce_of(const Response& page) {
  const std::string& policy = page.headers.at("content-security-policy");
  const auto at = policy.find("'nonce-") + 7;
  return policy.substr(at, policy.find('\'', at) - at);
}

TEST(Site, every_page_is_the_one_page_with_a_nonce_of_its_own) {
  Rig rig({}, with_site);
  std::set<std::string> nonces;
  for (const char* path :
       {"/", "/?x=1", "/agents", "/agents/7c9e6679.scout", "/missions/a/graph", "/inbox",
        "/calendar", "/calendar/week/2026-11-22", "/events", "/host", "/connect"}) {
    const Response page = rig.call("GET", path);
    ASSERT_EQ(page.status, 200) << path;
    const std::string nonce = nonce_of(page);
    EXPECT_EQ(page.body, "<style nonce=\"" + nonce + "\"></style><b title='" + nonce + "'>hi</b>");
    EXPECT_TRUE(nonces.insert(nonce).second) << path;
    EXPECT_GE(nonce.size(), 22U);
    EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.headers.at("cache-control"), "no-cache");
    const std::string& policy = page.headers.at("content-security-policy");
    EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self'; ")) << policy;
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  }
}

TEST(Site, files_are_zipped_and_kept_where_their_name_tells_their_content) {
  Rig rig({}, with_site);
  const Response script = rig.call("GET", "/assets/app-1.js");
  EXPECT_EQ(script.status, 200);
  EXPECT_EQ(script.body, files[1].bytes);
  EXPECT_EQ(script.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(script.headers.at("content-type"), files[1].content_type);
  EXPECT_EQ(script.headers.at("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(script.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(rig.call("GET", "/favicon.svg").headers.at("cache-control"), "no-cache");
  EXPECT_EQ(rig.call("GET", "/assets/app-2.js").status, 404);
  EXPECT_EQ(rig.call("GET", "/index.html").status, 404);
  EXPECT_EQ(rig.call("GET", "//agents").status, 404);
  EXPECT_EQ(rig.call("GET", "/agentsx").status, 404);
}

TEST(Site, who_takes_no_gzip_is_told) {
  Rig rig({}, with_site);
  const auto status = [&](const std::string& accepted) {
    const Response script =
        rig.call("GET", "/assets/app-1.js", {}, "Accept-Encoding: " + accepted + "\r\n");
    EXPECT_EQ(script.headers.at("vary"), "Accept-Encoding") << accepted;
    EXPECT_EQ(script.headers.contains("content-encoding"), script.status == 200) << accepted;
    return script.status;
  };
  for (const char* fits : {"gzip, deflate, br", "br;q=1, GZIP;q=0.2", "*", "identity;q=0, x-gzip",
                           "br\r\nAccept-Encoding: gzip", "*;q=0, gzip"})
    EXPECT_EQ(status(fits), 200) << fits;
  for (const char* not_so : {"identity", "br", "gzip;q=0, *", "gzip ; q=0.0", "*;q=0"})
    EXPECT_EQ(status(not_so), 406) << not_so;
  const Response refused = rig.call("GET", "/favicon.svg", {}, "Accept-Encoding: identity\r\n");
  EXPECT_NE(refused.text("remedy").find("curl --compressed"), std::string::npos) << refused.body;
  EXPECT_EQ(rig.call("GET", "/", {}, "Accept-Encoding: identity\r\n").status, 200);
}

TEST(Site, a_browser_that_is_lost_gets_the_dashboard_and_a_program_its_json) {
  Rig rig({}, with_site);
  const std::string browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
  for (const char* path : {"/nonsense", "/agentsx", "/nonsense/x?y=1", "/index.html"}) {
    const Response page = rig.call("GET", path, {}, browser);
    EXPECT_EQ(page.status, 404) << path;
    EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8") << path;
    EXPECT_TRUE(page.body.ends_with("hi</b>")) << path;
    EXPECT_FALSE(nonce_of(page).empty()) << path;
    for (const char* program : {"", "Accept: */*\r\n", "Accept: application/json\r\n"})
      EXPECT_EQ(rig.call("GET", path, {}, program).headers.at("content-type"),
                "application/problem+json")
          << path;
  }
  for (const char* path : {"/api/v1/nonsense", "/assets/app-2.js"}) {
    const Response answer = rig.call("GET", path, {}, browser);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json") << path;
  }
  EXPECT_EQ(rig.call("POST", "/nonsense", "{}", browser).status, 404);
  EXPECT_EQ(rig.call("POST", "/nonsense", "{}", browser).headers.at("content-type"),
            "application/problem+json");
}

TEST(Site, a_link_from_elsewhere_opens_it_but_only_under_our_name) {
  Rig rig({}, with_site);
  const std::string elsewhere = "Sec-Fetch-Site: cross-site\r\nOrigin: http://evil.example\r\n";
  EXPECT_EQ(rig.call("GET", "/inbox", {}, elsewhere).status, 200);
  EXPECT_EQ(rig.call("GET", "/assets/app-1.js", {}, elsewhere).status, 200);
  EXPECT_EQ(rig.call("GET", "/", {}, "Authorization: Bearer lzk_wrong\r\n").status, 200);
  EXPECT_EQ(rig.call("GET", "/health", {}, elsewhere).status, 403);
  Wire rebound(rig.port);
  rebound.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(rebound.read().status, 421);
}

TEST(Site, where_an_operation_is_it_stays) {
  Rig rig({}, with_site);
  EXPECT_EQ(rig.call("GET", "/calendar/sync").status, 422);
  EXPECT_EQ(rig.call("GET", "/calendar/server/heartbeat").status, 405);
  EXPECT_EQ(rig.call("POST", "/inbox", "{}").status, 404);
  EXPECT_EQ(rig.call("GET", "/api/v1/agents").status, 401);
}

TEST(Site, its_connections_go_on_also_after_head) {
  Rig rig({}, with_site);
  Wire wire(rig.port);
  for (int i = 0; i < 2; ++i) {
    wire.send(request("GET", "/"));
    EXPECT_EQ(wire.read().status, 200);
    wire.send(request("GET", "/assets/app-1.js"));
    EXPECT_EQ(wire.read().body, files[1].bytes);
  }
  wire.send(request("HEAD", "/") + request("GET", "/health"));
  const std::string head = wire.read_until("\r\n\r\n");
  EXPECT_NE(head.find("200 OK"), std::string::npos);
  EXPECT_TRUE(wire.read_until("\r\n\r\n").starts_with("HTTP/1.1 200 OK"));
}

TEST(Site, a_program_without_it_says_so) {
  Rig rig;
  const Response page = rig.call("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("without the dashboard"), std::string::npos);
  EXPECT_EQ(rig.call("GET", "/assets/app-1.js").status, 404);
  EXPECT_EQ(rig.call("GET", "/nonsense", {}, "Accept: text/html\r\n").status, 404);
}

}  // namespace
}  // namespace lazaret::server
