#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "adapters/cells/cell_store_impl.h"
#include "adapters/cells/durable.h"
#include "wire/cell_patch.h"
#include "wire/cell_status.h"

namespace lazaret::cells {
namespace {

std::string last_step(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A whole new file, or, where one is there by now, its changes.
Result<void> write_or_patch(int root, const std::string& cell, const std::string& file,
                            const std::string& text, const std::vector<wire::JsonChange>& changes,
                            OwnWrites& own) {
  const files::Fd directory = files::open_directory(root, cell);
  if (!directory)
    return std::unexpected(files::system_error(errno, "cannot open the cell " + cell));
  const auto note = [&](const std::string& bytes) { own.note(cell, file, content_hash(bytes)); };
  const auto edit = [&](std::string old_text) -> Result<std::string> {
    auto patched = wire::patch_json(std::move(old_text), changes);
    if (!patched) patched.error().message = file + ": " + patched.error().message;
    return patched;
  };
  auto done = edit_file(directory.get(), file, edit, note);
  if (done || done.error().code != ErrorCode::not_found || text.empty()) return done;
  return replace_file(directory.get(), file, text, [&]() -> Result<void> {
    note(text);
    return {};
  });
}

}  // namespace

// Brings a worker's answer to the loop's thread.
std::function<void(Result<void>)> CellStore::Impl::on_loop(Done done) {
  return [weak = weak_from_this(), &loop = loop_, done = std::move(done)](Result<void> result) {
    boost::asio::post(loop, [weak, done, result = std::move(result)] {
      if (weak.lock()) done(result);
    });
  };
}

void CellStore::Impl::create(wire::CellFiles files, Made made) {
  const std::string name = last_step(files.directory);
  made_here_.insert(name);
  const auto done = [this, name, made = std::move(made)](const Result<void>& result) {
    if (!result) {
      made_here_.erase(name);
      return made(std::unexpected(result.error()));
    }
    observe(name);
    made(CellId(name));
  };
  worker_->submit_now({[root = root_, name, files = std::move(files)] {
                         return make_cell(root->get(), name, files);
                       },
                       on_loop(done),
                       {}});
}

void CellStore::Impl::destroy(const CellId& cell, Done done) {
  const std::string name = cell.value;
  if (!records_.contains(name)) return done(fail(ErrorCode::not_found, "there is no cell " + name));
  const auto finish = [this, name, done = std::move(done)](const Result<void>& result) {
    made_here_.erase(name);
    observe(name);
    done(result);
  };
  worker_->submit_now(
      {[root = root_, name] { return remove_cell(root->get(), name); }, on_loop(finish), {}});
}

void CellStore::Impl::after_write(const std::string& name, const std::string& file,
                                  const std::function<void(CellRecord&)>& written, const Done& done,
                                  const Result<void>& result) {
  const auto found = records_.find(name);
  if (!result) {
    log(name + ": not written: " + result.error().message);
  } else if (found != records_.end()) {
    // A person who puts the bytes of before back has changed the file that we wrote.
    found->second.hashes[file] = own_->last(name, file);
    if (written) written(found->second);
  }
  if (done) done(result);
}

void CellStore::Impl::write_definition(CellRecord& record, std::string file, std::string text,
                                       std::vector<wire::JsonChange> changes,
                                       std::function<void(CellRecord&)> written, Done done) {
  const std::string name = record.sight.directory;
  record.ever.insert(file);
  const auto finish = [this, name, file, written = std::move(written),
                       done = std::move(done)](const Result<void>& result) {
    after_write(name, file, written, done, result);
  };
  worker_->submit_kept({[root = root_, own = own_, name, file = std::move(file),
                         text = std::move(text), changes = std::move(changes)] {
                          return write_or_patch(root->get(), name, file, text, changes, *own);
                        },
                        on_loop(finish),
                        {}});
}

void CellStore::Impl::write_agent(const CellId& cell, const core::AgentDefinition& agent,
                                  Done done) {
  CellRecord* record = record_of(cell);
  if (record == nullptr) {
    if (done) done(fail(ErrorCode::not_found, "there is no cell " + cell.value));
    return;
  }
  record->new_agents[agent.id] = agent;
  const auto written = [agent](CellRecord& r) {
    const auto waiting = r.new_agents.find(agent.id);
    if (waiting != r.new_agents.end() && waiting->second == agent) r.new_agents.erase(waiting);
    r.agents_in_file.try_emplace(agent.id, core::FileRuntime{"idle", 0});
    r.defined_in_file[agent.id] = agent;
  };
  write_definition(*record, agent_file(agent.id), wire::write_agent(agent), wire::changes_of(agent),
                   written, std::move(done));
}

void CellStore::Impl::write_task(const CellId& cell, const core::TaskDefinition& task, Done done) {
  CellRecord* record = record_of(cell);
  if (record == nullptr) {
    if (done) done(fail(ErrorCode::not_found, "there is no cell " + cell.value));
    return;
  }
  record->new_tasks[task.id] = task;
  const auto written = [task](CellRecord& r) {
    const auto waiting = r.new_tasks.find(task.id);
    if (waiting != r.new_tasks.end() && waiting->second == task) r.new_tasks.erase(waiting);
    const wire::TaskMirror mirror{"pending", task.assigned_to, task.dependencies, {}, {}};
    const auto in_file = r.tasks_in_file.try_emplace(task.id, mirror).first;
    in_file->second.assigned_to = task.assigned_to;
    in_file->second.dependencies = task.dependencies;
  };
  write_definition(*record, task_file(task.id), wire::write_task(task), wire::changes_of(task),
                   written, std::move(done));
}

// ── the mirror ──

void CellStore::Impl::mirror(const core::Cell& cell, const std::set<TaskId>* only) {
  CellRecord* record = record_of(cell.definition.id);
  if (record == nullptr) return;
  mirror_status(*record, cell);
  for (const auto& [id, agent] : cell.agents) mirror_agent(*record, cell, agent);
  if (only == nullptr) {
    for (const auto& [id, task] : cell.tasks) mirror_task(*record, cell, task);
    return;
  }
  for (const TaskId& id : *only) {
    const auto task = cell.tasks.find(id);
    if (task != cell.tasks.end()) mirror_task(*record, cell, task->second);
  }
}

void CellStore::Impl::mirror_status(CellRecord& record, const core::Cell& cell) {
  const core::MissionStatus status = cell.status;
  const bool same = record.status.value_or(status) == status && record.status_in_file == status;
  const bool told = cell.unmirrored.empty() || record.status_change == cell.status_changes;
  record.status = status;
  record.status_change = cell.status_changes;
  if (!same) return patch_status(record);
  // It changed and changed back before a word of it was written.
  if (!told)
    options_.sink(core::event::CellMirrored{cell.definition.id, status, cell.status_changes});
}

void CellStore::Impl::patch_status(CellRecord& record) {
  const core::MissionStatus status = *record.status;
  patch_later({record.sight.directory, "cell.json", wire::changes_of(status),
               [this, status, change = record.status_change](CellRecord& r) {
                 r.status_in_file = r.status_told = status;
                 r.digest.clear();  // a file that says again what was told first is news
                 options_.sink(
                     core::event::CellMirrored{CellId(r.sight.directory), status, change});
               }});
}

void CellStore::Impl::mirror_agent(CellRecord& record, const core::Cell& cell,
                                   const core::Agent& agent) {
  const AgentId& id = agent.definition.id;
  const wire::AgentMirror mirror = wire::mirror_of(cell, agent);
  if (!record.ever.contains(agent_file(id))) {
    write_agent(cell.definition.id, agent.definition, {});
  } else if (!record.agents_in_file.contains(id) && !record.new_agents.contains(id)) {
    return;  // a person took the file away
  } else {
    const auto in_file = record.defined_in_file.find(id);
    const auto waiting = record.new_agents.find(id);
    const core::AgentDefinition* told = waiting != record.new_agents.end()        ? &waiting->second
                                        : in_file != record.defined_in_file.end() ? &in_file->second
                                                                                  : nullptr;
    if (told != nullptr && !(*told == agent.definition)) {
      write_agent(cell.definition.id, agent.definition, {});
    }
  }
  const auto before = record.agents.find(id);
  const auto in_file = record.agents_in_file.find(id);
  const bool same = before != record.agents.end() && before->second == mirror &&
                    in_file != record.agents_in_file.end() &&
                    (in_file->second.agent_status == mirror.status ||
                     (in_file->second.agent_status.empty() && mirror.status == "idle")) &&
                    in_file->second.incarnation == mirror.incarnation;
  if (same) return;
  record.agents[id] = mirror;
  patch_agent(record, id);
}

void CellStore::Impl::patch_agent(CellRecord& record, const AgentId& id) {
  const wire::AgentMirror& mirror = record.agents.at(id);
  patch_later({record.sight.directory, agent_file(id), wire::changes_of(mirror),
               [id, mirror](CellRecord& r) {
                 r.agents_in_file[id] = {mirror.status, mirror.incarnation};
               }});
}

// New tasks get their files after those that they wait for: whenever the daemon dies, what stands
// on the disk is a valid cell.
void CellStore::Impl::write_new_task(CellRecord& record, const core::Cell& cell,
                                     const core::Task& task) {
  std::vector<const core::Task*> path = {&task};
  while (!path.empty()) {
    const core::TaskDefinition& last = path.back()->definition;
    const auto first = std::ranges::find_if(last.dependencies, [&](const TaskId& id) {
      return cell.tasks.contains(id) && !record.ever.contains(task_file(id));
    });
    if (first != last.dependencies.end()) {
      path.push_back(&cell.tasks.at(*first));
      continue;
    }
    write_task(cell.definition.id, last, {});
    path.pop_back();
  }
}

void CellStore::Impl::mirror_task(CellRecord& record, const core::Cell& cell,
                                  const core::Task& task) {
  const TaskId& id = task.definition.id;
  const wire::TaskMirror mirror = wire::mirror_of(task);
  if (!record.ever.contains(task_file(id))) {
    write_new_task(record, cell, task);
  } else if (!record.tasks_in_file.contains(id) && !record.new_tasks.contains(id)) {
    return;
  }
  const auto before = record.tasks.find(id);
  const auto in_file = record.tasks_in_file.find(id);
  const bool same = before != record.tasks.end() && before->second == mirror &&
                    in_file != record.tasks_in_file.end() &&
                    in_file->second.status == mirror.status &&
                    in_file->second.assigned_to == mirror.assigned_to &&
                    in_file->second.dependencies == mirror.dependencies;
  if (same) return;
  record.tasks[id] = mirror;
  patch_task(record, id);
}

void CellStore::Impl::patch_task(CellRecord& record, const TaskId& id) {
  const wire::TaskMirror& mirror = record.tasks.at(id);
  patch_later({record.sight.directory, task_file(id), wire::changes_of(mirror),
               [id, mirror](CellRecord& r) { r.tasks_in_file[id] = mirror; }});
}

// Files that were broken while they should have been written, and are whole again.
void CellStore::Impl::catch_up(CellRecord& record) {
  if (record.status && *record.status != record.status_in_file) {
    patch_status(record);
  }
  for (const auto& [id, mirror] : record.agents) {
    const auto in_file = record.agents_in_file.find(id);
    if (in_file == record.agents_in_file.end()) continue;
    const std::string& status = in_file->second.agent_status;
    const bool same = status == mirror.status || (status.empty() && mirror.status == "idle");
    if (!same || in_file->second.incarnation != mirror.incarnation) patch_agent(record, id);
  }
  for (const auto& [id, mirror] : record.tasks) {
    const auto in_file = record.tasks_in_file.find(id);
    if (in_file == record.tasks_in_file.end()) continue;
    if (in_file->second.status != mirror.status) patch_task(record, id);
  }
}

void CellStore::Impl::patch_later(Patch patch) {
  const bool first = patches_.empty();
  std::string key = patch.cell + "/" + patch.file;
  patches_.insert_or_assign(std::move(key), std::move(patch));
  if (!first) return;
  patch_timer_.expires_after(options_.mirror_delay);
  patch_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error) self->flush();
  });
}

void CellStore::Impl::flush() {
  for (auto& [key, patch] : patches_) {
    const auto finish = [this, name = patch.cell, file = patch.file,
                         written = std::move(patch.written)](const Result<void>& result) {
      after_write(name, file, written, {}, result);
    };
    worker_->submit_kept({[root = root_, own = own_, name = patch.cell, file = patch.file,
                           changes = std::move(patch.changes)] {
                            return write_or_patch(root->get(), name, file, {}, changes, *own);
                          },
                          on_loop(finish), "patch:" + key});
  }
  patches_.clear();
}

bool CellStore::Impl::close(Duration most) {
  if (!worker_) return true;
  flush();
  return worker_->drain(most);
}

}  // namespace lazaret::cells
