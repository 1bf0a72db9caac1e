#include "cli/keeper_record.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace lazaret::cli {
namespace {

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string boot_id() { return first_line("/proc/sys/kernel/random/boot_id"); }

}  // namespace

// Field 22 of /proc/<pid>/stat; the second field is in brackets and may itself hold brackets.
// A zombie counts as dead: it does nothing any more.
std::string process_start(int pid) {
  const std::string stat = first_line(fmt::format("/proc/{}/stat", pid));
  const auto close = stat.rfind(')');
  if (close == std::string::npos) return "";
  std::istringstream fields(stat.substr(close + 1));
  std::string word;
  for (int field = 3; field <= 22 && fields >> word; ++field) {
    if (field == 3 && (word == "Z" || word == "X")) return "";
  }
  return fields ? word : "";
}

Result<void> record_keeper(const std::string& file) {
  const int pid = getpid();
  const std::string fresh = fmt::format("{}.{}", file, pid);
  {
    std::ofstream out(fresh, std::ios::trunc);
    out << pid << ' ' << process_start(pid) << ' ' << boot_id() << '\n';
    if (!out.flush()) return fail(ErrorCode::unavailable, "cannot write " + fresh);
  }
  if (rename(fresh.c_str(), file.c_str()) != 0) {
    return fail(ErrorCode::unavailable, "cannot write " + file);
  }
  return {};
}

int living_keeper(const std::string& file) {
  std::istringstream words(first_line(file));
  int pid = 0;
  std::string start;
  std::string boot;
  if (!(words >> pid >> start >> boot) || pid <= 0) return 0;
  return boot == boot_id() && process_start(pid) == start ? pid : 0;
}

void forget_dead_keeper(const std::string& file) {
  if (living_keeper(file) == 0) unlink(file.c_str());
}

bool keeper_is_gone(const std::string& file) {
  return !first_line(file).empty() && living_keeper(file) == 0;
}

}  // namespace lazaret::cli
