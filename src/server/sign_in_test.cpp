// The link signs in one browser, once and soon; its cookie works for our own pages only.
#include "server/sign_in.h"

#include <gtest/gtest.h>

#include "server/keys.h"
#include "server/server_rig.h"

namespace lazaret::server {
namespace {

// The path of a fresh link.
std::string link_path(Rig& rig) {
  const Response made = rig.as_admin("POST", "/api/v1/sign-in", "{}");
  EXPECT_EQ(made.status, 201) << made.body;
  const std::string url = made.text("url");
  return url.substr(url.find("/sign-in"));
}

std::string cookie_of(const Response& response) {
  const std::string& line = response.headers.at("set-cookie");
  return "Cookie: other=1; " + line.substr(0, line.find(';')) + "\r\n";
}

const std::string own_page = "Origin: http://localhost\r\nSec-Fetch-Site: same-origin\r\n";

TEST(SignIn, the_link_works_once_and_its_cookie_afterwards) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const std::string path = link_path(rig);
  const Response in = rig.call("GET", path);
  EXPECT_EQ(in.status, 200) << in.body;
  EXPECT_NE(in.body.find("You are signed in"), std::string::npos);
  const std::string& line = in.headers.at("set-cookie");
  EXPECT_NE(line.find("; HttpOnly; SameSite=Strict"), std::string::npos) << line;
  const std::string cookie = cookie_of(in);
  EXPECT_NE(rig.call("GET", "/", {}, cookie).body.find("scout"), std::string::npos);
  EXPECT_EQ(rig.call("GET", "/api/v1/keys", {}, cookie).status, 200);
  EXPECT_EQ(rig.call("POST", "/api/v1/notes", R"({"text": "x"})", cookie + own_page).status, 201);

  const Response again = rig.call("GET", path);
  EXPECT_EQ(again.status, 401);
  EXPECT_FALSE(again.headers.contains("set-cookie"));
  EXPECT_NE(again.body.find("lazaret sign-in"), std::string::npos);
  EXPECT_EQ(rig.call("GET", "/sign-in?token=guessed").status, 401);
}

TEST(SignIn, a_cookie_is_no_proof_that_our_page_asks) {
  Rig rig;
  const std::string cookie = cookie_of(rig.call("GET", link_path(rig)));
  const std::string note = R"({"text": "x"})";
  EXPECT_EQ(rig.call("POST", "/api/v1/notes", note, cookie).status, 403);
  EXPECT_EQ(
      rig.call("POST", "/api/v1/notes", note, cookie + "Origin: http://evil.example\r\n").status,
      403);
  EXPECT_EQ(
      rig.call("POST", "/api/v1/notes", note, cookie + "Sec-Fetch-Site: same-site\r\n").status,
      403);
  EXPECT_EQ(rig.call("GET", "/api/v1/keys", {}, cookie + "Sec-Fetch-Site: cross-site\r\n").status,
            403);
}

TEST(SignIn, the_key_behind_the_cookie_is_listed_and_can_be_taken_back) {
  Rig rig;
  const std::string cookie = cookie_of(rig.call("GET", link_path(rig)));
  const auto keys = rig.as_admin("GET", "/api/v1/keys").json().at("keys").as_array();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[1].at("name").as_string(), "sign-in of key:test");
  EXPECT_FALSE(keys[1].at("expires_at").is_null());
  EXPECT_TRUE(keys[0].at("expires_at").is_null());
  const std::string id(keys[1].at("id").as_string());
  EXPECT_EQ(rig.as_admin("DELETE", "/api/v1/keys/" + id).status, 200);
  EXPECT_EQ(rig.call("GET", "/api/v1/keys", {}, cookie).status, 401);
  EXPECT_EQ(rig.call("GET", "/", {}, cookie).status, 200);  // as anybody
}

TEST(SignIn, signing_out_ends_the_key_and_the_cookie) {
  Rig rig;
  const std::string cookie = cookie_of(rig.call("GET", link_path(rig)));
  const std::string form =
      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n";
  const Response out = rig.call("POST", "/sign-out", {}, cookie + own_page + form);
  EXPECT_EQ(out.status, 200) << out.body;
  EXPECT_NE(out.headers.at("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(rig.call("GET", "/api/v1/keys", {}, cookie).status, 401);
}

TEST(SignIn, only_admins_make_links) {
  Rig rig;
  const std::string key = "Authorization: Bearer " + rig.make_key("operator") + "\r\n";
  EXPECT_EQ(rig.call("POST", "/api/v1/sign-in", "{}", key).status, 403);
  EXPECT_EQ(rig.call("POST", "/api/v1/sign-in", "{}").status, 401);
}

TEST(SignIn, keys_end_when_their_time_is_over) {
  MemoryKeys store;
  Keys keys(&store, 10);
  const auto made = keys.make("browser", "admin", WallTime(100s), 50s);
  ASSERT_TRUE(made);
  EXPECT_TRUE(keys.check(made->key, WallTime(149s)));
  EXPECT_FALSE(keys.check(made->key, WallTime(150s)));
  EXPECT_EQ(store.records.size(), 1U);
  ASSERT_TRUE(keys.make("next", "viewer", WallTime(200s)));
  ASSERT_EQ(store.records.size(), 1U);  // the old one makes room
  EXPECT_EQ(store.records.front().name, "next");
}

TEST(SignIn, links_end_after_their_time_and_are_few) {
  SignInLinks links;
  const auto first = links.make("ann", Instant(0s));
  ASSERT_TRUE(first);
  EXPECT_EQ(links.find(*first, Instant(sign_in_link_valid)), "ann");
  EXPECT_FALSE(links.find(*first, Instant(sign_in_link_valid) + 1s));
  for (std::size_t i = 0; i < sign_in_links_most; ++i) ASSERT_TRUE(links.make("bob", Instant(1s)));
  EXPECT_FALSE(links.find(*first, Instant(1s)));
}

TEST(SignIn, each_port_has_a_cookie_of_its_own) {
  EXPECT_EQ(cookie_name("127.0.0.1:7878"), "lazaret_7878");
  EXPECT_EQ(cookie_name("[::1]:80"), "lazaret_80");
  EXPECT_EQ(cookie_name("[::1]"), "lazaret");
  EXPECT_EQ(cookie_value("a=1; lazaret_1=x; lazaret=y", "lazaret"), "y");
  EXPECT_EQ(cookie_value("a=lazaret=1", "lazaret"), "");
}

}  // namespace
}  // namespace lazaret::server
