#include "main/cell_mirror.h"

#include <utility>

#include "core/fact_words.h"

namespace lazaret::main {

namespace {
constexpr auto gather = std::chrono::milliseconds(10);
}

// A fact about a task or an agent concerns that task and all agents; any other one the whole cell.
void CellMirror::note(const std::vector<runtime::RecordedFact>& facts) {
  const bool armed = !touched_.empty();
  for (const runtime::RecordedFact& one : facts) {
    const core::FactSubject subject = core::subject_of(*one.fact);
    if (subject.cell.empty() || subject.cell.value == "external") continue;
    Touched& touched = touched_[subject.cell];
    touched.whole |= subject.agent.empty() && subject.task.empty();
    if (!subject.task.empty()) touched.tasks.insert(subject.task);
  }
  if (!armed && !touched_.empty()) arm();
}

void CellMirror::note_all() {
  for (const auto& [id, cell] : loop_.fleet().cells) {
    if (id.value != "external") touched_[id].whole = true;
  }
  arm();
}

void CellMirror::arm() {
  timer_.expires_after(gather);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) flush();
  });
}

// A file must not say what a crash would take back: it would look like a person's edit then. Such
// missions are noted again, whole, when it is recorded.
void CellMirror::flush() {
  auto touched_cells = std::exchange(touched_, {});
  loop_.each_unrecorded([&](const core::Fact& fact) {
    const auto* changed = std::get_if<core::fact::MissionStatusChanged>(&fact);
    if (changed) touched_cells.erase(changed->cell);
  });
  for (const auto& [id, touched] : touched_cells) {
    const core::Cell* cell = core::find_cell(loop_.fleet(), id);
    if (cell == nullptr) continue;
    if (touched.whole) {
      store_.mirror(*cell);
    } else {
      store_.mirror(*cell, touched.tasks);
    }
  }
}

}  // namespace lazaret::main
