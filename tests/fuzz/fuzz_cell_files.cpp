// The files of a mission cell, any of them: problems have places; a cell that is read can be
// written, and read again it is the same cell.
#include "fuzz.h"
#include "wire/cell_file.h"

namespace {

using namespace lazaret;

constexpr const char* names[] = {"cell.json",
                                 "agents/scout.json",
                                 "tasks/t1.json",
                                 "config/isolation.json",
                                 "config/policies.json",
                                 "config/permissions.json",
                                 "agents/second.json",
                                 "tasks/t2.json"};
constexpr const char* id = "6ba7b810-9dad-41d1-80b4-00c04fd430c8";

bool same_when_written(core::CellDefinition cell) {
  wire::CellReading again = wire::read_cell(wire::write_cell(cell));
  if (!again.cell) return false;
  // What runs is not part of a definition; written, it has its words even where there were none.
  cell.file_runtime.clear();
  again.cell->file_runtime.clear();
  return wire::digest_of(*again.cell) == wire::digest_of(cell);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::CellFiles files{.directory = std::string("/missions/") + id, .files = {}};
  std::size_t next = 0;
  for (const std::string_view part : fuzz::parts_of(fuzz::text_of(data, size))) {
    if (next == std::size(names)) break;
    if (!part.empty()) files.files[names[next]] = part;
    ++next;
  }
  const wire::CellReading read = wire::read_cell(files);
  for (const wire::Problem& problem : read.problems) LAZARET_ASSERT(!problem.file.empty());
  if (!read.cell) {
    LAZARET_ASSERT(!read.problems.empty());
    return 0;
  }
  LAZARET_ASSERT(same_when_written(*read.cell));
  return 0;
}
