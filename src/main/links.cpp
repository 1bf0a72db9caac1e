#include "main/links.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "wire/api_encode.h"
#include "wire/url.h"

namespace lazaret::main {
namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

std::string shown(const std::string& text, bool hidden) {
  const auto url = wire::read_url(text);
  if (!url) return {};
  if (hidden) return url->origin() + (url->target == "/" ? "/" : "/…");
  return url->origin() + url->target.substr(0, url->target.find('?'));
}

std::string_view state_of(const Links::Link& link, const std::string& off) {
  if (!off.empty()) return "off";
  if (link.last_at == WallTime{}) return "never";
  return link.error.empty() ? "ok" : "failing";
}

}  // namespace

Exchange exchange_of(const Result<ports::HttpAnswer>& answer) {
  if (!answer) return {false, answer.error().message};
  return {answer->status / 100 == 2, fmt::format("HTTP {}", answer->status)};
}

void WatchedHttp::send(ports::HttpRequest request, Duration deadline, Done done) {
  http_.send(std::move(request), deadline,
             [seen = seen_, done = std::move(done)](Result<ports::HttpAnswer> answer) {
               seen(exchange_of(answer));
               done(std::move(answer));
             });
}

Links::Link& Links::add(std::string name, std::string kind, const std::string& url, bool hidden) {
  Link& link = links_.emplace_back();
  link.name = std::move(name);
  link.kind = std::move(kind);
  link.url = shown(url, hidden);
  link.timer = std::make_unique<boost::asio::steady_timer>(io_);
  return link;
}

ports::HttpClient& Links::watch(Link& link, ports::HttpClient& http) {
  link.http = std::make_unique<WatchedHttp>(
      http, [this, &link](const Exchange& exchange) { seen(link, exchange); });
  return *link.http;
}

void Links::seen(Link& link, const Exchange& exchange) {
  link.last_at = now_();
  link.error = exchange.ok ? std::string() : exchange.detail;
  if (exchange.ok) {
    link.last_ok_at = link.last_at;
    ++link.sent;
  }
  answer(link, exchange);
}

void Links::answer(Link& link, const Exchange& exchange) {
  const auto now = steady_clock::now();
  for (auto& tester : std::exchange(link.testers, {})) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now - tester.began);
    tester.done({{"ok", exchange.ok}, {"detail", exchange.detail}, {"took_ms", took.count()}});
  }
}

json::array Links::json() const {
  json::array all;
  for (const Link& link : links_) {
    const std::string off = link.off ? link.off() : std::string();
    const std::string& why = off.empty() ? link.error : off;
    all.push_back({{"link", link.name},
                   {"kind", link.kind},
                   {"url", link.url},
                   {"state", state_of(link, off)},
                   {"last_at", wire::api_time(link.last_at)},
                   {"last_ok_at", wire::api_time(link.last_ok_at)},
                   {"error", why.empty() ? json::value(nullptr) : json::value(why)},
                   {"sent", link.sent},
                   {"waiting", link.waiting ? link.waiting() : 0}});
  }
  return all;
}

void Links::test(const std::string& name, const Tested& done) {
  const auto found = std::ranges::find(links_, name, &Link::name);
  if (found == links_.end()) {
    return done(fail(ErrorCode::not_found, "there is no link \"" + name + "\"", "path link",
                     "lazaret link ls"));
  }
  Link& link = *found;
  if (!link.test) {
    return done(fail(ErrorCode::unsupported,
                     name + " has no test: nothing is sent there that nobody asks for"));
  }
  if (link.testers.size() >= link_testers_most) {
    return done(fail(ErrorCode::too_many, name + " is being tested already"));
  }
  link.testers.push_back({steady_clock::now(), done});
  link.timer->expires_after(link_test_most);
  link.timer->async_wait([this, &link](const boost::system::error_code& error) {
    if (error) return;
    answer(link, {false, fmt::format("nothing was sent and answered within {} s",
                                     link_test_most.count())});
  });
  link.test();
}

}  // namespace lazaret::main
