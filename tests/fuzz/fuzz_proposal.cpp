// A proposal that is understood can be written; read again it says the same. Whatever it is,
// importing it ends with a cell or with problems.
#include "fuzz.h"
#include "wire/proposal_file.h"

using namespace lazaret;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const wire::ProposalReading read = wire::read_proposal(text, "proposal.md");
  LAZARET_ASSERT(read.proposal || !read.problems.empty());
  if (read.proposal) {
    std::string written = wire::write_proposal(*read.proposal);
    // With that section, others may be empty.
    const bool with_files = text.find(wire::cell_files_heading) != std::string_view::npos;
    if (with_files) written += "\n" + std::string(wire::cell_files_heading) + "\n";
    const wire::ProposalReading again = wire::read_proposal(written, "again.md");
    LAZARET_ASSERT(again.proposal.has_value());
    LAZARET_ASSERT(written.starts_with(wire::write_proposal(*again.proposal)));
  }
  const wire::NewCell made{.id = CellId("6ba7b810-9dad-41d1-80b4-00c04fd430c8"),
                           .missions_path = "/missions",
                           .created_by = "fuzz",
                           .at = {}};
  const wire::Imported imported = wire::import_proposal(text, "proposal.md", made);
  LAZARET_ASSERT(imported.cell || !imported.problems.empty());
  if (imported.cell) LAZARET_ASSERT(wire::read_cell(*imported.cell).cell.has_value());
  return 0;
}
