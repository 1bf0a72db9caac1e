// Where the control group hierarchies are mounted, and where this process stands in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/process/system_files.h"

namespace lazaret::process {

// Mount point of cgroup2, or of the v1 hierarchy with `controller`.
std::optional<fs::path> v2_mount(std::string_view mountinfo);
std::optional<fs::path> v1_mount(std::string_view mountinfo, std::string_view controller);

// Our path in it, from /proc/<pid>/cgroup; empty when it is not listed.
std::string v2_path(std::string_view proc_cgroup);
std::string v1_path(std::string_view proc_cgroup, std::string_view controller);

}  // namespace lazaret::process
