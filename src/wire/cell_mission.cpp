// cell.json
#include <algorithm>

#include "wire/cell_parts.h"
#include "wire/cell_policies.h"

namespace lazaret::wire::parts {
namespace {

bool is_uuid_v4(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
    } else if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
      return false;
    }
  }
  return text[14] == '4' && std::string_view("89abAB").find(text[19]) != std::string_view::npos;
}

void read_cell_id(Fields& fields, core::CellDefinition& cell) {
  const JsonValue* value = fields.find("cell_id", Needed::required);
  if (value == nullptr) return;
  if (value->kind != JsonKind::string || !is_uuid_v4(value->text)) {
    return fields.wrong(*value, "cell_id", "a UUID of version 4");
  }
  cell.id = CellId(value->text);
}

}  // namespace

void read_mission(const Findings& findings, const JsonValue& root, core::CellDefinition& cell) {
  Fields fields(findings, root, "");
  read_cell_id(fields, cell);
  fields.line("mission_name", cell.mission_name, Needed::required);
  fields.time("created_at", cell.created_at, Needed::required);
  fields.line("created_by", cell.created_by, Needed::required);
  fields.word("status", cell.status);
  fields.word("isolation_level", cell.isolation.level);
  fields.whole("max_agents", cell.max_agents, 1, 10'000);
  fields.seconds("timeout", cell.timeout);
  if (const JsonValue* value = fields.object("policies")) {
    Fields policies(findings, *value, "/policies");
    policies.word("auto_revive", cell.policies.auto_revive);
    policies.truth("handoff_allowed", cell.policies.handoff_allowed);
    policies.seconds("checkpoint_interval", cell.policies.checkpoint_interval, 1);
    policies_misplaced(policies);
    policies.finish(false);
  }
  if (const JsonValue* value = fields.object("lazaret")) {
    Fields own(findings, *value, "/lazaret");
    read_own_policies(own, cell);
    own.id("account", cell.account);
    own.object("proposal");
    own.finish(true);
  }
  policies_misplaced(fields);
  fields.finish(false);
}

}  // namespace lazaret::wire::parts
