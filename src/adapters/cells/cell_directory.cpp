#include "adapters/cells/cell_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/rng.h"
#include "files/beneath.h"

namespace lazaret::cells {
namespace {

class DirectoryReader {
 public:
  DirectoryReader(int root, const std::string& name, const std::string& path)
      : root_(root), name_(name) {
    out_.files.directory = path;
  }

  CellDirectory read() {
    const files::Fd cell = files::open_directory(root_, name_);
    if (!cell) {
      if (errno == ENOENT) return std::move(out_);
      out_.exists = true;
      out_.safe = false;
      problem("",
              errno == ELOOP || errno == ENOTDIR ? "a symbolic link or a file"
                                                 : files::system_error(errno, "no way in").message,
              "a directory that can be read");
      return std::move(out_);
    }
    out_.exists = true;
    check_owner(cell.get(), "");
    const auto entries = files::list(cell.get(), 10'000);
    if (!entries) {
      problem("", entries.error().message, "a directory that can be listed");
      return std::move(out_);
    }
    for (const files::Entry& entry : *entries) {
      if (entry.name == "cell.json") {
        out_.has_cell_json = true;
        take(cell.get(), entry.name);
      }
      note_temporary(entry.name);
    }
    folder(cell.get(), "config", 100);
    folder(cell.get(), "agents", wire::cell_agents_most + 1'000);
    folder(cell.get(), "tasks", wire::cell_tasks_most + 1'000);
    note_missing(cell.get(), *entries);
    return std::move(out_);
  }

 private:
  void problem(const std::string& file, std::string found, std::string expected) {
    wire::add_problem(out_.problems, {file.empty() ? name_ : file, 0, 0, "", std::move(found),
                                      std::move(expected), wire::Severity::error});
  }

  void check_owner(const struct stat& info, const std::string& file) {
    std::string why = files::why_unsafe(info);
    if (why.empty()) return;
    out_.safe = false;
    problem(file, std::move(why), "owned by the daemon's user and writable by no one else");
  }

  void check_owner(int fd, const std::string& file) {
    struct stat info = {};
    if (fstat(fd, &info) == 0) check_owner(info, file);
  }

  void note_temporary(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.starts_with(temporary_prefix)) out_.temporaries.push_back(path);
  }

  void take(int cell, const std::string& path) {
    struct stat info = {};
    auto text = files::read_file(cell, path, wire::cell_file_bytes_most, &info);
    if (!text) {
      const Error& error = text.error();
      if (error.code == ErrorCode::not_found) return;  // gone since it was listed
      const bool link = error.code == ErrorCode::invalid_input;
      problem(path, link ? "a symbolic link, or no regular file" : error.message,
              error.code == ErrorCode::too_large
                  ? fmt::format("at most {} bytes", wire::cell_file_bytes_most)
                  : "a regular file that can be read");
      return;
    }
    check_owner(info, path);
    bytes_ += text->size();
    if (bytes_ > cell_bytes_most) {
      if (!full_) problem("", fmt::format("more than {} bytes of files", cell_bytes_most), "less");
      full_ = true;
      return;
    }
    out_.hashes[path] = content_hash(*text);
    out_.files.files[path] = std::move(*text);
  }

  void folder(int cell, const std::string& folder_name, std::size_t most) {
    const files::Fd fd = files::open_directory(cell, folder_name);
    if (!fd) {
      if (errno == ENOENT) return;
      problem(folder_name,
              errno == ELOOP || errno == ENOTDIR ? "a symbolic link or a file"
                                                 : files::system_error(errno, "no way in").message,
              "a directory");
      return;
    }
    check_owner(fd.get(), folder_name);
    const auto entries = files::list(fd.get(), most);
    if (!entries) return problem(folder_name, entries.error().message, "a directory of a cell");
    for (const files::Entry& entry : *entries) {
      const std::string path = folder_name + "/" + entry.name;
      note_temporary(path);
      // Hidden files are editors' and our own temporaries; other endings are nobody's business.
      if (entry.name.starts_with('.') || !entry.name.ends_with(".json")) continue;
      if (folder_name == "config" && entry.name != "isolation.json" &&
          entry.name != "policies.json" && entry.name != "permissions.json") {
        continue;
      }
      take(cell, path);
    }
  }

  void note_missing(int cell, const std::vector<files::Entry>& entries) {
    bool has_artifacts = false;
    for (const char* wanted : cell_folders) {
      const std::string path = wanted;
      if (path.find('/') == std::string::npos) {
        const bool there = std::ranges::binary_search(entries, path, {}, &files::Entry::name);
        if (!there) out_.missing_folders.push_back(path);
        if (path == "artifacts") has_artifacts = there;
      } else if (!has_artifacts || faccessat(cell, wanted, F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
        out_.missing_folders.push_back(path);
      }
    }
  }

  int root_;
  const std::string& name_;
  CellDirectory out_;
  std::size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace

std::uint64_t content_hash(std::string_view text) { return hash_text(text, text.size()); }

CellDirectory read_cell_directory(int root, const std::string& name, const std::string& path) {
  return DirectoryReader(root, name, path).read();
}

}  // namespace lazaret::cells
