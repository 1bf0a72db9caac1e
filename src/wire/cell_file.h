// The files of a mission cell <-> core::CellDefinition. What the fixed fields lack lives in one
// object `lazaret` of each file; unknown fields are other people's and are left alone.
//
//   cell.json  agents/<id>.json  tasks/<id>.json  config/{isolation,policies,permissions}.json
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/definition.h"
#include "wire/cell_problem.h"

namespace lazaret::wire {

// Bounds of one cell.
inline constexpr std::size_t cell_file_bytes_most = 1 << 20;
inline constexpr std::size_t cell_agents_most = 1'000;
inline constexpr std::size_t cell_tasks_most = 10'000;
inline constexpr std::size_t task_input_bytes_most = 64 << 10;

struct CellFiles {
  std::string directory;                     // absolute; its last step is the cell's id
  std::map<std::string, std::string> files;  // path below the directory -> bytes
};

struct CellReading {
  std::optional<core::CellDefinition> cell;  // set if there is no error
  std::vector<Problem> problems;             // errors and warnings of all files
};

CellReading read_cell(const CellFiles& files);

// Bodies of the API take the fields of the files. `place` names the body in errors. Errors:
// invalid_input with the first problem; too_large.
Result<core::AgentDefinition> read_agent(std::string_view json, std::string_view place);
Result<core::TaskDefinition> read_task(std::string_view json, std::string_view place);
// One task, or {"tasks": [...]}.
Result<std::vector<core::TaskDefinition>> read_tasks(std::string_view json, std::string_view place);

// Runtime fields as they are mirrored into a file.
struct CheckpointMirror {
  WallTime at{};
  std::string context_hash;
  std::vector<std::string> artifacts;  // below checkpoints/<agent>/artifacts/
  friend bool operator==(const CheckpointMirror&, const CheckpointMirror&) = default;
};
std::string checkpoint_text(const CheckpointMirror& checkpoint);  // as JSON
struct AgentMirror {
  std::string status = "idle";
  std::optional<TaskId> current_task;
  std::uint64_t incarnation = 0;
  std::optional<CheckpointMirror> checkpoint;  // none: what the file says is left alone
  friend bool operator==(const AgentMirror&, const AgentMirror&) = default;
};
struct TaskMirror {
  std::string status = "pending";
  std::optional<AgentId> assigned_to;
  std::vector<TaskId> dependencies;
  std::optional<AgentId> owner;
  std::optional<WallTime> completed_at;
  friend bool operator==(const TaskMirror&, const TaskMirror&) = default;
};

// New files with every fixed field; our own object holds only what differs from the defaults.
std::string write_agent(const core::AgentDefinition& agent, const AgentMirror& mirror = {});
std::string write_task(const core::TaskDefinition& task, const TaskMirror& mirror);
std::string write_task(const core::TaskDefinition& task);  // pending
// All files of the cell. `lazaret_extra`: members (JSON text by name) to put into cell.json's
// object.
CellFiles write_cell(const core::CellDefinition& cell,
                     const std::map<std::string, std::string>& lazaret_extra = {});

// Of the whole definition but its path and the digest itself, as 32 hex digits.
std::string digest_of(const core::CellDefinition& cell);

}  // namespace lazaret::wire
