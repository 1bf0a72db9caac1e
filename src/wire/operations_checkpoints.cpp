#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

Input checkpoint_named(std::string_view name, Where where, bool required, std::string_view doc) {
  return {.name = name, .where = where, .required = required, .doc = doc, .least = 1};
}

}  // namespace

void add_checkpoint_operations(std::vector<Operation>& table) {
  table.push_back({.name = "checkpoint.list",
                   .method = Method::GET,
                   .path = "/api/v1/agents/{agent}/checkpoints",
                   .agents = true,
                   .summary = "Checkpoints of an agent, newest first: what it would go on from.",
                   .inputs = {agent_in_path()},
                   .output = "Checkpoints",
                   .cli = "checkpoint ls AGENT",
                   .example = "lazaret checkpoint ls scout"});
  table.push_back(
      {.name = "checkpoint.save",
       .method = Method::POST,
       .path = "/api/v1/agents/{agent}/checkpoints",
       .scope = Scope::operator_,
       .agents = true,
       .summary = "Save what lies in the staging directory; answered when it is on the disk.",
       .inputs = {agent_in_path(),
                  {.name = "workspace",
                   .doc = "the git commit that holds the workspace",
                   .least = 40,
                   .most = 64}},
       .output = "Checkpoint",
       .success = 201,
       .cli = "checkpoint save AGENT",
       .example = "lazaret checkpoint save scout"});
  table.push_back({.name = "checkpoint.ask",
                   .method = Method::POST,
                   .path = "/api/v1/agents/{agent}/checkpoints/ask",
                   .scope = Scope::operator_,
                   .summary = "Ask a running agent to save a checkpoint.",
                   .inputs = {agent_in_path(), reason_in_body()},
                   .output = "Done",
                   .cli = "checkpoint ask AGENT",
                   .example = "lazaret checkpoint ask scout"});
  table.push_back(
      {.name = "checkpoint.rehearse",
       .method = Method::POST,
       .path = "/api/v1/agents/{agent}/checkpoints/rehearse",
       .scope = Scope::operator_,
       .summary = "Restore a checkpoint into a scratch directory, to see that it can be.",
       .inputs = {agent_in_path(), checkpoint_named("checkpoint", Where::body, false,
                                                    "which one; the newest if left out")},
       .output = "Rehearsal",
       .cli = "checkpoint rehearse AGENT",
       .example = "lazaret checkpoint rehearse scout"});
  table.push_back(
      {.name = "checkpoint.restore",
       .method = Method::POST,
       .path = "/api/v1/agents/{agent}/checkpoints/restore",
       .scope = Scope::operator_,
       .summary = "Let the agent's next start go on from this checkpoint.",
       .inputs = {agent_in_path(), checkpoint_named("checkpoint", Where::body, true, "which one")},
       .output = "Done",
       .cli = "checkpoint restore AGENT CHECKPOINT",
       .example = "lazaret checkpoint restore scout 000004-5f0c6a1be2d39c77"});
  table.push_back(
      {.name = "checkpoint.diff",
       .method = Method::GET,
       .path = "/api/v1/agents/{agent}/checkpoints/diff",
       .agents = true,
       .summary = "Which files differ between two checkpoints of an agent.",
       .inputs = {agent_in_path(),
                  checkpoint_named("from", Where::query, false,
                                   "the one before the newest if left out"),
                  checkpoint_named("to", Where::query, false, "the newest if left out")},
       .output = "CheckpointDifference",
       .cli = "checkpoint diff AGENT",
       .example = "lazaret checkpoint diff scout"});
}

}  // namespace lazaret::wire
