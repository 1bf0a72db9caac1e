// Strong ids. A bare string is never an id; the type says whose.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

#include "base/fields.h"

namespace lazaret {

template <class Tag>
struct Id {
  std::string value;
  Id() = default;
  explicit Id(std::string text) : value(std::move(text)) {}
  const std::string& str() const { return value; }
  bool empty() const { return value.empty(); }
  friend auto operator<=>(const Id&, const Id&) = default;
};

using CellId = Id<struct CellTag>;          // UUID v4, or "external" for the built-in cell
using AgentId = Id<struct AgentTag>;        // unique within its cell
using TaskId = Id<struct TaskTag>;          // unique within its cell
using ApprovalId = Id<struct ApprovalTag>;  // "r-<n>", unique in the fleet
using WakeId = Id<struct WakeTag>;          // "w-<n>", unique in the fleet

// Number of a start of an agent. It only grows; a write that carries an older one is refused.
struct Incarnation {
  std::uint64_t value = 0;
  friend auto operator<=>(const Incarnation&, const Incarnation&) = default;
};

struct AgentRef {
  CellId cell;
  AgentId agent;
  friend auto operator<=>(const AgentRef&, const AgentRef&) = default;
  LAZARET_FIELDS(AgentRef, cell, agent)
};

struct TaskRef {
  CellId cell;
  TaskId task;
  friend auto operator<=>(const TaskRef&, const TaskRef&) = default;
  LAZARET_FIELDS(TaskRef, cell, task)
};

// "<first 8 of cell>.<agent>", how an agent is written where its bare id may be ambiguous.
std::string qualified(const AgentRef& ref);

}  // namespace lazaret
