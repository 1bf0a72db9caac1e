// The changes that bring a file of a cell up to date without touching anything else in it.
#pragma once

#include <vector>

#include "core/definition.h"
#include "wire/cell_file.h"
#include "wire/json_patch.h"

namespace lazaret::wire {

// Runtime fields. One that is absent from the file and has its default value stays absent.
std::vector<JsonChange> changes_of(core::MissionStatus status);
std::vector<JsonChange> changes_of(const AgentMirror& mirror);
std::vector<JsonChange> changes_of(const TaskMirror& mirror);

// Everything a definition says, without the runtime fields (assigned_to and dependencies are both).
std::vector<JsonChange> changes_of(const core::AgentDefinition& agent);
std::vector<JsonChange> changes_of(const core::TaskDefinition& task);

}  // namespace lazaret::wire
