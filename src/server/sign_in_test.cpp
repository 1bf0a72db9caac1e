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
const std::string nobody = R"({"name":null,"scope":null,"until":null,"key":null})";

TEST(SignIn, the_link_works_once_and_its_cookie_afterwards) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const std::string path = link_path(rig);
  const Response in = rig.call("GET", path);
  EXPECT_EQ(in.status, 303) << in.body;
  EXPECT_EQ(in.headers.at("location"), "/");
  const std::string& line = in.headers.at("set-cookie");
  EXPECT_NE(line.find("; HttpOnly; SameSite=Strict"), std::string::npos) << line;
  const std::string cookie = cookie_of(in);
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
  EXPECT_EQ(rig.call("GET", "/api/v1/session", {}, cookie).status, 200);  // as anybody
}

TEST(SignIn, the_session_says_who_one_is) {
  Rig rig;
  const auto show = [&](const std::string& headers) {
    const Response shown = rig.call("GET", "/api/v1/session", {}, headers);
    EXPECT_EQ(shown.status, 200) << shown.body;
    return shown;
  };
  EXPECT_EQ(show({}).body, nobody);
  EXPECT_EQ(show("Cookie: lazaret=lzk_over\r\n").body, nobody);
  const auto in = show(cookie_of(rig.call("GET", link_path(rig))));
  EXPECT_EQ(in.text("name"), "key:sign-in of key:test");
  EXPECT_EQ(in.text("scope"), "admin");
  EXPECT_FALSE(in.json().at("until").is_null());
  EXPECT_EQ(in.text("key"), rig.on_loop([&] { return rig.keys.records.back().id; }));
  const auto with_key = show("Authorization: Bearer " + rig.make_key("operator") + "\r\n");
  EXPECT_EQ(with_key.text("scope"), "operator");
  EXPECT_TRUE(with_key.json().at("until").is_null());
  EXPECT_EQ(with_key.text("key"), rig.on_loop([&] { return rig.keys.records.back().id; }));
  rig.make_cell(cell_a, {"scout"});
  const auto agent = show("Authorization: Bearer " + rig.token(cell_a, "scout") + "\r\n");
  EXPECT_EQ(agent.text("name"), "scout");
  EXPECT_TRUE(agent.json().at("scope").is_null());
  EXPECT_TRUE(agent.json().at("key").is_null()) << "its token is no key";
}

TEST(SignIn, a_key_signs_a_browser_in_with_its_scope) {
  Rig rig;
  const auto begin = [&](const std::string& key, const std::string& headers) {
    return rig.call("POST", "/api/v1/session", R"({"key": ")" + key + "\"}", headers);
  };
  const Response in = begin(rig.make_key("viewer"), own_page);
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(in.text("scope"), "viewer");
  EXPECT_FALSE(in.json().at("until").is_null());
  const std::string cookie = cookie_of(in);
  EXPECT_EQ(rig.call("GET", "/api/v1/status", {}, cookie).status, 200);
  EXPECT_EQ(rig.call("GET", "/api/v1/session", {}, cookie).body, in.body);
  EXPECT_EQ(rig.call("POST", "/api/v1/freeze", "{}", cookie + own_page).status, 403);

  const auto refused = [&](const Response& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_FALSE(response.headers.contains("set-cookie"));
  };
  refused(begin("lzk_guessed", own_page), 401);
  refused(begin(rig.make_key("node"), own_page), 403);
  refused(begin(rig.make_key("server:s-1"), own_page), 403);
  refused(begin(rig.make_key("agent:external/x"), own_page), 403);
  refused(begin(rig.admin_key, "Origin: http://evil.example\r\n"), 403);

  // Who signs in again leaves no key behind.
  const auto count = [&] { return rig.on_loop([&] { return rig.keys.records.size(); }); };
  const auto before = count();
  EXPECT_EQ(begin(rig.admin_key, cookie + own_page).text("scope"), "admin");
  EXPECT_EQ(count(), before);
  EXPECT_EQ(rig.call("GET", "/api/v1/status", {}, cookie).status, 401);
}

TEST(SignIn, the_end_of_a_session_ends_the_key_and_the_cookie) {
  Rig rig;
  const std::string cookie = cookie_of(rig.call("GET", link_path(rig)));
  EXPECT_EQ(rig.call("DELETE", "/api/v1/session", {}, cookie).status, 403);  // from where?
  const Response out = rig.call("DELETE", "/api/v1/session", {}, cookie + own_page);
  EXPECT_EQ(out.status, 200) << out.body;
  EXPECT_EQ(out.text("status"), "done");
  EXPECT_NE(out.headers.at("set-cookie").find("Max-Age=0"), std::string::npos);
  EXPECT_EQ(rig.call("GET", "/api/v1/keys", {}, cookie).status, 401);
  EXPECT_EQ(rig.call("DELETE", "/api/v1/session", {}, own_page).status, 200);
}

TEST(SignIn, a_key_takes_its_sessions_along_and_they_never_outlive_it) {
  MemoryKeys store;
  Keys keys(&store, 100);
  const auto key = keys.make("ci", "operator", WallTime(0s));
  ASSERT_TRUE(key);
  const auto first = keys.make_session("key:ci", "operator", WallTime(0s), 50s);
  ASSERT_TRUE(first);
  // A session that lets others in keeps the name short.
  const auto second = keys.make_session("key:" + first->record.name, "admin", WallTime(0s), 50s);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->record.name, "sign-in of key:ci");
  const auto other = keys.make_session("cli:root", "admin", WallTime(0s), 50s);
  ASSERT_TRUE(other);
  ASSERT_TRUE(keys.remove(key->record.id));
  EXPECT_FALSE(keys.check(first->key, WallTime(1s)));
  EXPECT_FALSE(keys.check(second->key, WallTime(1s)));
  EXPECT_TRUE(keys.check(other->key, WallTime(1s)));
  for (std::size_t i = 0; i < sessions_most; ++i) {
    ASSERT_TRUE(keys.make_session("cli:root", "admin", WallTime(1s), 50s));
  }
  EXPECT_EQ(store.records.size(), sessions_most);
  EXPECT_FALSE(keys.check(other->key, WallTime(1s)));  // the oldest gave way
}

TEST(SignIn, what_a_short_lived_key_lets_in_ends_with_it) {
  const auto soon = std::chrono::floor<std::chrono::seconds>(SystemClock().now().wall) + 3600s;
  const std::string key = "lzk_short";
  Rig rig({}, {}, {{"k-9", "short", "operator", wire::to_hex(wire::sha256(key)), {}, soon}});
  const Response in = rig.call("POST", "/api/v1/session", R"({"key": "lzk_short"})", own_page);
  ASSERT_EQ(in.status, 200) << in.body;
  const auto until = rig.on_loop([&] { return rig.keys.records.back().expires_at; });
  EXPECT_EQ(until, WallTime(soon));
}

TEST(SignIn, a_stream_ends_with_the_session_that_opened_it) {
  const WallTime soon = SystemClock().now().wall + 1500ms;
  const std::string key = "lzk_session";
  Rig rig({}, {}, {{"k-9", "sign-in of ann", "admin", wire::to_hex(wire::sha256(key)), {}, soon}});
  const std::string cookie = "Cookie: lazaret=" + key + "\r\n";
  Wire live(rig.port);
  live.send(request("GET", "/api/v1/events/stream", {}, cookie));
  EXPECT_NE(live.read_until("\r\n\r\n").find("200 OK"), std::string::npos);
  live.read_all();
  EXPECT_TRUE(live.closed());
  EXPECT_GE(SystemClock().now().wall, soon);
  // What the page reads next: nobody is signed in.
  EXPECT_EQ(rig.call("GET", "/api/v1/session", {}, cookie).body, nobody);
  Wire again(rig.port);
  again.send(request("GET", "/api/v1/events/stream", {}, cookie));
  EXPECT_EQ(again.read().status, 401);
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
