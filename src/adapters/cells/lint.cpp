#include "adapters/cells/lint.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>
#include <set>

#include "adapters/cells/cell_directory.h"
#include "files/beneath.h"

namespace lazaret::cells {
namespace {

struct Place {
  std::string parent;
  std::string name;
  std::string path;
};

// Where links in the given path itself lead is the caller's own affair.
Place resolve(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  Place place;
  place.path = real ? real.get() : path;
  const std::size_t slash = place.path.rfind('/');
  place.parent = slash == std::string::npos ? "." : slash == 0 ? "/" : place.path.substr(0, slash);
  place.name = place.path.substr(slash == std::string::npos ? 0 : slash + 1);
  return place;
}

std::vector<wire::Problem> lint_cell(int root, const std::string& name, const std::string& path) {
  CellDirectory directory = read_cell_directory(root, name, path);
  std::vector<wire::Problem> problems = std::move(directory.problems);
  // A file that could not be read has its problem already.
  const bool unread = directory.hashes.empty() && wire::has_errors(problems);
  if (unread) return problems;
  std::set<std::string> refused;  // these are there, whatever the reader says
  for (const wire::Problem& problem : problems) {
    if (!directory.files.files.contains(problem.file)) refused.insert(problem.file);
  }
  for (wire::Problem& problem : wire::read_cell(directory.files).problems) {
    if (refused.contains(problem.file)) continue;
    wire::add_problem(problems, std::move(problem));
  }
  return problems;
}

wire::Problem unreadable(const std::string& path) {
  return {path,
          0,
          0,
          "",
          files::system_error(errno, "no way in").message,
          "a directory that can be read",
          wire::Severity::error};
}

}  // namespace

std::vector<wire::Problem> lint(const std::string& path) {
  const Place place = resolve(path);
  const files::Fd root = files::open_root(place.parent);
  const files::Fd self = root ? files::open_directory(root.get(), place.name) : files::Fd();
  if (!self) return {unreadable(path)};
  if (faccessat(self.get(), "cell.json", F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    return lint_cell(root.get(), place.name, place.path);
  }
  const auto entries = files::list(self.get(), 100'000);
  std::vector<wire::Problem> problems;
  bool any = false;
  if (entries) {
    for (const files::Entry& entry : *entries) {
      const files::Fd inner =
          entry.directory ? files::open_directory(self.get(), entry.name) : files::Fd();
      if (!inner || faccessat(inner.get(), "cell.json", F_OK, AT_SYMLINK_NOFOLLOW) != 0) continue;
      any = true;
      for (auto& problem : lint_cell(self.get(), entry.name, place.path + "/" + entry.name)) {
        problem.file = entry.name + "/" + problem.file;
        wire::add_problem(problems, std::move(problem));
      }
    }
  }
  if (!any) return lint_cell(root.get(), place.name, place.path);
  return problems;
}

Result<wire::CellFiles> read_files(const std::string& path) {
  const Place place = resolve(path);
  const files::Fd root = files::open_root(place.parent);
  if (!root) return std::unexpected(files::system_error(errno, "cannot open " + path));
  CellDirectory directory = read_cell_directory(root.get(), place.name, place.path);
  if (!directory.exists) return fail(ErrorCode::not_found, "there is no " + path);
  if (wire::has_errors(directory.problems)) {
    return std::unexpected(wire::to_error(directory.problems));
  }
  return std::move(directory.files);
}

}  // namespace lazaret::cells
