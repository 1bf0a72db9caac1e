#include "presence/presence.h"

#include <algorithm>
#include <utility>

namespace lazaret::presence {

std::optional<wire::PresenceStatus> status_of(std::optional<core::Activity> activity) {
  if (!activity) return std::nullopt;
  switch (*activity) {
    case core::Activity::offline:
    case core::Activity::rate_limited:
      return wire::PresenceStatus::offline;
    case core::Activity::idle:
      return wire::PresenceStatus::idle;
    case core::Activity::working:
      return wire::PresenceStatus::on_call;
    case core::Activity::busy:
      return wire::PresenceStatus::busy;
  }
  return std::nullopt;
}

Presence::Presence(Settings settings, const Config& config, ports::HttpClient& http, Look look,
                   Log log)
    : settings_(std::move(settings)), http_(http), look_(std::move(look)), log_(std::move(log)) {
  std::set<std::string> left_out;
  for (const Identity& one : config.identities) {
    if (!one.enabled || one.fabric_user_id.empty()) {
      left_out.insert(one.agent);
      if (one.enabled) log_("presence: " + one.agent + " has no fabric_user_id and is left out");
      continue;
    }
    Agent& agent = agents_[one.agent];
    agent.name = one.agent;
    agent.fabric_user_id = one.fabric_user_id;
    agent.api_key = one.api_key;
  }
  for (const auto& [name, guild] : config.bindings) {
    const auto agent = agents_.find(name);
    if (agent == agents_.end()) {
      if (left_out.insert(name).second) {
        log_("presence: " + name + " is bound to " + guild + " and has no identity");
      }
      continue;
    }
    Target& target = targets_[{name, guild}];
    target.agent = &agent->second;
    target.guild = guild;
    agent->second.targets.push_back(&target);
    guilds_[guild];
  }
}

void Presence::start(Instant now) {
  next_pass_ = now;
  on_time(now);
}

void Presence::on_time(Instant now) {
  now_ = now;
  if (now < next_pass_) return;
  while (next_pass_ <= now) next_pass_ += settings_.interval;
  for (auto& [key, target] : targets_) {
    const Guild& guild = guilds_[target.guild];
    if (guild.in_flight == 0 && guild.queue.empty()) target.held = false;
  }
  for (auto& [name, agent] : agents_) {
    agent.held = false;
    note_activity(agent);
    consider(agent);
  }
}

void Presence::look_again(Instant now) {
  if (next_pass_ == never) return;  // the first pass is still to come
  now_ = now;
  for (auto& [name, agent] : agents_) {
    const auto before = agent.wanted;
    note_activity(agent);
    if (agent.wanted != before) consider(agent);
  }
}

void Presence::note_activity(Agent& agent) { agent.wanted = status_of(look_(agent.name)); }

void Presence::consider(Agent& agent) {
  for (Target* target : agent.targets) consider(*target);
}

void Presence::consider(Target& target) {
  Agent& agent = *target.agent;
  if (!agent.wanted || target.accepted == agent.wanted) return;
  if (target.queued || target.in_flight || target.held) return;
  if (now_ >= agent.tokens_until) {
    if (agent.logging_in || agent.held) return;
    agent.logging_in = true;
    waiting_logins_.push_back(&agent);
    return log_in();
  }
  if (agent.guilds.contains(target.guild)) {
    target.said_missing = false;
    return enqueue(target);
  }
  if (std::exchange(target.said_missing, true)) return;
  log_("presence: " + agent.name + " is bound to " + target.guild +
       ", which is not among its guilds; it is left out");
}

void Presence::log_in() {
  while (logins_ < settings_.logins_at_once && !waiting_logins_.empty()) {
    Agent& agent = *waiting_logins_.front();
    waiting_logins_.pop_front();
    ++logins_;
    http_.send({.method = "POST",
                .url = settings_.login_url,
                .headers = {{"Content-Type", "application/json"}},
                .body = wire::fabric_login_body(agent.api_key)},
               settings_.deadline,
               [this, alive = std::weak_ptr(alive_), &agent,
                asked = now_](const Result<ports::HttpAnswer>& answer) {
                 if (!alive.expired()) logged_in(agent, asked, answer);
               });
  }
}

void Presence::logged_in(Agent& agent, Instant asked, const Result<ports::HttpAnswer>& answer) {
  --logins_;
  agent.logging_in = false;
  const auto guilds = [&]() -> Result<std::vector<wire::FabricGuild>> {
    if (!answer) return std::unexpected(answer.error());
    if (answer->status / 100 == 2) return wire::read_fabric_login(answer->body);
    return fail(ErrorCode::unavailable, "the centre answers " + std::to_string(answer->status));
  }();
  if (guilds) {
    agent.said.clear();
    agent.guilds.clear();
    for (const wire::FabricGuild& one : *guilds) agent.guilds.emplace(one.node_id, one);
    agent.tokens_until = asked + tokens_kept;
    consider(agent);
  } else {
    agent.held = true;
    say(agent.said, "presence: " + agent.name + " cannot log in: " + guilds.error().message);
  }
  log_in();
}

void Presence::enqueue(Target& target) {
  Guild& guild = guilds_[target.guild];
  target.queued = true;
  guild.queue.push_back(&target);
  if (guild.has_place) return serve(guild);
  wait_for_place(guild);
  give_places();
}

void Presence::wait_for_place(Guild& guild) {
  if (!std::exchange(guild.waits, true)) ready_.push_back(&guild);
}

void Presence::leave_place(Guild& guild) {
  guild.has_place = false;
  --places_;
  tired_places_ -= guild.is_tired ? 1 : 0;
  if (!guild.queue.empty()) wait_for_place(guild);
}

void Presence::give_places() {
  const std::size_t tired_most = std::max<std::size_t>(1, settings_.guilds_at_once / 2);
  while (places_ < settings_.guilds_at_once) {
    auto next = std::ranges::find(ready_, false, &Guild::failed);
    if (next == ready_.end() && tired_places_ < tired_most) next = ready_.begin();
    if (next == ready_.end()) return;
    Guild& guild = **next;
    ready_.erase(next);
    guild.waits = false;
    guild.has_place = true;
    guild.is_tired = guild.failed;
    ++places_;
    tired_places_ += guild.is_tired ? 1 : 0;
    serve(guild);
    if (guild.in_flight == 0) leave_place(guild);
  }
}

void Presence::serve(Guild& guild) {
  while (!guild.queue.empty() && guild.in_flight < settings_.requests_of_guild) {
    Target& target = *guild.queue.front();
    guild.queue.pop_front();
    target.queued = false;
    tell(guild, target);
  }
}

void Presence::tell(Guild& guild, Target& target) {
  const Agent& agent = *target.agent;
  const auto found = agent.guilds.find(target.guild);
  if (found == agent.guilds.end() || !agent.wanted || target.accepted == agent.wanted) return;
  const wire::PresenceStatus status = *agent.wanted;
  const std::string token = found->second.token;
  ++guild.in_flight;
  target.in_flight = true;
  http_.send(
      {.method = "PUT",
       .url = wire::presence_url(found->second.endpoint, agent.fabric_user_id),
       .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token}},
       .body = wire::presence_body(status)},
      settings_.deadline,
      [this, alive = std::weak_ptr(alive_), &guild, &target, status,
       token](const Result<ports::HttpAnswer>& answer) {
        if (!alive.expired()) told(guild, target, status, token, answer);
      });
}

void Presence::told(Guild& guild, Target& target, wire::PresenceStatus status,
                    const std::string& token, const Result<ports::HttpAnswer>& answer) {
  --guild.in_flight;
  target.in_flight = false;
  if (!answer) {
    no_answer(guild, target, answer.error().message);
  } else if (answer->status / 100 != 2) {
    refused(guild, target, token, answer->status);
  } else {
    guild.failed = false;
    guild.said.clear();
    target.accepted = status;
    consider(target);  // it may have changed meanwhile
  }
  // Where others wait for a place, a turn is one handful.
  if (ready_.empty()) serve(guild);
  if (guild.in_flight == 0) leave_place(guild);
  give_places();
}

void Presence::refused(Guild& guild, Target& target, const std::string& token, int status) {
  guild.failed = false;
  target.accepted.reset();
  target.held = true;
  Agent& agent = *target.agent;
  const auto used = agent.guilds.find(target.guild);
  // Not where it has logged in again since.
  if (status == 401 && used != agent.guilds.end() && used->second.token == token) {
    agent.guilds.clear();
    agent.tokens_until = {};
  }
  say(guild.said, "presence: the guild " + target.guild + " answers " + std::to_string(status) +
                      " for " + agent.name);
}

void Presence::no_answer(Guild& guild, Target& target, const std::string& why) {
  guild.failed = true;
  target.accepted.reset();
  target.held = true;
  for (Target* other : std::exchange(guild.queue, {})) {
    other->queued = false;
    other->held = true;
  }
  say(guild.said, "presence: the guild " + target.guild + " does not answer: " + why);
}

bool Presence::is_quiet() const {
  return logins_ == 0 && waiting_logins_.empty() && places_ == 0 && ready_.empty();
}

void Presence::say(std::string& last, std::string text) {
  if (last == text) return;
  log_(text);
  last = std::move(text);
}

}  // namespace lazaret::presence
