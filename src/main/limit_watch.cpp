#include "main/limit_watch.h"

#include <algorithm>

#include "core/account.h"
#include "wire/recovery_time.h"

namespace lazaret::main {
namespace {

// Who prints nothing from one look to the next waits.
constexpr auto every = std::chrono::seconds(2);
constexpr std::size_t newest_most = 3;  // lines: a program may print a prompt behind its notice

// A report since then, its end or a person's word: the newest counts.
bool is_known(const core::Agent& agent, WallTime printed) {
  return std::ranges::any_of(agent.history, [&](const core::HistoryLine& line) {
    return line.kind == "agent_rate_limited" && line.at.wall >= printed;
  });
}

}  // namespace

LimitWatch::LimitWatch(boost::asio::io_context& io, runtime::Loop& loop,
                       const process::ProcessAdapter& processes, wire::ZoneOffset zones)
    : loop_(loop), processes_(processes), zones_(std::move(zones)), timer_(io) {
  arm();
}

void LimitWatch::arm() {
  timer_.expires_after(every);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    if (!loop_.fleet().adopting && !loop_.trouble()) look_around();
    arm();
  });
}

void LimitWatch::look_around() {
  std::vector<AgentRef> running;
  for (const auto& [cell_id, cell] : loop_.fleet().cells) {
    for (const auto& [id, agent] : cell.agents) {
      const bool runs = agent.process == core::ProcessState::running && !agent.frozen;
      if (runs && !core::account::name_of(cell, agent).empty()) running.push_back({cell_id, id});
    }
  }
  std::erase_if(
      seen_, [&](const auto& entry) { return !std::ranges::binary_search(running, entry.first); });
  // What one of them reports may change the others.
  for (const AgentRef& ref : running) {
    if (const core::Agent* agent = core::find_agent(loop_.fleet(), ref)) look(ref, *agent);
  }
}

void LimitWatch::look(const AgentRef& ref, const core::Agent& agent) {
  const auto printed = processes_.printed(ref, agent.incarnation);
  if (!printed) return;
  Seen& seen = seen_[ref];
  const bool quiet = seen.incarnation == agent.incarnation && seen.bytes == printed->bytes;
  if (!quiet) {
    seen = {agent.incarnation, printed->bytes, false};
  } else if (!std::exchange(seen.judged, true)) {
    judge(ref, agent, *printed);
  }
}

void LimitWatch::judge(const AgentRef& ref, const core::Agent& agent,
                       const process::Printed& printed) {
  if (is_known(agent, printed.at)) return;
  const std::vector<std::string> lines = processes_.newest_lines(ref, printed);
  const std::size_t count = std::min(lines.size(), newest_most);
  const std::span newest = std::span(lines).last(count);
  const auto stated = wire::limit_stated(newest, printed.at, zones_);
  const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  if (!stated || *stated->until <= now) return;
  core::Caller caller{core::CallerKind::agent, ref.agent.value, ref, agent.incarnation};
  loop_.request(std::move(caller), core::op::ReportActivity{ref, stated->until, stated->line},
                [](const core::Answer&) {});
}

}  // namespace lazaret::main
