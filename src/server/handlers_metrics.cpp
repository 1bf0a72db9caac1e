// /metrics: host names as node_exporter's, agents as cAdvisor's, ours lazaret_*.
#include "core/account.h"
#include "server/context.h"
#include "server/metrics.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

double as_number(std::uint64_t value) { return static_cast<double>(value); }

void add_host(Metrics& metrics, const ports::HostSample& host) {
  const auto gauge = [&](std::string_view name, std::string_view help, double value) {
    metrics.add(name, "gauge", help, value);
  };
  gauge("node_load1", "1m load average.", host.load[0]);
  gauge("node_load5", "5m load average.", host.load[1]);
  gauge("node_load15", "15m load average.", host.load[2]);
  if (host.memory_total_bytes != 0) {
    gauge("node_memory_MemTotal_bytes", "Memory of the host.", as_number(host.memory_total_bytes));
    gauge("node_memory_MemAvailable_bytes", "Memory available to new programs.",
          as_number(host.memory_available_bytes));
  }
  if (host.cpu_percent) {
    gauge("lazaret_host_cpu_ratio", "Share of the host's CPU time in use.",
          *host.cpu_percent / 100);
  }
  gauge("lazaret_host_memory_ratio", "Share of the host's memory in use.",
        host.memory_percent / 100);
  gauge("lazaret_host_disk_ratio", "Share of the disk in use.", host.disk_percent / 100);
  gauge("lazaret_host_uptime_seconds", "Since the host was started.", host.uptime_seconds);
}

void add_usage(Metrics& metrics, const std::vector<ports::AgentUsage>& usages) {
  for (const auto& usage : usages) {
    const Metrics::Labels labels{{"name", usage.agent.agent.value},
                                 {"cell", usage.agent.cell.value}};
    metrics.add("container_cpu_usage_seconds_total", "counter", "CPU time of all its processes.",
                usage.cpu_seconds, labels);
    metrics.add("container_memory_usage_bytes", "gauge", "Memory of all its processes.",
                as_number(usage.memory_bytes), labels);
    metrics.add("container_processes", "gauge", "Processes it consists of.",
                as_number(usage.processes), labels);
    metrics.add("lazaret_agent_io_bytes", "gauge", "Read and written by its living processes.",
                as_number(usage.io_bytes), labels);
    if (usage.memory_limit_bytes == 0) continue;
    metrics.add("container_spec_memory_limit_bytes", "gauge", "Memory limit.",
                as_number(usage.memory_limit_bytes), labels);
  }
}

void add_agents(Metrics& metrics, Context& context) {
  std::map<core::ProcessState, int> by_state;
  std::map<core::Health, int> by_health;
  std::map<core::TaskState, int> by_task;
  for (const auto& [cell_id, cell] : context.fleet().cells) {
    for (const auto& [id, agent] : cell.agents) {
      ++by_state[agent.process];
      ++by_health[agent.health];
      const Metrics::Labels labels{{"agent", id.value}, {"cell", cell_id.value}};
      metrics.add("lazaret_agent_incarnation", "gauge", "Number of its last start.",
                  as_number(agent.incarnation.value), labels);
      metrics.add("lazaret_agent_deaths_total", "counter", "How often its process ended unasked.",
                  as_number(agent.deaths), labels);
      metrics.add("lazaret_agent_up", "gauge", "1 while its process lives.", agent.pid != 0 ? 1 : 0,
                  labels);
      if (const auto* beat = context.loop.beats().find({cell_id, id})) {
        metrics.add("lazaret_agent_heartbeats_total", "counter",
                    "Heartbeats since the daemon began.", as_number(beat->beats), labels);
      }
    }
    for (const auto& [id, task] : cell.tasks) ++by_task[task.state];
  }
  for (std::size_t i = 0; i < enum_words(core::ProcessState{}).size(); ++i) {
    const auto state = static_cast<core::ProcessState>(i);
    metrics.add("lazaret_agents", "gauge", "Agents by the state of their process.", by_state[state],
                {{"state", std::string(to_word(state))}});
  }
  for (std::size_t i = 0; i < enum_words(core::Health{}).size(); ++i) {
    const auto health = static_cast<core::Health>(i);
    metrics.add("lazaret_agents_by_health", "gauge", "Agents by health.", by_health[health],
                {{"health", std::string(to_word(health))}});
  }
  for (std::size_t i = 0; i < enum_words(core::TaskState{}).size(); ++i) {
    const auto state = static_cast<core::TaskState>(i);
    metrics.add("lazaret_tasks", "gauge", "Tasks by state.", by_task[state],
                {{"state", std::string(to_word(state))}});
  }
}

// What was spent of each kind, and the caps there are.
void add_spend(Metrics& metrics, Context& context, const core::BudgetPlace& place) {
  const core::Amounts spent = core::spent_at(context.fleet(), place, context.loop.now().mono);
  for (std::size_t i = 0; i < enum_words(core::BudgetKind{}).size(); ++i) {
    const auto kind = static_cast<core::BudgetKind>(i);
    const bool time = kind == core::BudgetKind::wall || kind == core::BudgetKind::cpu;
    const double unit = time ? 1e9 : kind == core::BudgetKind::usd ? 1e6 : 1;
    Metrics::Labels labels{{"cell", place.cell.value}, {"kind", std::string(to_word(kind))}};
    const bool agent = place.scope == core::BudgetScope::agent;
    if (agent) labels.emplace_back("agent", place.agent.value);
    const auto used = static_cast<double>(core::part(spent, kind)) / unit;
    const auto cap = static_cast<double>(core::cap_at(context.fleet(), place, kind)) / unit;
    if (used == 0 && cap == 0) continue;
    metrics.add(agent ? "lazaret_agent_spent" : "lazaret_cell_spent", "counter",
                "Wall and CPU seconds, starts, tokens and money spent.", used, labels);
    if (cap == 0) continue;
    metrics.add(agent ? "lazaret_agent_budget" : "lazaret_cell_budget", "gauge",
                "What may be spent until a person is asked.", cap, labels);
  }
}

void add_budgets(Metrics& metrics, Context& context) {
  for (const auto& [cell_id, cell] : context.fleet().cells) {
    add_spend(metrics, context, {core::BudgetScope::mission, cell_id, {}, {}});
    for (const auto& [id, agent] : cell.agents) {
      add_spend(metrics, context, {core::BudgetScope::agent, cell_id, id, {}});
    }
  }
}

void add_accounts(Metrics& metrics, Context& context) {
  const WallTime now = context.loop.now().wall;
  for (const auto& [name, account] : context.fleet().accounts) {
    const auto gauge = [&](std::string_view what, std::string_view help, double value) {
      metrics.add(what, "gauge", help, value, {{"account", name}});
    };
    gauge("lazaret_account_running", "Agents of the account that run.",
          as_number(account.running.size()));
    gauge("lazaret_account_waiting", "Agents of the account that wait for it.",
          as_number(core::account::waiting_in(context.fleet(), account)));
    gauge("lazaret_account_limited", "1 while the account is rate limited.",
          account.limit && account.limit->until > now ? 1 : 0);
    if (account.limits.at_once == 0) continue;
    gauge("lazaret_account_at_once", "How many of its agents may run at once.",
          account.limits.at_once);
  }
}

void add_own(Metrics& metrics, Context& context) {
  const ServerCounts counts = context.counts();
  const auto& fleet = context.fleet();
  double open = 0;
  for (const auto& [id, approval] : fleet.approvals) open += approval.answer ? 0 : 1;
  metrics.add("lazaret_approvals_open", "gauge", "Questions that wait for a person.", open);
  metrics.add("lazaret_cells", "gauge", "Missions.", as_number(fleet.cells.size()));
  metrics.add("lazaret_facts_recorded_total", "counter", "Facts in the journal since it began.",
              as_number(context.loop.recorded_facts()));
  metrics.add("lazaret_storage_trouble", "gauge", "1 while nothing can be recorded.",
              context.loop.trouble() ? 1 : 0);
  metrics.add("lazaret_http_connections", "gauge", "Open connections.",
              as_number(counts.connections));
  metrics.add("lazaret_http_streams", "gauge", "Open event streams.", as_number(counts.streams));
  metrics.add("lazaret_http_waiting_for_work", "gauge", "Agents that wait for work.",
              as_number(counts.waiting_for_work));
  metrics.add("lazaret_http_requests_total", "counter", "Requests since the daemon began.",
              as_number(counts.requests));
  if (!context.services.own_figures) return;
  const OwnFigures own = context.services.own_figures();
  metrics.add("process_cpu_seconds_total", "counter", "CPU time of the daemon.", own.cpu_seconds);
  metrics.add("process_resident_memory_bytes", "gauge", "Memory of the daemon.",
              as_number(own.memory_bytes));
  metrics.add("lazaret_uptime_seconds", "gauge", "Since the daemon began.", own.uptime_seconds);
}

void metrics(Context& context, Call& call) {
  Metrics all;
  add_agents(all, context);
  add_budgets(all, context);
  add_accounts(all, context);
  add_own(all, context);
  all.add("lazaret_build_info", "gauge", "The daemon's version.", 1,
          {{"version", context.services.version}});
  if (context.services.telemetry) {
    if (const auto host = context.services.telemetry->host()) add_host(all, *host);
    add_usage(all, context.services.telemetry->agents());
  }
  call.reply.send({.body = all.text(),
                   .content_type = "text/plain; version=0.0.4; charset=utf-8",
                   .headers = {}});
}

json::value pressure_json(const std::optional<ports::Pressure>& pressure) {
  if (!pressure) return nullptr;
  return {{"cpu", {{"some", pressure->cpu_some}}},
          {"memory", {{"some", pressure->memory_some}, {"full", pressure->memory_full}}},
          {"io", {{"some", pressure->io_some}, {"full", pressure->io_full}}}};
}

json::value cpu_json(const ports::HostSample& host) {
  return host.cpu_percent ? json::value(*host.cpu_percent) : json::value(nullptr);
}

json::object host_json(const ports::HostSample& host) {
  json::object out{{"memory_percent", host.memory_percent},
                   {"swap_percent", host.swap_percent},
                   {"disk_percent", host.disk_percent},
                   {"load", {host.load[0], host.load[1], host.load[2]}},
                   {"uptime_seconds", host.uptime_seconds}};
  out["cpu_percent"] = cpu_json(host);
  out["pressure"] = pressure_json(host.pressure);
  return out;
}

json::array cells_json(const Context& context) {
  json::array cells;
  if (!context.services.cell_sizes) return cells;
  for (const auto& [id, use] : context.services.cell_sizes()) {
    const core::Cell* cell = core::find_cell(context.fleet(), id);
    if (!cell) continue;
    cells.push_back({{"cell_id", id.value},
                     {"mission_name", cell->definition.mission_name},
                     {"bytes", use.bytes},
                     {"files", use.files},
                     {"partial", !use.all}});
  }
  return cells;
}

void history(Context& context, Call& call) {
  if (!context.services.host_history) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon takes no samples", {}, {}});
  }
  const auto back = static_cast<std::int64_t>(call.inputs.whole("seconds").value_or(3600));
  json::array host;
  for (const auto& one : context.services.host_history(std::chrono::seconds(back))) {
    host.push_back({{"at", wire::api_time(one.at)},
                    {"cpu_percent", cpu_json(one.host)},
                    {"memory_percent", one.host.memory_percent},
                    {"swap_percent", one.host.swap_percent},
                    {"disk_percent", one.host.disk_percent},
                    {"load_1", one.host.load[0]},
                    {"pressure", pressure_json(one.host.pressure)}});
  }
  call.reply.ok(json::object{{"interval_seconds", 10}, {"host", std::move(host)}});
}

void telemetry(Context& context, Call& call) {
  if (!context.services.telemetry) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon takes no samples", {}, {}});
  }
  const auto host = context.services.telemetry->host();
  json::array agents;
  for (const auto& usage : context.services.telemetry->agents()) {
    json::object one{{"agent", usage.agent.agent.value}, {"cell", usage.agent.cell.value},
                     {"cpu_seconds", usage.cpu_seconds}, {"memory_bytes", usage.memory_bytes},
                     {"processes", usage.processes},     {"io_bytes", usage.io_bytes}};
    one["cpu_percent"] = usage.cpu_percent ? json::value(*usage.cpu_percent) : json::value(nullptr);
    agents.push_back(std::move(one));
  }
  json::object out;
  out["host"] = host ? json::value(host_json(*host)) : json::value(nullptr);
  out["agents"] = std::move(agents);
  out["cells"] = cells_json(context);
  call.reply.ok(out);
}

}  // namespace

void add_metrics_handlers(Handlers& handlers) {
  handlers["metrics"] = metrics;
  handlers["telemetry"] = telemetry;
  handlers["telemetry.history"] = history;
}

}  // namespace lazaret::server
