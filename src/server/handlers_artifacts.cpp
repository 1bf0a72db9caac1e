// What agents made. Nothing of it is trusted: a page among it gets no scripts and no origin.
#include <algorithm>
#include <array>
#include <map>

#include "server/context.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

struct Type {
  std::string_view ending;
  std::string_view media;
};
constexpr std::array<Type, 12> types = {{{"html", "text/html; charset=utf-8"},
                                         {"txt", "text/plain; charset=utf-8"},
                                         {"log", "text/plain; charset=utf-8"},
                                         {"md", "text/markdown; charset=utf-8"},
                                         {"csv", "text/csv; charset=utf-8"},
                                         {"json", "application/json"},
                                         {"png", "image/png"},
                                         {"jpg", "image/jpeg"},
                                         {"jpeg", "image/jpeg"},
                                         {"svg", "image/svg+xml"},
                                         {"pdf", "application/pdf"},
                                         {"htm", "text/html; charset=utf-8"}}};

// A report may draw itself with the script inside it; it has an origin of its own and reaches
// nothing.
constexpr std::string_view policy =
    "Content-Security-Policy: sandbox allow-scripts; default-src 'none'; "
    "script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "frame-ancestors 'self'\r\nReferrer-Policy: no-referrer\r\n";

std::string file_name(std::string_view path) {
  std::string name(path.substr(path.rfind('/') + 1));
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
  };
  std::ranges::replace_if(name, [&](char c) { return !plain(c); }, '_');
  return name;
}

Answer file_answer(std::string_view path, std::string bytes) {
  const auto dot = path.rfind('.');
  const auto ending = dot == path.npos ? "" : path.substr(dot + 1);
  const auto type = std::ranges::find(types, ending, &Type::ending);
  Answer answer{.status = 200, .body = std::move(bytes), .headers = std::string(policy)};
  if (type != types.end()) {
    answer.content_type = type->media;
  } else {
    answer.content_type = "application/octet-stream";
    answer.headers += "Content-Disposition: attachment; filename=\"" + file_name(path) + "\"\r\n";
  }
  return answer;
}

// By the path below artifacts/; tasks may name that folder, too.
std::map<std::string_view, std::string> makers_of(const core::Cell& cell) {
  std::map<std::string_view, std::string> makers;
  for (const auto& [id, task] : cell.tasks) {
    for (std::string_view path : task.definition.artifacts) {
      if (path.starts_with("artifacts/")) path.remove_prefix(10);
      makers.emplace(path, id.value);
    }
  }
  return makers;
}

json::object list_json(const core::Cell* cell, const ports::Artifacts& found) {
  const auto makers = cell ? makers_of(*cell) : std::map<std::string_view, std::string>();
  json::array files;
  for (const ports::Artifact& one : found.files) {
    const auto maker = makers.find(one.path);
    json::object file{
        {"path", one.path}, {"bytes", one.bytes}, {"modified_at", wire::api_time(one.modified_at)}};
    file["task_id"] = maker == makers.end() ? json::value(nullptr) : json::value(maker->second);
    files.push_back(std::move(file));
  }
  return {{"artifacts", std::move(files)}, {"more", found.more}};
}

// The cell in the path, if it has a directory; nothing where the call is answered.
std::optional<CellId> cell_with_files(Context& context, Call& call) {
  auto id = named_cell(context, call);
  if (!id) return std::nullopt;
  const core::Cell& cell = *core::find_cell(context.fleet(), *id);
  if (context.services.cell_files && !cell.definition.path.empty()) return id;
  call.reply.fail({ErrorCode::unsupported, "this mission has no directory here", {}, {}});
  return std::nullopt;
}

void list(Context& context, Call& call) {
  const auto cell = cell_with_files(context, call);
  if (!cell) return;
  context.services.cell_files->list_artifacts(
      core::find_cell(context.fleet(), *cell)->definition.path,
      [&context, id = *cell, reply = call.reply](const Result<ports::Artifacts>& found) {
        if (!found) return reply.fail(found.error());
        reply.ok(list_json(core::find_cell(context.fleet(), id), *found));
      });
}

void get(Context& context, Call& call) {
  const auto cell = cell_with_files(context, call);
  if (!cell) return;
  const std::string path = call.inputs.text("path");
  context.services.cell_files->read_artifact(
      core::find_cell(context.fleet(), *cell)->definition.path, path,
      [path, id = *cell, reply = call.reply](Result<std::string> bytes) {
        if (bytes) return reply.send(file_answer(path, std::move(*bytes)));
        Error error = bytes.error();
        error.place = "artifacts/" + path;
        error.remedy = "lazaret artifact ls " + id.value.substr(0, 8);
        reply.fail(error);
      });
}

}  // namespace

void add_artifact_handlers(Handlers& handlers) {
  handlers["artifact.list"] = list;
  handlers["artifact.get"] = get;
}

}  // namespace lazaret::server
