// Whom outside the daemon talks to: opened, listed.
#include <algorithm>
#include <set>

#include "main/daemon.h"
#include "main/harborforge_settings.h"

namespace lazaret::main {

void Daemon::open_harborforge() {
  const auto port = static_cast<int>(config_.integer("harborforge.bridge_port"));
  const bool wanted = is_wanted(client_settings_);
  if (!wanted && port == 0) return;
  std::function<void(const Exchange&)> seen = [](const Exchange&) {};
  if (wanted) {
    Links::Link& link =
        links_.add("harborforge", "harborforge", client_settings_.backend_url, false);
    link.test = [this] { harborforge_->beat_now(); };
    link.waiting = [this] { return reports_waiting_; };
    seen = [this, &link](const Exchange& exchange) { links_.seen(link, exchange); };
  }
  harborforge_ = std::make_unique<HarborForgeLink>(
      io_, *loop_, *clock_, std::move(client_settings_), paths_.state, log, port, std::move(seen));
  if (port != 0) links_.add("bridge", "bridge", "http://127.0.0.1:" + std::to_string(port), false);
  harborforge_->start();
}

// The silence of calendar agents goes on counting over a restart. While the daemon was away they
// could not reach it: each gets so much time to do so now.
void Daemon::remember_heartbeats() {
  constexpr Duration to_come_back = std::chrono::seconds(30);
  const auto& agents = loop_->fleet().calendar.agents;
  std::set<std::string> known;
  for (const auto& [id, agent] : agents) known.insert(id);
  const auto heard = monitor_->heard(known);
  if (!heard)
    return log("when calendar agents were heard last is not known: " + heard.error().message);
  const Stamp now = clock_->now();
  for (const auto& [id, at] : *heard) {
    const Duration silence =
        std::clamp(Duration(now.wall - at), Duration(0), core::heard_most - to_come_back);
    const AgentRef ref{core::calendar_cell, AgentId(id)};
    const bool is_there = agents.at(id).status != core::CalendarStatus::offline;
    loop_->beats().forget(ref);
    loop_->beats()
        .watch(ref, {}, core::heard_most, core::heard_most, is_there, now.mono - silence)
        .last_beat_wall = at;
  }
}

void Daemon::act_on_slot(const std::string& verb, const std::optional<AgentRef>& agent,
                         std::string reason, server::Services::SlotActed done) {
  if (!harborforge_) {
    return done(fail(ErrorCode::unsupported, "this daemon follows no HarborForge backend", {},
                     "slots of its own calendar: lazaret slot set SLOT STATUS"));
  }
  std::optional<std::string> name;
  if (agent) name = name_of(loop_->fleet(), *agent);
  harborforge_->act(*from_word<harborforge::Verb>(verb), std::move(name), std::move(reason),
                    std::move(done));
}

// Its test logs in: that is what a heartbeat is worth nothing without.
void Daemon::open_presence() {
  if (!presence_wish_) return;
  const presence::Settings& settings = presence_wish_->settings;
  Links::Link& link = links_.add("fabric", "fabric", settings.login_url, false);
  ports::HttpClient& http = links_.watch(link, *http_);
  presence_ = std::make_unique<PresenceLink>(io_, *loop_, http, *presence_wish_);
  link.waiting = [this] { return presence_->is_quiet() ? 0U : 1U; };
  const auto& all = presence_wish_->config.identities;
  const auto found = std::ranges::find(all, true, &presence::Identity::enabled);
  if (found == all.end()) return;
  link.test = [&http, &settings, key = found->api_key] {
    http.send({.method = "POST",
               .url = settings.login_url,
               .headers = {{"Content-Type", "application/json"}},
               .body = wire::fabric_login_body(key)},
              settings.deadline, [](const Result<ports::HttpAnswer>&) {});
  };
}

// The bridge is asked by others: what it tells of itself stands for exchanges.
void Daemon::list_links(const server::Services::LinksListed& done) {
  if (!harborforge_) return done(links_.json());
  harborforge_->outside([this, done](const HarborForgeLink::Outside& outside) {
    reports_waiting_ = outside.reports;
    auto all = links_.json();
    for (boost::json::value& one : all) {
      if (one.at("link") != "bridge") continue;
      boost::json::object& bridge = one.as_object();
      const auto* status = outside.bridge.if_contains("last_status");
      if (!outside.bridge_trouble.empty()) {
        bridge["state"] = "failing";
        bridge["error"] = outside.bridge_trouble;
      } else if (status && status->is_int64()) {
        bridge["state"] = *status == 200 ? "ok" : "failing";
        bridge["last_at"] = outside.bridge.at("last_asked_at");
        bridge["sent"] = outside.bridge.at("requests");
        if (*status == 200) bridge["last_ok_at"] = outside.bridge.at("last_asked_at");
        if (*status != 200) {
          bridge["error"] = "it answered HTTP " + std::to_string(status->get_int64());
        }
      }
    }
    done(std::move(all));
  });
}

}  // namespace lazaret::main
