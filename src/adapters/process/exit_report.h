// From the kernel's numbers to words: how an incarnation ended, or why it did not begin.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/process/system_files.h"
#include "base/instant.h"
#include "core/report.h"
#include "shim/protocol.h"
#include "shim/records.h"
#include "wire/clock_words.h"

namespace lazaret::process {

// `log_bytes` is what this incarnation has written: older lines are not its last ones.
core::ExitReport exit_report(int wait_status, std::uint32_t flags, const fs::path& log_file,
                             std::uint64_t log_bytes, const wire::ZoneOffset& zones);
core::ExitReport lost_report(std::string detail, const fs::path& log_file);

// What an incarnation that lives has printed.
struct Printed {
  std::uint64_t bytes = 0;
  WallTime at{};  // the last of it
};
Printed printed(const fs::path& log_file, std::uint64_t bytes_before);
// Its newest lines, of at most so many bytes.
std::vector<std::string> newest_lines(const fs::path& log_file, std::uint64_t bytes);

struct SpawnTrouble {
  std::string reason;
  bool permanent = false;
};
// Looks at the program's file once more, to name a missing interpreter.
SpawnTrouble explain(shim::Stage stage, int error, std::uint64_t count, const std::string& program,
                     const std::string& directory);

// nullopt: absent or torn.
std::optional<shim::ExitRecord> read_exit_record(const fs::path& slot_directory);
std::optional<shim::SpawnRecord> read_spawn_record(const fs::path& slot_directory);

}  // namespace lazaret::process
