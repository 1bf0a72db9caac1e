#include "plugin/host_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/rfc3339.h"

namespace lazaret::plugin {
namespace {

constexpr std::string_view exchange_input = R"({
  "type": "object",
  "properties": {
    "hostId": {"type": "string", "maxLength": 200},
    "seq": {"type": "integer", "minimum": 0},
    "waitMs": {"type": "number", "minimum": 0},
    "agents": {"type": "array", "maxItems": 10000},
    "acks": {"type": "array", "maxItems": 10000, "items": {
      "type": "object",
      "properties": {
        "commandId": {"type": "string"},
        "outcome": {"enum": ["started", "queued", "coalesced", "replaced", "rejected"]},
        "turnId": {"type": ["string", "null"]}},
      "required": ["commandId", "outcome"]}}}})";

constexpr std::string_view duplicate_wake = "-32013";  // the host has had it already
constexpr std::string_view no_such_method = "-32601";

std::string reason_of(const json::object& answer, std::string fallback) {
  for (const char* name : {"error", "reason", "message"}) {
    const json::value* found = answer.if_contains(name);
    if (found == nullptr) continue;
    if (found->is_string()) return std::string(found->get_string());
    if (const json::object* object = found->if_object()) {
      return reason_of(*object, std::move(fallback));
    }
  }
  return fallback;
}

Result<void> outcome_of(const json::object& answer) {
  const json::value* outcome = answer.if_contains("outcome");
  const json::value* accepted = answer.if_contains("accepted");
  const bool rejected =
      (outcome != nullptr && *outcome == "rejected") || (accepted != nullptr && *accepted == false);
  if (!rejected) return {};
  return fail(ErrorCode::refused, reason_of(answer, "the host rejected the wake"));
}

}  // namespace

HostApi::HostApi(const HostNames& names, Surroundings world)
    : names_(names), world_(std::move(world)) {
  prefix_ = fmt::format("wake-{:x}-", world_.clock.now().wall.time_since_epoch().count());
}

void HostApi::add_to(mcp::Server& server) {
  server.declare(
      std::string(host_extension),
      {{"exchange", "lazaret/host/exchange"},
       {"push", true},
       {"methods", json::object{{"wake", method(names_.wake, "wake", "")},
                                {"state", method(names_.state, "state", "agent-state/read")},
                                {"list", method(names_.list, "list", "")}}}});
  server.add(
      mcp::Method{.name = "lazaret/host/exchange",
                  .extension = std::string(host_extension),
                  .input = json::parse({exchange_input.data(), exchange_input.size()}).as_object(),
                  .call = [this](const mcp::Request& request, mcp::Done done) {
                    exchange(request, std::move(done));
                  }});
}

std::string HostApi::method(const std::string& own, std::string_view word,
                            std::string_view plexum) const {
  if (!own.empty()) return own;
  if (names_.preset == HostPreset::plexum && !plexum.empty()) {
    return fmt::format("plexum/host/{}", plexum);
  }
  return fmt::format("lazaret/host/agents/{}", word);
}

bool HostApi::pushes() const {
  if (session_ == nullptr || push_broken_) return false;
  const json::object* declared = session_->declared(host_extension);
  if (declared == nullptr) return false;
  const json::value* push = declared->if_contains("push");
  return push == nullptr || *push != false;
}

void HostApi::on_ready() {
  if (!pushes()) return;
  list_agents();
  world_.rearm();
}

// --- pull

void HostApi::exchange(const mcp::Request& request, mcp::Done done) {
  const json::object& params = request.params;
  const auto integer = [&](std::string_view name, std::int64_t fallback) {
    const json::value* found = params.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : fallback;
  };
  const Stamp now = world_.clock.now();
  const json::value* host = params.if_contains("hostId");
  const std::string host_id = host != nullptr ? std::string(host->as_string()) : "";
  if (host_id != host_id_) last_seq_ = -1;
  host_id_ = host_id;
  const std::int64_t seq = integer("seq", last_seq_ + 1);
  const json::value* list = params.if_contains("agents");
  // An older one that was overtaken tells nothing new of the agents.
  if (list != nullptr && seq > last_seq_) {
    const auto changed = agents_.replace(list->as_array(), "params/agents", now.wall);
    if (!changed) return done(std::unexpected(changed.error()));
    if (*changed) world_.agents_changed();
  }
  last_seq_ = std::max(last_seq_, seq);
  last_exchange_ = now.wall;
  if (auto good = take_acks(params); !good) return done(std::unexpected(good.error()));
  answer_poll(false);  // a newer one takes its place; nobody may be waiting for it any more
  const json::value* wait = params.if_contains("waitMs");
  const double wanted = wait != nullptr ? wait->to_number<double>() / 1000 : 0;
  const Duration patience = seconds_of(std::min(wanted, in_seconds(most_wait)));
  poll_ = Poll{std::move(done), now.mono + patience};
  if (patience <= Duration::zero() || has_news(now.mono)) answer_poll();
  world_.rearm();
}

Result<void> HostApi::take_acks(const json::object& params) {
  const json::value* acks = params.if_contains("acks");
  if (acks == nullptr) return {};
  for (const json::value& one : acks->as_array()) {
    const json::object& ack = one.as_object();
    settle(std::string(ack.at("commandId").as_string()), ack);
  }
  return {};
}

void HostApi::settle(const std::string& id, const json::object& answer) {
  const auto found = commands_.find(id);
  if (found == commands_.end()) return take_late(id, answer);
  const std::string agent(found->second.text.at("agentId").as_string());
  const std::string source(found->second.text.at("source").as_string());
  const auto outcome = outcome_of(answer);
  const json::value* word = answer.if_contains("outcome");
  std::string superseded;
  if (outcome) {
    settled_.emplace_back(id, source);
    if (settled_.size() > most_settled) settled_.pop_front();
    const auto waiting = queued_.find(agent);
    if (word != nullptr && *word == "replaced" && waiting != queued_.end()) {
      superseded = waiting->second;
    }
    if (word != nullptr && (*word == "queued" || *word == "replaced")) {
      queued_[agent] = source;
    } else if (waiting != queued_.end()) {
      queued_.erase(waiting);
    }
  }
  settle(id, outcome);
  if (!superseded.empty()) world_.wake_lost(superseded, "superseded");
}

// An acknowledgement may come twice; one that rejects what was accepted says that it is lost.
void HostApi::take_late(const std::string& id, const json::object& answer) {
  const auto outcome = outcome_of(answer);
  if (outcome) return;
  const auto found = std::ranges::find(settled_, id, &std::pair<std::string, std::string>::first);
  if (found == settled_.end()) return;
  const std::string source = found->second;
  settled_.erase(found);
  world_.wake_lost(source, outcome.error().message);
}

void HostApi::settle(const std::string& id, Result<void> outcome) {
  const auto found = commands_.find(id);
  if (found == commands_.end()) return;
  const Accepted accepted = std::move(found->second.accepted);
  commands_.erase(found);
  accepted(std::move(outcome));
}

bool HostApi::has_news(Instant now) const {
  return std::ranges::any_of(commands_, [&](const auto& one) {
    return !one.second.pushing && one.second.listed_until <= now;
  });
}

void HostApi::answer_poll(bool with_commands) {
  if (!poll_) return;
  const Instant now = world_.clock.now().mono;
  json::array list;
  for (auto& [id, command] : commands_) {
    if (command.pushing || !with_commands) continue;
    command.listed_until = now + relisted;
    list.push_back(command.text);
  }
  const mcp::Done done = std::move(poll_->done);
  poll_.reset();
  done(json::object{{"commands", std::move(list)}, {"nextWaitMs", most_wait / 1ms}});
}

// --- push

void HostApi::wake(const std::string& agent, const std::string& message, const std::string& source,
                   Accepted accepted) {
  const bool polls = poll_.has_value() || last_exchange_.has_value();
  if (!pushes() && !polls) {
    return accepted(fail(ErrorCode::unavailable,
                         "the host offers no way to wake agents (extension dev.lazaret/host)"));
  }
  if (commands_.size() >= most_commands) {
    return accepted(fail(ErrorCode::unavailable,
                         fmt::format("the host owes {} acknowledgements", most_commands)));
  }
  ++wakes_;
  const Stamp now = world_.clock.now();
  const std::string id = prefix_ + std::to_string(next_command_++);
  json::object text = {
      {"id", id},           {"type", "wake"},   {"agentId", agent},
      {"message", message}, {"source", source}, {"idempotencyKey", source},
      {"mode", "queue"},    {"priority", 0},    {"notAfter", to_rfc3339(now.wall + command_life)}};
  commands_[id] = Command{
      .text = std::move(text), .accepted = std::move(accepted), .expires = now.mono + command_life};
  if (pushes()) {
    push(id);
  } else {
    answer_poll();
  }
  world_.rearm();
}

void HostApi::push(const std::string& id) {
  Command& command = commands_.at(id);
  json::object params = command.text;
  if (names_.preset == HostPreset::plexum) {
    json::value agent = params.at("agentId");  // a copy: the object grows
    params["agent_id"] = std::move(agent);
  }
  command.pushing = true;
  command.push_until = world_.clock.now().mono + push_patience;
  const std::uint64_t number =
      session_->request(method(names_.wake, "wake", ""), params,
                        [this, id](Result<json::value> answer) { take_push_answer(id, answer); });
  // It may be answered already: nothing is left then.
  if (const auto found = commands_.find(id); found != commands_.end()) found->second.push = number;
}

void HostApi::take_push_answer(const std::string& id, const Result<json::value>& answer) {
  const auto found = commands_.find(id);
  if (found == commands_.end()) return;
  if (answer) {
    const json::object* object = answer->if_object();
    return settle(id, object != nullptr ? *object : json::object());
  }
  const std::string& why = answer.error().message;
  if (why.starts_with(duplicate_wake)) return settle(id, Result<void>{});
  const bool unknown = why.starts_with(no_such_method);
  if (unknown) push_broken_ = true;
  const bool refused = answer.error().code == ErrorCode::invalid_input && !unknown;
  // Whoever polls gets it that way; the idempotency key keeps it from being carried out twice.
  if (refused || !last_exchange_) {
    return settle(id, fail(refused ? ErrorCode::refused : ErrorCode::unavailable,
                           "the host did not take the wake: " + why));
  }
  found->second.pushing = false;
  answer_poll();
}

void HostApi::ask(std::string_view name, const json::object& params,
                  std::function<void(const Result<json::value>&)> take) {
  const auto number = std::make_shared<std::uint64_t>(0);
  *number = session_->request(name, params,
                              [this, number, take = std::move(take)](Result<json::value> answer) {
                                asked_.erase(*number);
                                take(answer);
                              });
  asked_[*number] = world_.clock.now().mono + push_patience;
}

void HostApi::list_agents() {
  next_list_ = world_.clock.now().mono + list_interval;
  ask(method(names_.list, "list", ""), {},
      [this](const Result<json::value>& answer) { take_list(answer); });
}

void HostApi::take_list(const Result<json::value>& answer) {
  if (!answer) {
    if (answer.error().message.starts_with(no_such_method)) {
      next_list_ = never;  // it is told by exchanges, or not at all
    } else {
      world_.log("the host does not list its agents: " + answer.error().message);
    }
    return;
  }
  const json::object* object = answer->if_object();
  const json::value* member = object != nullptr ? object->if_contains("agents") : nullptr;
  const json::array* list = member != nullptr ? member->if_array() : answer->if_array();
  const auto changed = list != nullptr ? agents_.replace(*list, "agents", world_.clock.now().wall)
                                       : fail(ErrorCode::invalid_input, "\"agents\" is no array");
  if (!changed) {
    world_.log("the host's list of agents cannot be read: " + changed.error().message + " " +
               changed.error().place);
    return;
  }
  if (*changed) world_.agents_changed();
  for (const std::string& agent : agents_.without_state()) read_state(agent);
}

void HostApi::read_state(const std::string& agent) {
  const bool plexum = names_.preset == HostPreset::plexum;
  ask(method(names_.state, "state", "agent-state/read"), {{plexum ? "agent_id" : "agentId", agent}},
      [this, agent](const Result<json::value>& answer) {
        if (!answer || !answer->is_object()) return;
        json::object with_id = answer->get_object();
        with_id["agentId"] = agent;
        const auto state = read_host_agent(with_id, "state", world_.clock.now().wall);
        if (state && agents_.update(*state)) world_.agents_changed();
      });
}

// --- time

void HostApi::on_time(const Stamp& now) {
  if (poll_ && (poll_->until <= now.mono || has_news(now.mono))) answer_poll();
  std::vector<std::uint64_t> late;
  std::vector<std::string> expired;
  for (const auto& [number, until] : asked_) {
    if (until <= now.mono) late.push_back(number);
  }
  for (auto& [id, command] : commands_) {
    if (command.pushing && command.push_until <= now.mono) late.push_back(command.push);
    if (!command.pushing && command.expires <= now.mono) expired.push_back(id);
  }
  for (const std::uint64_t number : late) {
    if (session_ != nullptr) session_->give_up(number);
    asked_.erase(number);
  }
  for (const std::string& id : expired) {
    settle(id, fail(ErrorCode::unavailable, "the host did not take the wake in time"));
  }
  if (next_list_ <= now.mono && pushes()) list_agents();
}

Instant HostApi::next_deadline() const {
  Instant next = pushes() ? next_list_ : never;
  if (poll_) next = std::min(next, poll_->until);
  for (const auto& [number, until] : asked_) next = std::min(next, until);
  for (const auto& [id, command] : commands_) {
    next = std::min(next, command.pushing ? command.push_until : command.expires);
    if (poll_ && !command.pushing) next = std::min(next, command.listed_until);
  }
  return next;
}

json::object HostApi::status() const {
  return {
      {"host_id", host_id_},
      {"push", pushes()},
      {"last_exchange", last_exchange_ ? json::value(to_rfc3339(*last_exchange_)) : json::value()},
      {"agents", agents_.to_json()},
      {"wakes", wakes_},
      {"unacknowledged", commands_.size()}};
}

}  // namespace lazaret::plugin
