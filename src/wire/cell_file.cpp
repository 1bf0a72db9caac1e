#include "wire/cell_file.h"

#include <fmt/format.h>

#include "wire/cell_parts.h"

namespace lazaret::wire {
namespace {

constexpr JsonBounds bounds{.bytes = cell_file_bytes_most, .depth = 32, .values = 200'000};

// The document, if it is an object; what is wrong goes to `problems`.
std::optional<JsonDocument> parse(const std::string& file, const std::string& text,
                                  std::vector<Problem>& problems) {
  auto document = read_json(text, bounds);
  if (!document) {
    const JsonFault& fault = document.error();
    Problem problem{file,        fault.place.line, fault.place.column, fault.pointer,
                    fault.found, fault.expected,   Severity::error};
    if (fault.too_large) problem.line = problem.column = 0;
    add_problem(problems, std::move(problem));
    return std::nullopt;
  }
  if (document->root.kind != JsonKind::object) {
    Findings{problems, file, document->source}.error(document->root.span, "", brief(document->root),
                                                     "an object");
    return std::nullopt;
  }
  return std::move(*document);
}

std::string last_step(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

// "agents/a.json" -> "a"
std::string stem(std::string_view path) {
  std::string name = last_step(path);
  return name.substr(0, name.size() - std::string_view(".json").size());
}

class CellReader {
 public:
  explicit CellReader(const CellFiles& files) : files_(files) {}

  CellReading read() {
    cell_.path = files_.directory;
    read_mission();
    config("config/isolation.json", parts::read_isolation);
    config("config/policies.json", parts::read_policies);
    config("config/permissions.json", parts::read_permissions);
    for (const auto& [path, text] : files_.files) {
      if (path.starts_with("agents/")) read_agent(path, text);
      if (path.starts_with("tasks/")) read_task(path, text);
    }
    count("agents", cell_.agents.size(), cell_agents_most);
    count("tasks", cell_.tasks.size(), cell_tasks_most);
    parts::check_cell(cell_, documents_, problems_);
    CellReading reading;
    if (!has_errors(problems_)) {
      cell_.digest = digest_of(cell_);
      reading.cell = std::move(cell_);
    }
    reading.problems = std::move(problems_);
    return reading;
  }

 private:
  const JsonDocument* open(const std::string& path, const std::string& text) {
    auto document = parse(path, text, problems_);
    if (!document) return nullptr;
    auto& kept = documents_[path];
    kept = {path, std::move(*document)};
    return &kept.json;
  }

  void read_mission() {
    const auto found = files_.files.find("cell.json");
    if (found == files_.files.end()) {
      add_problem(problems_, {"cell.json", 0, 0, "", "no such file", "the mission's cell.json",
                              Severity::error});
      return;
    }
    const JsonDocument* document = open("cell.json", found->second);
    if (document == nullptr) return;
    const Findings findings{problems_, "cell.json", document->source};
    parts::read_mission(findings, document->root, cell_);
    const std::string directory = last_step(files_.directory);
    if (!cell_.id.empty() && cell_.id.value != directory) {
      findings.error(document->root.find("cell_id")->value.span, "/cell_id",
                     quoted(cell_.id.value) + " in the directory " + quoted(directory),
                     "the directory's name");
    }
  }

  template <class Read>
  void config(const std::string& path, Read read) {
    const auto found = files_.files.find(path);
    if (found == files_.files.end()) return;
    const JsonDocument* document = open(path, found->second);
    if (document == nullptr) return;
    read(Findings{problems_, path, document->source}, document->root, cell_);
  }

  void read_agent(const std::string& path, const std::string& text) {
    const JsonDocument* document = open(path, text);
    if (document == nullptr) return;
    const Findings findings{problems_, path, document->source};
    core::AgentDefinition agent;
    core::FileRuntime runtime;
    parts::read_agent(findings, document->root, agent, runtime);
    if (agent.id.empty()) return;
    check_name(findings, document->root, "agent_id", agent.id.value, stem(path));
    if (cell_.agents.contains(agent.id)) {
      return twice(findings, document->root, "agent_id", "agents/", agent.id.value);
    }
    cell_.file_runtime[agent.id] = std::move(runtime);
    const AgentId id = agent.id;
    cell_.agents[id] = std::move(agent);
  }

  void read_task(const std::string& path, const std::string& text) {
    const JsonDocument* document = open(path, text);
    if (document == nullptr) return;
    const Findings findings{problems_, path, document->source};
    core::TaskDefinition task;
    std::string status = "pending";
    parts::read_task(findings, document->root, "", task, status);
    if (task.id.empty()) return;
    check_name(findings, document->root, "task_id", task.id.value, stem(path));
    if (cell_.tasks.contains(task.id)) {
      return twice(findings, document->root, "task_id", "tasks/", task.id.value);
    }
    cell_.task_status[task.id] = std::move(status);
    const TaskId id = task.id;
    cell_.tasks[id] = std::move(task);
  }

  static void check_name(const Findings& findings, const JsonValue& root, const std::string& field,
                         const std::string& id, const std::string& file_stem) {
    if (id == file_stem) return;
    findings.error(root.find(field)->value.span, "/" + field,
                   quoted(id) + " in the file " + quoted(file_stem + ".json"), "the file's name");
  }

  static void twice(const Findings& findings, const JsonValue& root, const std::string& field,
                    const std::string& folder, const std::string& id) {
    findings.error(root.find(field)->value.span, "/" + field,
                   fmt::format("{}, which another file in {} has too", quoted(id), folder),
                   "an id of its own");
  }

  void count(const std::string& folder, std::size_t found, std::size_t most) {
    if (found <= most) return;
    add_problem(problems_, {folder, 0, 0, "", fmt::format("{} files", found),
                            fmt::format("at most {}", most), Severity::error});
  }

  const CellFiles& files_;
  core::CellDefinition cell_;
  std::map<std::string, parts::Document> documents_;
  std::vector<Problem> problems_;
};

std::unexpected<Error> refused(const std::vector<Problem>& problems, std::string_view json) {
  Error error = to_error(problems);
  if (json.size() > bounds.bytes) error.code = ErrorCode::too_large;
  return std::unexpected(std::move(error));
}

}  // namespace

CellReading read_cell(const CellFiles& files) { return CellReader(files).read(); }

Result<core::AgentDefinition> read_agent(std::string_view json, std::string_view place) {
  std::vector<Problem> problems;
  core::AgentDefinition agent;
  core::FileRuntime runtime;
  const std::string file(place);
  if (const auto document = parse(file, std::string(json), problems)) {
    parts::read_agent(Findings{problems, file, document->source}, document->root, agent, runtime);
  }
  if (has_errors(problems)) return refused(problems, json);
  return agent;
}

Result<core::TaskDefinition> read_task(std::string_view json, std::string_view place) {
  auto tasks = read_tasks(json, place);
  if (!tasks) return std::unexpected(tasks.error());
  if (tasks->size() != 1) {
    return fail(ErrorCode::invalid_input,
                fmt::format("found {} tasks, expected one", tasks->size()), std::string(place));
  }
  return std::move(tasks->front());
}

Result<std::vector<core::TaskDefinition>> read_tasks(std::string_view json,
                                                     std::string_view place) {
  std::vector<Problem> problems;
  std::vector<core::TaskDefinition> tasks;
  const std::string file(place);
  if (const auto document = parse(file, std::string(json), problems)) {
    const Findings findings{problems, file, document->source};
    const auto add = [&](const JsonValue& value, const std::string& pointer) {
      std::string status;
      if (value.kind == JsonKind::object) {
        return parts::read_task(findings, value, pointer, tasks.emplace_back(), status, true);
      }
      findings.error(value.span, pointer, brief(value), "an object");
    };
    const JsonMember* list = document->root.find("tasks");
    if (list == nullptr) {
      add(document->root, "");
    } else if (list->value.kind != JsonKind::array || list->value.items.empty() ||
               list->value.items.size() > cell_tasks_most) {
      findings.error(list->value.span, "/tasks", brief(list->value),
                     fmt::format("a list of 1 to {} tasks", cell_tasks_most));
    } else {
      for (std::size_t i = 0; i < list->value.items.size(); ++i) {
        add(list->value.items[i], fmt::format("/tasks/{}", i));
      }
    }
  }
  // A file may hold what others put into it; a request is meant for us, all of it.
  for (Problem& problem : problems) problem.severity = Severity::error;
  if (has_errors(problems)) return refused(problems, json);
  return tasks;
}

}  // namespace lazaret::wire
