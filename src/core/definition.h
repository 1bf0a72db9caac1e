// What people wrote down: missions, agents, tasks, policies. These types mirror the files of a
// mission cell after validation; nothing in here changes because something happened at run time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"

namespace lazaret::core {

LAZARET_ENUM(Role, lead, write, read, audit)
LAZARET_ENUM(MissionStatus, active, paused, completed, failed)
LAZARET_ENUM(Isolation, none, level_1, level_2, level_3)
LAZARET_ENUM(Priority, high, medium, low)
LAZARET_ENUM(AutoRevive, yes, no, ask, substitute)
LAZARET_ENUM(HandoffApproval, automatic, manual)  // "auto" in the file
// by_beats: revive for agents that have ever sent a beat, else observe.
LAZARET_ENUM(HangPolicy, by_beats, observe, ask, revive)
LAZARET_ENUM(AdapterKind, process, turn)
LAZARET_ENUM(ReadyWhen, spawned, settled, notified, beat)
LAZARET_ENUM(Restart, on_failure, always, never)
LAZARET_ENUM(OnTaskFailure, retry, fail)
LAZARET_ENUM(AnswerWord, yes, no)
// Who else is restarted when an agent dies of a failure (strategy.h).
LAZARET_ENUM(Strategy, one_for_one, rest_for_one, one_for_all)
LAZARET_ENUM(BudgetKind, wall, cpu, spawns, tokens, usd)

// What may be spent, or was. wall and cpu in nanoseconds, usd in millionths. As a cap, 0 = none.
struct Amounts {
  std::int64_t wall = 0;
  std::int64_t cpu = 0;
  std::int64_t spawns = 0;
  std::int64_t tokens = 0;
  std::int64_t usd = 0;
  LAZARET_FIELDS(Amounts, wall, cpu, spawns, tokens, usd)
};

// Zero means "no limit asked for".
struct Limits {
  std::int64_t milli_cpus = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t disk_bytes = 0;
  std::int64_t pids = 0;
  LAZARET_FIELDS(Limits, milli_cpus, memory_bytes, disk_bytes, pids)
};

// What an agent finds on its stdin: our messages as JSON lines, or /dev/null.
LAZARET_ENUM(AgentInput, lines, none)

// How an agent is started. An agent without one runs elsewhere ("external") and only sends beats.
struct RunSpec {
  AdapterKind adapter = AdapterKind::process;
  std::vector<std::string> command;  // argv; `turn` replaces {message} and {session} in it
  std::string working_directory;     // absolute, or relative to the cell; empty = work/<agent_id>
  std::string env_file;              // NAME=value lines, outside the cell; never journalled
  std::map<std::string, std::string> env;
  bool inherit_env = false;  // `lazaret run`: the caller's environment
  AgentInput input = AgentInput::lines;
  std::string stop_signal = "SIGTERM";
  std::string checkpoint_signal;  // asks for a checkpoint; empty = a line on stdin does
  Duration stop_grace = 10s;
  ReadyWhen ready = ReadyWhen::spawned;
  Duration settle{0};    // for ready = settled
  Duration watchdog{0};  // 0 = none; else WATCHDOG=1 at least this often
  Restart restart = Restart::on_failure;
  std::vector<int> clean_exits = {0};
  std::vector<int> no_restart_exits = {125};
  std::vector<int> restart_now_exits = {75};
  LAZARET_FIELDS(RunSpec, adapter, command, working_directory, env_file, env, inherit_env, input,
                 stop_signal, stop_grace, ready, settle, watchdog, restart, clean_exits,
                 no_restart_exits, restart_now_exits, checkpoint_signal)
};

// What an account of a provider bears from all agents that share it (account.h).
inline constexpr Duration account_stagger_usually = 1s;
struct AccountLimits {
  int at_once = 0;                             // agents that run at the same time; 0 = no cap
  Duration stagger = account_stagger_usually;  // between two starts
  LAZARET_FIELDS(AccountLimits, at_once, stagger)
};

struct AgentDefinition {
  AgentId id;
  std::string name;
  Role role = Role::write;
  std::vector<std::string> capabilities;
  std::string gateway;  // empty = this node
  std::optional<RunSpec> run;
  std::optional<AutoRevive> auto_revive;  // overrides the mission's
  Duration beat_interval = 30s;
  Duration beat_timeout = 300s;  // no sign at all for so long is unhealthy at once
  HangPolicy hang = HangPolicy::by_beats;
  Duration hang_window = 10s;    // how long nothing may move before a hang is declared
  std::optional<Limits> limits;  // overrides the mission's
  Amounts budget;                // over all its incarnations
  std::string account;           // overrides the mission's; empty = the mission's
  LAZARET_FIELDS(AgentDefinition, id, name, role, capabilities, gateway, run, auto_revive,
                 beat_interval, beat_timeout, hang, hang_window, limits, budget, account)
};

struct VerifySpec {
  std::vector<std::string> command;
  Duration timeout = 60s;
  LAZARET_FIELDS(VerifySpec, command, timeout)
};

struct TaskDefinition {
  TaskId id;
  std::string title;
  std::string description;
  std::optional<AgentId> assigned_to;  // none = any agent whose role and capabilities fit
  std::optional<Role> needs_role;
  std::vector<std::string> needs_capabilities;
  Priority priority = Priority::medium;
  std::vector<TaskId> dependencies;
  Duration timeout = 1800s;  // from the claim, over revivals; 0 = none
  std::vector<std::string> artifacts;
  std::optional<VerifySpec> verify;
  OnTaskFailure on_failure = OnTaskFailure::retry;
  int max_tries = 3;
  std::string input;  // JSON text handed to the agent with the task; may be empty
  Amounts budget;     // over all its claims
  WallTime created_at{};
  LAZARET_FIELDS(TaskDefinition, id, title, description, assigned_to, needs_role,
                 needs_capabilities, priority, dependencies, timeout, artifacts, verify, on_failure,
                 max_tries, input, budget, created_at)
};

struct Policies {
  AutoRevive auto_revive = AutoRevive::yes;
  Duration revive_timeout = 300s;  // how long a start may take until ready
  std::vector<AgentId> substitute_agents;
  bool handoff_allowed = true;
  HandoffApproval handoff_approval = HandoffApproval::automatic;
  bool checkpoint_required = false;
  Duration checkpoint_interval = 300s;  // while a task runs
  Duration checkpoint_deadline = 30s;   // how long an agent may take to save one when asked
  int checkpoints_kept = 5;             // of each agent
  std::int64_t checkpoint_bytes = 256LL * 1024 * 1024;  // of each agent, all kept ones together
  Duration rehearsal_interval = 86400s;  // between tries to restore the newest; 0 = never
  int max_retries = 3;                   // since the last stable run
  Duration backoff_first = 1s;
  Duration backoff_most = 300s;
  Duration stable_after = 60s;  // or twice the last backoff, whichever is longer
  Duration approval_deadline = 3600s;
  Strategy strategy = Strategy::one_for_one;
  LAZARET_FIELDS(Policies, auto_revive, revive_timeout, substitute_agents, handoff_allowed,
                 handoff_approval, checkpoint_required, checkpoint_interval, max_retries,
                 backoff_first, backoff_most, stable_after, approval_deadline, strategy,
                 checkpoint_deadline, checkpoints_kept, checkpoint_bytes, rehearsal_interval)
};

// Lists of ids; "*" stands for all.
struct Permission {
  std::vector<std::string> read;
  std::vector<std::string> write;
  std::vector<std::string> execute;
  std::vector<std::string> handoff_to;
  std::vector<std::string> handoff_from;
  LAZARET_FIELDS(Permission, read, write, execute, handoff_to, handoff_from)
};

struct IsolationSpec {
  Isolation level = Isolation::none;
  bool mount_namespaces = false;
  bool network_isolation = false;
  Limits limits;
  std::string user;
  std::string group;
  std::vector<std::string> capabilities;
  LAZARET_FIELDS(IsolationSpec, level, mount_namespaces, network_isolation, limits, user, group,
                 capabilities)
};

// Runtime fields as the files hold them: what a person asked for by editing, or what another
// machine left behind. Compared with the mirror that we wrote; a difference is a request.
struct FileRuntime {
  std::string agent_status;
  std::uint64_t incarnation = 0;
  LAZARET_FIELDS(FileRuntime, agent_status, incarnation)
};

struct CellDefinition {
  CellId id;
  std::string path;  // absolute directory
  std::string mission_name;
  WallTime created_at{};
  std::string created_by;
  MissionStatus status = MissionStatus::active;  // as the file says
  IsolationSpec isolation;
  int max_agents = 10;
  Duration timeout = 3600s;  // wall time without pauses, from the first start; 0 = none
  bool complete_when_tasks_done = true;
  Amounts budget;       // of all its agents together; wall = while the mission is active
  std::string account;  // of its agents that name none; empty = none
  Policies policies;
  std::map<AgentId, Permission> permissions;
  std::map<AgentId, AgentDefinition> agents;
  std::map<TaskId, TaskDefinition> tasks;
  std::map<AgentId, FileRuntime> file_runtime;
  std::map<TaskId, std::string> task_status;  // as the files say: pending, in_progress, …
  std::string digest;  // of all files together; equal digests mean equal definitions
  LAZARET_FIELDS(CellDefinition, id, path, mission_name, created_at, created_by, status, isolation,
                 max_agents, timeout, complete_when_tasks_done, budget, policies, permissions,
                 agents, tasks, file_runtime, task_status, digest, account)
};

}  // namespace lazaret::core
