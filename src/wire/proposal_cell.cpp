// What a proposal's tables have no columns for, carried along in its last section.
#include <boost/json.hpp>
#include <set>

#include "wire/json_document.h"
#include "wire/proposal_file.h"

namespace lazaret::wire {
namespace {

namespace json = boost::json;
using Names = std::set<std::string_view>;

constexpr std::string_view opening = "```json\n";
constexpr std::string_view closing = "\n```";

// A new mission begins from the start; the sections keep what was the proposal's own.
void leave_out_runtime(const std::string& path, json::object& file) {
  Names names = {"cell_id", "created_at", "status"};
  if (path.starts_with("agents/")) names = {"status", "current_task", "checkpoint"};
  if (path.starts_with("tasks/")) names = {"status", "completed_at"};
  for (const auto name : names) file.erase(name);
  auto* own = file.contains("lazaret") ? file["lazaret"].if_object() : nullptr;
  if (own == nullptr) return;
  for (const char* name : {"proposal", "incarnation", "owner"}) own->erase(name);
  if (own->empty()) file.erase("lazaret");
}

// The text of the section's block; empty where there is none.
std::string_view block_of(std::string_view markdown) {
  const auto section = markdown.find(cell_files_heading);
  if (section == std::string_view::npos) return {};
  const auto begin = markdown.find(opening, section);
  if (begin == std::string_view::npos) return {};
  const auto rest = markdown.substr(begin + opening.size());
  return rest.substr(0, rest.find(closing));
}

Result<json::object> files_in(std::string_view markdown) {
  const std::string_view block = block_of(markdown);
  if (block.empty()) return json::object{};
  boost::system::error_code bad;
  json::value value = json::parse({block.data(), block.size()}, bad);
  if (!bad && value.is_object()) return std::move(value.get_object());
  return fail(ErrorCode::invalid_input,
              "the section \"Cell Files\" has no JSON object in its block" +
                  (bad ? ": " + bad.message() : std::string()),
              "proposal", "correct it, or delete the section");
}

// `kept` with the fields `columns` as the tables have them now.
json::value merged(json::object kept, const json::value& written, const Names& columns) {
  for (const auto name : columns) {
    const json::value* now = written.as_object().if_contains(name);
    if (now != nullptr) {
      kept[name] = *now;
    } else {
      kept.erase(name);
    }
  }
  return kept;
}

// What cell.json says beyond the sections.
void fill_in(json::object& body, const json::object& kept) {
  const Names sections = {"mission_name", "isolation_level", "created_by"};
  for (const auto& field : kept) {
    const json::object* theirs = field.value().if_object();
    if (field.key() == "lazaret" && theirs != nullptr) {
      auto& own = body["lazaret"];
      if (!own.is_object()) own.emplace_object();
      for (const auto& one : *theirs) own.get_object()[one.key()] = one.value();
    } else if (!sections.contains(std::string_view(field.key()))) {
      body[field.key()] = field.value();
    }
  }
}

}  // namespace

std::string cell_files_section(const CellFiles& files) {
  std::string lines;
  for (const auto& [path, text] : files.files) {
    json::value file = json_of(text);
    if (!file.is_object()) continue;
    leave_out_runtime(path, file.get_object());
    lines += (lines.empty() ? "" : ",\n") + json_document(json::value(path)) + ": " +
             json_document(file);
  }
  return "\n" + std::string(cell_files_heading) +
         "\n\nWhat the sections above have no place for. Where both say something, they win over "
         "this one.\n\n" +
         std::string(opening) + "{\n" + lines + "\n}" + std::string(closing) + "\n";
}

Result<json::object> new_cell_body(const CellFiles& imported, std::string_view markdown) {
  auto kept = files_in(markdown);
  if (!kept) return kept;
  const auto kept_file = [&](const std::string& path) {
    const json::value* file = kept->if_contains(path);
    return file != nullptr && file->is_object() ? file->get_object() : json::object{};
  };
  json::object body{{"agents", json::array()}, {"tasks", json::array()}};
  for (const auto& [path, text] : imported.files) {
    const json::value written = json_of(text);
    const json::object before = kept_file(path);
    const auto joined = [&](const Names& columns) {
      return before.empty() ? written : merged(before, written, columns);
    };
    if (path == "cell.json") {
      for (const auto& field : written.as_object()) body[field.key()] = field.value();
    } else if (path.starts_with("agents/")) {
      body["agents"].as_array().push_back(joined({"agent_id", "role", "capabilities", "gateway"}));
    } else if (path.starts_with("tasks/")) {
      body["tasks"].as_array().push_back(
          joined({"task_id", "title", "assigned_to", "priority", "dependencies"}));
    } else if (path == "config/isolation.json") {
      body["isolation"] = joined({"level", "network_isolation", "resource_limits"});
    } else if (path == "config/policies.json") {
      body["config_policies"] = written;
    } else if (path == "config/permissions.json") {
      body["permissions"] = written;
    }
  }
  fill_in(body, kept_file("cell.json"));
  // It may bring commands along: as with any cell from elsewhere, a person starts it.
  if (!kept->empty()) body["status"] = "paused";
  if (const auto file = kept_file("config/policies.json"); !file.empty()) {
    body["config_policies"] = file;
  }
  if (const auto file = kept_file("config/permissions.json"); !file.empty()) {
    body["permissions"] = file;
  }
  body.erase("cell_id");
  return body;
}

}  // namespace lazaret::wire
