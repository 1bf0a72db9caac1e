#include "wire/checkpoint_manifest.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "wire/cell_fields.h"
#include "wire/json_write.h"
#include "wire/token.h"

namespace lazaret::wire {
namespace {

constexpr std::int64_t number_most = std::int64_t{1} << 53;

bool is_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_sha256(std::string_view text) { return text.size() == 64 && is_hex(text); }

ManifestFile file_from(const Findings& findings, const JsonValue& value,
                       const std::string& pointer) {
  ManifestFile file;
  if (value.kind != JsonKind::object) {
    findings.error(value.span, pointer, brief(value), "an object");
    return file;
  }
  Fields fields(findings, value, pointer);
  fields.line("path", file.path, Needed::required);
  if (!is_checkpoint_path(file.path) && fields.find("path"))
    fields.wrong(*fields.find("path"), "path", std::string(checkpoint_path_expected));
  file.bytes = -1;
  fields.whole("bytes", file.bytes, std::int64_t{0}, number_most);
  if (file.bytes < 0) findings.error(value.span, pointer + "/bytes", "nothing", "a size in bytes");
  fields.line("sha256", file.sha256, Needed::required);
  if (!is_sha256(file.sha256) && fields.find("sha256"))
    fields.wrong(*fields.find("sha256"), "sha256", "a sha256 of 64 lower-case hex digits");
  fields.finish(false);
  return file;
}

void files_from(const Findings& findings, const JsonValue& root, Manifest& manifest) {
  const JsonMember* list = root.find("files");
  if (!list || list->value.kind != JsonKind::array) {
    return findings.error(list ? list->value.span : root.span, "/files",
                          list ? brief(list->value) : "nothing", "a list of files");
  }
  if (list->value.items.empty() || list->value.items.size() > checkpoint_files_most) {
    return findings.error(list->value.span, "/files",
                          fmt::format("{} files", list->value.items.size()),
                          fmt::format("1 to {} files", checkpoint_files_most));
  }
  for (std::size_t i = 0; i < list->value.items.size(); ++i) {
    const std::string pointer = fmt::format("/files/{}", i);
    ManifestFile file = file_from(findings, list->value.items[i], pointer);
    if (!manifest.files.empty() && file.path <= manifest.files.back().path) {
      findings.error(list->value.items[i].span, pointer + "/path", quoted(file.path),
                     "paths in order, each once");
    }
    manifest.files.push_back(std::move(file));
  }
}

}  // namespace

bool is_commit(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && is_hex(text);
}

bool is_checkpoint_path(std::string_view path) {
  if (path == state_file || path == context_file) return true;
  const std::string below = std::string(artifacts_folder) + "/";
  return path.starts_with(below) && !path.ends_with('/') && path.size() <= checkpoint_path_most &&
         is_inner_path(path) && valid_utf8(std::string(path)) == path &&
         std::count(path.begin(), path.end(), '/') <= checkpoint_depth_most;
}

std::string checkpoint_id(std::int64_t number, std::string_view manifest_hash) {
  return fmt::format("{:06}-{}", number, manifest_hash.substr(0, 16));
}

bool is_checkpoint_id(std::string_view text) {
  const std::size_t dash = text.find('-');
  return dash != std::string_view::npos && dash >= 6 && dash <= 16 &&
         text.substr(0, dash).find_first_not_of("0123456789") == std::string_view::npos &&
         text.size() == dash + 17 && is_hex(text.substr(dash + 1));
}

std::string write_manifest(const Manifest& manifest) {
  JsonWriter json;
  json.whole("format", 1);
  json.text("agent_id", manifest.agent.value);
  json.whole("number", manifest.number);
  json.whole("incarnation", static_cast<std::int64_t>(manifest.incarnation.value));
  if (manifest.task) json.text("task_id", manifest.task->value);
  if (!manifest.workspace.empty()) json.text("workspace", manifest.workspace);
  std::string files = "[";
  for (const ManifestFile& file : manifest.files) {
    files += fmt::format("{}\n    {{\"path\": {}, \"bytes\": {}, \"sha256\": \"{}\"}}",
                         files.size() > 1 ? "," : "", quoted(file.path), file.bytes, file.sha256);
  }
  json.raw("files", files + "\n  ]");
  return json.finish();
}

Result<Manifest> read_manifest(std::string text) {
  std::vector<Problem> problems;
  const auto document = read_json(std::move(text), {.bytes = manifest_bytes_most, .depth = 8});
  if (!document) {
    const JsonFault& fault = document.error();
    return fail(ErrorCode::invalid_input,
                fmt::format("manifest.json:{}:{}: found {}, expected {}", fault.place.line,
                            fault.place.column, fault.found, fault.expected));
  }
  Manifest manifest;
  const Findings findings{problems, "manifest.json", document->source};
  if (document->root.kind != JsonKind::object) {
    findings.error(document->root.span, "", brief(document->root), "an object");
    return std::unexpected(to_error(problems));
  }
  Fields fields(findings, document->root, "");
  std::int64_t format = 0;
  std::int64_t incarnation = 0;
  fields.whole("format", format, std::int64_t{1}, std::int64_t{1});
  fields.find("format", Needed::required);
  fields.id("agent_id", manifest.agent.value, Needed::required);
  fields.find("number", Needed::required);
  fields.whole("number", manifest.number, std::int64_t{1}, std::int64_t{999'999'999'999});
  fields.whole("incarnation", incarnation, std::int64_t{0}, number_most);
  manifest.incarnation.value = static_cast<std::uint64_t>(incarnation);
  std::optional<std::string> task;
  fields.id_or_null("task_id", task);
  if (task) manifest.task = TaskId(*task);
  fields.line("workspace", manifest.workspace);
  if (!manifest.workspace.empty() && !is_commit(manifest.workspace))
    fields.wrong(*fields.find("workspace"), "workspace", "the name of a git commit");
  files_from(findings, document->root, manifest);
  fields.finish(false);
  if (has_errors(problems)) return std::unexpected(to_error(problems));
  return manifest;
}

core::CheckpointInfo info_of(const Manifest& manifest, std::string_view text) {
  core::CheckpointInfo info;
  info.manifest_hash = to_hex(sha256(text));
  info.id = checkpoint_id(manifest.number, info.manifest_hash);
  info.workspace = manifest.workspace;
  info.files = static_cast<std::int64_t>(manifest.files.size());
  const std::string below = std::string(artifacts_folder) + "/";
  for (const ManifestFile& file : manifest.files) {
    info.bytes += file.bytes;
    if (file.path == context_file) info.context_hash = file.sha256;
    if (file.path.starts_with(below)) info.artifacts.push_back(file.path.substr(below.size()));
  }
  return info;
}

std::vector<ManifestDifference> differences(const Manifest& from, const Manifest& to) {
  std::vector<ManifestDifference> all;
  auto a = from.files.begin();
  auto b = to.files.begin();
  while (a != from.files.end() || b != to.files.end()) {
    if (b == to.files.end() || (a != from.files.end() && a->path < b->path)) {
      all.push_back({a->path, FileChange::removed, a->bytes, 0});
      ++a;
    } else if (a == from.files.end() || b->path < a->path) {
      all.push_back({b->path, FileChange::added, 0, b->bytes});
      ++b;
    } else {
      if (a->sha256 != b->sha256) all.push_back({a->path, FileChange::changed, a->bytes, b->bytes});
      ++a;
      ++b;
    }
  }
  return all;
}

}  // namespace lazaret::wire
