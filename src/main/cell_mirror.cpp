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

void CellMirror::flush() {
  const auto touched_cells = std::exchange(touched_, {});
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
