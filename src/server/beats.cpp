#include "server/beats.h"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <cmath>

#include "base/rfc3339.h"
#include "server/names.h"
#include "wire/api_input.h"
#include "wire/json_text.h"
#include "wire/token.h"

namespace lazaret::server {
namespace {

constexpr std::size_t enrolling_most = 1000;  // ids at once, and first beats of each

runtime::Beat beat_of(const wire::BeatBody& body) {
  return {body.progress, body.response_time, body.metadata, body.error};
}

void append_number(std::string& out, double value) {
  if (value == std::floor(value)) {
    out += std::to_string(static_cast<std::int64_t>(value));
  } else {
    out += std::to_string(value);
  }
}

}  // namespace

Beats::Beats(runtime::Loop& loop, const Door& door, const Bounds& bounds)
    : loop_(loop), door_(door), bounds_(bounds) {
  loop_.observe([this](const std::vector<runtime::RecordedFact>& facts) {
    for (const auto& recorded : facts) {
      const core::Fact& fact = *recorded.fact;
      if (std::holds_alternative<core::fact::CellDefined>(fact) ||
          std::holds_alternative<core::fact::CellRemoved>(fact) ||
          std::holds_alternative<core::fact::AgentDefined>(fact)) {
        return forget();
      }
    }
  });
}

std::string_view Beats::timestamp(WallTime now) {
  if (stamp_.empty() || now - stamped_ >= 1ms || now < stamped_) {
    stamp_ = to_rfc3339(now);
    stamped_ = std::chrono::floor<std::chrono::milliseconds>(now);
  }
  return stamp_;
}

// Beats, and tells so. The entry may be gone afterwards.
std::string Beats::answer_to(runtime::BeatEntry& entry, const wire::BeatBody& body) {
  const Stamp now = loop_.now();
  std::string out = R"({"status":"ok","agent_id":)";
  out += wire::quoted(entry.agent.agent.value);
  out += R"(,"timestamp":")";
  out += timestamp(now.wall);
  out += R"(","next_heartbeat":)";
  append_number(out, in_seconds(entry.interval));
  out += '}';
  loop_.beats().beat(entry, beat_of(body), now);
  return out;
}

bool Beats::still_holds(const Known& known, const Session& session) const {
  const std::string& authorization = session.parser().head().authorization;
  if (authorization.empty()) {
    return known.authorization.empty() && session.peer().loopback && !session.peer().over_unix;
  }
  return known.incarnation == known.entry->incarnation &&
         wire::equal_in_constant_time(authorization, known.authorization);
}

void Beats::on_request(Session& session, std::uint64_t ticket, std::string_view id,
                       std::string_view date_line) {
  const auto found = known_.find(id);
  if (found == known_.end() || !still_holds(found->second, session)) {
    return slowly(session, ticket, id);
  }
  const auto body = wire::read_beat(session.parser().body());
  if (!body) return session.reply(ticket).fail(body.error());
  const std::string text = answer_to(*found->second.entry, *body);
  const bool closes = session.wants_close();
  std::string& out = session.begin_written_answer(ticket);
  out += "HTTP/1.1 200 OK\r\n";
  out += date_line;
  out += closes ? "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
                : "Content-Type: application/json\r\nContent-Length: ";
  out += std::to_string(text.size());
  out += "\r\n\r\n";
  out += text;
}

// May `who` beat for the agent?
Result<void> Beats::check(const AgentRef& ref, const Identity& who) const {
  const core::Agent* agent = core::find_agent(loop_.fleet(), ref);
  const bool started_by_us = agent && agent->definition.run.has_value();
  switch (who.right) {
    case Right::admin:
    case Right::operator_:
      return {};
    case Right::viewer:
      return fail(ErrorCode::refused, "a viewer may not send heartbeats");
    case Right::agent:
      if (who.agent != ref) {
        return fail(ErrorCode::refused, "agent \"" + who.name + "\" may not beat for agent \"" +
                                            ref.agent.value + "\"");
      }
      if (const auto old = door_.fenced(who)) return std::unexpected(*old);
      return {};
    case Right::nobody:
      break;
  }
  if (!who.local || !who.name.empty()) {
    return fail(ErrorCode::unauthenticated, "a heartbeat from elsewhere needs a key",
                "Authorization",
                "lazaret token add NAME --scope agent:external/" + ref.agent.value);
  }
  if (!started_by_us) return {};
  return fail(ErrorCode::unauthenticated,
              "agent \"" + ref.agent.value + "\" was started by Lazaret and must show its token",
              "Authorization", "send Authorization: Bearer $LAZARET_TOKEN");
}

void Beats::slowly(Session& session, std::uint64_t ticket, std::string_view id) {
  const Reply reply = session.reply(ticket);
  const auto name = wire::percent_decoded(id);
  if (!name) return reply.fail(name.error(), 400);
  const auto who = door_.identify(session.peer(), session.parser().head().authorization);
  if (!who) return reply.fail(who.error().error, who.error().status);
  const auto body = wire::read_beat(session.parser().body());
  if (!body) return reply.fail(body.error());
  const auto ref = agent_named(loop_.fleet(), *name, *who);
  if (!ref && ref.error().code == ErrorCode::not_found) return enroll(session, ticket, *name, *who);
  if (!ref) return reply.fail(ref.error());
  if (auto allowed = check(*ref, *who); !allowed) return reply.fail(allowed.error());
  runtime::BeatEntry* entry = loop_.beats().find(*ref);
  // Decided, but not recorded yet: the answer waits with that of the beat that registered it.
  if (!entry && loop_.trouble()) return reply.fail(*loop_.trouble());
  const auto enrolling = enrolling_.find(*name);
  if (!entry && enrolling != enrolling_.end()) return join(enrolling->second, session, reply);
  if (!entry) {
    return reply.fail({ErrorCode::unavailable, "the agent is being registered", {}, "try again"});
  }
  // What a key or token proved holds for the agent itself only; people's keys may be taken back.
  const bool anonymous = who->right == Right::nobody;
  const bool by_token = who->right == Right::agent && who->incarnation.value != 0;
  const bool over_tcp = !session.peer().over_unix;
  if (over_tcp && (anonymous || by_token)) {
    if (known_.size() >= bounds_.known_names) known_.clear();
    known_[std::string(id)] = {entry, entry->incarnation, session.parser().head().authorization, 0};
  }
  Answer answer{.body = answer_to(*entry, *body), .headers = {}};
  reply.send(std::move(answer));
}

void Beats::join(std::vector<Waiting>& waiting, Session& session, const Reply& reply) {
  if (waiting.size() >= enrolling_most) {
    return reply.fail({ErrorCode::too_many, "too many beats wait for this registration", {}, {}});
  }
  waiting.push_back({session.take_body(), reply});
}

void Beats::enroll(Session& session, std::uint64_t ticket, const std::string& id,
                   const Identity& who) {
  const Reply reply = session.reply(ticket);
  const AgentRef ref{external_cell, AgentId(id)};
  if (!is_external_id(id)) {
    return reply.fail({ErrorCode::invalid_input,
                       "\"" + id.substr(0, 80) + "\" cannot be the id of an agent", "path agent",
                       "1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit"});
  }
  if (auto allowed = check(ref, who); !allowed) return reply.fail(allowed.error());
  const core::Cell* cell = core::find_cell(loop_.fleet(), external_cell);
  if (cell && cell->agents.size() >= bounds_.external_agents) {
    return reply.fail({ErrorCode::too_many,
                       "there are " + std::to_string(cell->agents.size()) +
                           " external agents already; no more are registered by their heartbeats",
                       {},
                       {}});
  }
  if (enrolling_.size() >= enrolling_most) {
    return reply.fail({ErrorCode::too_many, "too many agents are being registered", {}, {}});
  }
  const auto [at, is_first] = enrolling_.try_emplace(id);
  join(at->second, session, reply);
  if (!is_first) return;
  core::AgentDefinition definition;
  definition.id = AgentId(id);
  definition.name = id;
  core::Caller caller{core::CallerKind::operator_, "heartbeat:" + id, {}, {}};
  loop_.request(
      std::move(caller), core::op::DefineAgent{external_cell, std::move(definition)},
      [this, id, ref](const core::Answer& answer) { enrolled(id, ref, answer); }, {},
      [this, id](const Error& error) {
        const auto waiting = enrolling_.find(id);
        if (waiting == enrolling_.end()) return;
        for (const Waiting& one : waiting->second) one.reply.delay(error);
      });
}

void Beats::enrolled(const std::string& id, const AgentRef& ref, const core::Answer& answer) {
  const auto all = enrolling_.extract(id);
  for (const Waiting& one : all.mapped()) {
    if (!answer) {
      one.reply.fail(answer.error());
      continue;
    }
    runtime::BeatEntry* entry = loop_.beats().find(ref);
    const auto body = wire::read_beat(one.body);
    if (!entry || !body) {
      one.reply.fail({ErrorCode::unavailable, "the agent is gone already", {}, {}});
      continue;
    }
    one.reply.send({.body = answer_to(*entry, *body), .headers = {}});
  }
}

}  // namespace lazaret::server
