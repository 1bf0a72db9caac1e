#include "adapters/process/exit_report.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "wire/recovery_time.h"

namespace lazaret::process {
namespace {

constexpr std::size_t lines_most = 10;
constexpr std::size_t line_width_most = 200;

template <class Record>
std::optional<Record> read_record(const fs::path& file) {
  const auto bytes = read_text(file, sizeof(Record));
  Record record;
  if (!bytes || bytes->size() != sizeof record) return std::nullopt;
  std::memcpy(&record, bytes->data(), sizeof record);
  return shim::is_whole(record) ? std::optional(record) : std::nullopt;
}

WallTime wall_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

std::string interpreter_of(const std::string& program) {
  const std::string head = read_text(program, 256).value_or("");
  if (!head.starts_with("#!")) return {};
  const std::size_t first = head.find_first_not_of(" \t", 2);
  if (first == std::string::npos) return {};
  return head.substr(first, head.find_first_of(" \t\n", first) - first);
}

SpawnTrouble explain_execute(int error, const std::string& program, const std::string& directory) {
  struct stat found{};
  const fs::path file =
      program.starts_with('/') ? fs::path(program) : fs::path(directory) / program;
  const bool exists = ::stat(file.c_str(), &found) == 0;
  if (error == ENOENT && exists) {
    const std::string interpreter = interpreter_of(file);
    if (interpreter.ends_with('\r')) {
      return {fmt::format("the first line of '{0}' ends with a carriage return, as on Windows, and "
                          "the kernel takes that for a part of the interpreter's name; run: "
                          "sed -i 's/\\r$//' '{0}'",
                          file.string()),
              true};
    }
    if (!interpreter.empty()) {
      return {
          fmt::format("'{}' asks for the interpreter '{}' in its first line, and that is not on "
                      "this machine; install it or correct the line",
                      file.string(), interpreter),
          true};
    }
    return {
        fmt::format("'{}' is there, but its dynamic loader is not on this machine (it was built "
                    "for another system)",
                    file.string()),
        true};
  }
  if (error == ENOENT || error == ENOTDIR) {
    return {fmt::format("the program '{}' does not exist; correct run.command", file.string()),
            true};
  }
  if (error == EACCES && exists && (found.st_mode & 0111) == 0) {
    return {fmt::format("'{0}' is not executable; run: chmod +x '{0}'", file.string()), true};
  }
  if (error == EACCES || error == EPERM) {
    return {fmt::format("'{}' may not be executed: {}", file.string(), errno_text(error)), true};
  }
  if (error == ENOEXEC) {
    return {fmt::format("'{}' is neither a program of this machine nor a script: its first line "
                        "should name an interpreter, for example #!/bin/sh",
                        file.string()),
            true};
  }
  if (error == E2BIG) {
    return {"arguments and environment together are longer than the kernel takes", true};
  }
  return {fmt::format("'{}' cannot be executed: {}", file.string(), errno_text(error)), false};
}

}  // namespace

core::ExitReport exit_report(int wait_status, std::uint32_t flags, const fs::path& log_file,
                             std::uint64_t log_bytes, const wire::ZoneOffset& zones) {
  core::ExitReport report;
  const bool oom = (flags & shim::flag_oom) != 0;
  if (WIFSIGNALED(wait_status)) {
    report.signal = WTERMSIG(wait_status);
    report.kind =
        oom && report.signal == SIGKILL ? core::ExitKind::out_of_memory : core::ExitKind::signalled;
  } else {
    report.code = WEXITSTATUS(wait_status);
  }
  if (oom && report.kind != core::ExitKind::out_of_memory) {
    report.detail = "one of its processes was killed at the memory limit";
  }
  report.last_lines = newest_lines(log_file, log_bytes);
  const bool well = report.kind == core::ExitKind::exited && report.code == 0;
  if (!well) report.limit = wire::limit_in(report.last_lines, wall_now(), zones);
  return report;
}

std::vector<std::string> newest_lines(const fs::path& log_file, std::uint64_t bytes) {
  const auto most = std::min<std::uint64_t>(bytes, lines_most * (line_width_most + 56));
  return last_lines(log_file, most, lines_most, line_width_most);
}

Printed printed(const fs::path& log_file, std::uint64_t bytes_before) {
  struct stat now{};
  if (::stat(log_file.c_str(), &now) != 0) return {};
  const auto size = static_cast<std::uint64_t>(now.st_size);
  const auto since =
      std::chrono::seconds(now.st_mtim.tv_sec) + std::chrono::nanoseconds(now.st_mtim.tv_nsec);
  // A log that was turned over since begins anew.
  return {size < bytes_before ? size : size - bytes_before, WallTime(since)};
}

core::ExitReport lost_report(std::string detail, const fs::path& log_file) {
  core::ExitReport report;
  report.kind = core::ExitKind::lost;
  report.detail = std::move(detail);
  report.last_lines =
      last_lines(log_file, lines_most * line_width_most, lines_most, line_width_most);
  return report;
}

SpawnTrouble explain(shim::Stage stage, int error, std::uint64_t count, const std::string& program,
                     const std::string& directory) {
  const std::string why = errno_text(error);
  switch (stage) {
    case shim::Stage::none:
      return {"it did not begin", false};
    case shim::Stage::read_spec:
      return {fmt::format("the shim could not read what to start: {}", why), false};
    case shim::Stage::make_pipes:
      return {fmt::format("no pipe could be made: {}", why), false};
    case shim::Stage::open_group:
      return {fmt::format("its cgroup could not be opened: {}", why), false};
    case shim::Stage::clone_child:
      return {fmt::format("no process could be made: {}", why), false};
    case shim::Stage::join_group:
      return {fmt::format("it could not join its cgroup (number {}): {}", count, why), false};
    case shim::Stage::set_limit:
      return {fmt::format("resource limit {} could not be set: {}", count, why), false};
    case shim::Stage::change_directory:
      return {fmt::format("the working directory '{}' cannot be entered: {}; create it or correct "
                          "run.working_directory",
                          directory, why),
              error == ENOENT || error == ENOTDIR || error == EACCES};
    case shim::Stage::write_record:
      return {fmt::format("the start could not be recorded: {}", why), false};
    case shim::Stage::execute:
      return explain_execute(error, program, directory);
  }
  return {why, false};
}

std::optional<shim::ExitRecord> read_exit_record(const fs::path& slot_directory) {
  return read_record<shim::ExitRecord>(slot_directory / "exit.rec");
}

std::optional<shim::SpawnRecord> read_spawn_record(const fs::path& slot_directory) {
  return read_record<shim::SpawnRecord>(slot_directory / "spawn.rec");
}

}  // namespace lazaret::process
