#include <algorithm>
#include <ranges>

#include "core/checkpoint_state.h"
#include "core/permissions.h"
#include "server/context.h"
#include "server/names.h"
#include "wire/api_encode.h"
#include "wire/checkpoint_manifest.h"

namespace lazaret::server {
namespace {

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object checkpoint_json(const core::Checkpoint& one) {
  json::array artifacts;
  for (const std::string& path : one.info.artifacts) artifacts.push_back(json::string(path));
  return {{"checkpoint", one.info.id},
          {"saved_at", wire::api_time(one.at.wall)},
          {"incarnation", one.incarnation.value},
          {"task", one.task ? json::value(one.task->value) : json::value(nullptr)},
          {"bytes", one.info.bytes},
          {"files", one.info.files},
          {"artifacts", std::move(artifacts)},
          {"manifest_hash", one.info.manifest_hash},
          {"context_hash", text_or_null(one.info.context_hash)},
          {"workspace", text_or_null(one.info.workspace)},
          {"proven_at", one.proven ? wire::api_time(*one.proven) : json::value(nullptr)},
          {"broken", text_or_null(one.broken)}};
}

// As they were saved, oldest first: their ids are numbered. The agent's own order says what a start
// would take, and one that a person picked is the last of that.
std::vector<const core::Checkpoint*> as_saved(const core::Agent& agent) {
  std::vector<const core::Checkpoint*> all;
  for (const core::Checkpoint& one : agent.checkpoints) all.push_back(&one);
  std::ranges::sort(all, {}, [](const core::Checkpoint* one) -> auto& { return one->info.id; });
  return all;
}

// Newest first, with the one that the agent's present run went on from, and the next one will.
void list(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  const core::Agent& agent = *core::find_agent(context.fleet(), *ref);
  json::array all;
  for (const auto* one : std::views::reverse(as_saved(agent))) all.push_back(checkpoint_json(*one));
  const auto* next = core::checkpoint::newest_good(agent);
  json::value from;
  if (const auto& restored = agent.went_on_from) {
    from = json::object{{"agent", restored->agent.value}, {"checkpoint", restored->id}};
  }
  json::value asked;
  if (const auto& wish = agent.checkpoint_wish) {
    asked = json::object{{"before", to_word(wish->before)},
                         {"reason", wish->reason},
                         {"since", wire::api_time(wish->since.wall)}};
  }
  send_tagged(call, {{"agent_id", ref->agent.value},
                     {"cell_id", ref->cell.value},
                     {"checkpoints", std::move(all)},
                     {"went_on_from", std::move(from)},
                     {"next", next ? json::value(next->info.id) : json::value(nullptr)},
                     {"asked", std::move(asked)}});
}

// What can be said before the disk is asked; the core checks again when the files are safe.
std::optional<Error> refusal(const Context& context, const Call& call, const AgentRef& ref) {
  if (!context.services.save_checkpoint) {
    return Error{ErrorCode::unsupported, "this daemon keeps no checkpoints", {}, {}};
  }
  if (context.loop.trouble()) return *context.loop.trouble();
  const core::Cell& cell = *core::find_cell(context.fleet(), ref.cell);
  if (cell.definition.path.empty()) {
    return Error{ErrorCode::unsupported, "this agent runs elsewhere and has no directory here",
                 "path agent", "keep its state with its task: lazaret task checkpoint"};
  }
  const auto& self = call.identity.agent;
  if (!self) return std::nullopt;
  if (*self != ref) {
    return Error{
        ErrorCode::refused, "an agent saves checkpoints of its own only", "path agent", {}};
  }
  const core::Agent& agent = *core::find_agent(context.fleet(), ref);
  const auto caller = call.identity.caller();
  if (agent.definition.run && agent.incarnation != caller.incarnation) return std::nullopt;
  if (!core::permissions::may_checkpoint(agent.definition.role)) {
    return Error{ErrorCode::refused,
                 "an agent with the role " + std::string(to_word(agent.definition.role)) +
                     " may not save checkpoints",
                 {},
                 "lead and write may"};
  }
  return std::nullopt;
}

void save(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  const std::string workspace = call.inputs.text("workspace");
  if (!workspace.empty() && !wire::is_commit(workspace)) {
    return call.reply.fail({ErrorCode::invalid_input, "it is not the name of a git commit",
                            "body /workspace", "40 or 64 lower-case hex digits"});
  }
  if (const auto error = refusal(context, call, *ref)) return call.reply.fail(*error);
  const core::Agent& agent = *core::find_agent(context.fleet(), *ref);
  const auto caller = call.identity.caller();
  if (caller.agent && agent.definition.run && agent.incarnation != caller.incarnation) {
    // Of an incarnation that is over: refused and recorded, and the disk is not touched.
    return submit(context, call, core::op::SaveCheckpoint{*ref, {}});
  }
  const auto kept = std::make_shared<Call>(call);
  context.services.save_checkpoint(
      *ref, workspace, [&context, kept, ref = *ref](Result<core::CheckpointInfo> info) {
        if (!info) return kept->reply.fail(info.error());
        submit(context, *kept, core::op::SaveCheckpoint{ref, *info},
               [ref](Context& ctx, const core::Granted& granted) {
                 const core::Agent* of = core::find_agent(ctx.fleet(), ref);
                 const auto* found = of ? core::checkpoint::find(*of, granted.id) : nullptr;
                 if (!found) return done_answer(granted, 201);
                 return json_answer(201, checkpoint_json(*found));
               });
      });
}

void ask(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (ref) submit(context, call, core::op::AskCheckpoint{*ref, call.inputs.text("reason")});
}

void restore(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  submit(context, call, core::op::PickCheckpoint{*ref, call.inputs.text("checkpoint")});
}

// The named one, or `usual`; nothing, and the call is answered.
std::optional<core::CheckpointRef> named_checkpoint(Call& call, const AgentRef& ref,
                                                    const core::Agent& agent,
                                                    std::string_view input,
                                                    const core::Checkpoint* usual) {
  const std::string id = call.inputs.text(input);
  const core::Checkpoint* found = id.empty() ? usual : core::checkpoint::find(agent, id);
  if (found) return core::CheckpointRef{ref.agent, found->info.id, found->info.manifest_hash};
  const std::string name = ref.agent.value;
  call.reply.fail({ErrorCode::not_found,
                   id.empty() ? "agent \"" + name + "\" has no such checkpoint yet"
                              : "agent \"" + name + "\" has no checkpoint \"" + id + "\"",
                   std::string(input), "lazaret checkpoint ls " + name});
  return std::nullopt;
}

void rehearse(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  if (!context.services.rehearse_checkpoint) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon keeps no checkpoints", {}, {}});
  }
  const core::Agent& agent = *core::find_agent(context.fleet(), *ref);
  const auto* newest = core::checkpoint::newest_good(agent);
  const auto chosen = named_checkpoint(call, *ref, agent, "checkpoint", newest);
  if (!chosen) return;
  context.services.rehearse_checkpoint(
      *ref, *chosen, [reply = call.reply, id = chosen->id](const Result<void>& done) {
        if (!done && done.error().code != ErrorCode::invalid_input) return reply.fail(done.error());
        reply.ok(json::object{{"checkpoint", id},
                              {"restorable", done.has_value()},
                              {"reason", done ? std::string() : done.error().message}});
      });
}

void diff(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  if (!context.services.read_checkpoints) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon keeps no checkpoints", {}, {}});
  }
  const core::Agent& agent = *core::find_agent(context.fleet(), *ref);
  const auto all = as_saved(agent);
  const auto* newest = all.empty() ? nullptr : all.back();
  const auto* before = all.size() < 2 ? nullptr : all[all.size() - 2];
  const auto from = named_checkpoint(call, *ref, agent, "from", before);
  if (!from) return;
  const auto to = named_checkpoint(call, *ref, agent, "to", newest);
  if (!to) return;
  const auto answer = [reply = call.reply, from = from->id,
                       to = to->id](const Result<std::vector<wire::Manifest>>& read) {
    if (!read) return reply.fail(read.error());
    json::array files;
    for (const auto& one : wire::differences(read->at(0), read->at(1))) {
      files.push_back({{"path", one.path},
                       {"change", to_word(one.change)},
                       {"bytes_before", one.before},
                       {"bytes_after", one.after}});
    }
    reply.ok(json::object{{"from", from}, {"to", to}, {"files", std::move(files)}});
  };
  context.services.read_checkpoints(*ref, {*from, *to}, answer);
}

}  // namespace

void add_checkpoint_handlers(Handlers& handlers) {
  handlers["checkpoint.list"] = list;
  handlers["checkpoint.save"] = save;
  handlers["checkpoint.ask"] = ask;
  handlers["checkpoint.rehearse"] = rehearse;
  handlers["checkpoint.restore"] = restore;
  handlers["checkpoint.diff"] = diff;
}

}  // namespace lazaret::server
