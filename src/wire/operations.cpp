#include "wire/operations.h"

#include <algorithm>

#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

std::vector<Operation> whole_table() {
  std::vector<Operation> table;
  add_fleet_operations(table);
  add_agent_operations(table);
  add_checkpoint_operations(table);
  add_account_operations(table);
  add_presence_operations(table);
  add_link_operations(table);
  add_mission_operations(table);
  add_calendar_operations(table);
  return table;
}

bool plain_in_path(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == ':';
}

void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : text) {
    if (plain_in_path(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
}

}  // namespace

std::span<const Operation> operations() {
  static const std::vector<Operation> table = whole_table();
  return table;
}

const Operation* find_operation(std::string_view name) {
  const auto all = operations();
  const auto found = std::ranges::find(all, name, &Operation::name);
  return found == all.end() ? nullptr : &*found;
}

std::string fill_path(std::string_view path_template, std::span<const std::string> values) {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < path_template.size(); ++i) {
    if (path_template[i] != '{') {
      out += path_template[i];
      continue;
    }
    i = path_template.find('}', i);
    if (used < values.size()) append_encoded(out, values[used++]);
  }
  return out;
}

}  // namespace lazaret::wire
