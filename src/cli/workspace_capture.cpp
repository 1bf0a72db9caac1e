#include "cli/workspace_capture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <vector>

extern char** environ;

namespace lazaret::cli {
namespace {

constexpr std::size_t output_most = 1 << 20;

using Variables = std::map<std::string, std::string>;

struct Outcome {
  int status = -1;
  std::string out;
  std::string err;
};

std::vector<std::string> environment_with(const Variables& more) {
  std::vector<std::string> all;
  for (char** one = environ; *one; ++one) {
    const std::string entry = *one;
    const std::string name = entry.substr(0, entry.find('='));
    // Of a git command that we may have been called by: they would lead us to its repository.
    if (name == "GIT_DIR" || name == "GIT_INDEX_FILE" || name == "GIT_WORK_TREE") continue;
    if (!more.contains(name)) all.push_back(entry);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Reads both until both end.
void drain(std::array<int, 2> fds, std::array<std::string*, 2> into) {
  std::array<pollfd, 2> open = {pollfd{fds[0], POLLIN, 0}, pollfd{fds[1], POLLIN, 0}};
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    if (poll(open.data(), open.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i].fd < 0 || open[i].revents == 0) continue;
      std::array<char, 4096> buffer{};
      const ssize_t got = read(open[i].fd, buffer.data(), buffer.size());
      if (got <= 0) open[i].fd = -1;
      if (got > 0 && into[i]->size() < output_most)
        into[i]->append(buffer.data(), static_cast<std::size_t>(got));
    }
  }
}

Result<Outcome> run_git(const std::string& directory, std::vector<std::string> words,
                        const Variables& variables = {}) {
  words.insert(words.begin(), {"git", "-C", directory, "-c", "core.hooksPath=/dev/null"});
  auto environment = environment_with(variables);
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  if (pipe2(out.data(), O_CLOEXEC) != 0) return fail(ErrorCode::unavailable, "no pipe for git");
  if (pipe2(err.data(), O_CLOEXEC) != 0) {
    close(out[0]);
    close(out[1]);
    return fail(ErrorCode::unavailable, "no pipe for git");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  pid_t child = 0;
  auto arguments = pointers(words);
  auto variables_of_child = pointers(environment);
  const int code =
      posix_spawnp(&child, "git", &actions, nullptr, arguments.data(), variables_of_child.data());
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  Outcome outcome;
  if (code == 0) drain({out[0], err[0]}, {&outcome.out, &outcome.err});
  close(out[0]);
  close(err[0]);
  if (code != 0) {
    return fail(ErrorCode::unsupported, "git cannot be run", "--workspace",
                "install git, or save without --workspace");
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  while (outcome.out.ends_with('\n')) outcome.out.pop_back();
  return outcome;
}

// What git printed; or why it failed.
Result<std::string> ask_git(const std::string& directory, const std::vector<std::string>& words,
                            const Variables& variables = {}) {
  auto outcome = run_git(directory, words, variables);
  if (!outcome) return std::unexpected(outcome.error());
  if (outcome->status == 0) return std::move(outcome->out);
  return fail(ErrorCode::unavailable,
              fmt::format("git {} failed: {}", words.front(), outcome->err.substr(0, 500)),
              "--workspace", "look at the repository, or save without --workspace");
}

class ScratchIndex {
 public:
  ScratchIndex() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "lazaret-index-XXXXXX").string();
    if (mkdtemp(pattern.data())) directory_ = pattern;
  }
  ~ScratchIndex() {
    std::error_code ignored;
    if (!directory_.empty()) std::filesystem::remove_all(directory_, ignored);
  }
  bool good() const { return !directory_.empty(); }
  std::string file() const { return directory_ + "/index"; }

 private:
  std::string directory_;
};

Result<std::string> tree_of(const std::string& top, const std::string& git_directory) {
  const ScratchIndex index;
  if (!index.good()) return fail(ErrorCode::unavailable, "no place for a temporary index");
  // Begun as a copy, so that git need not read every file again.
  std::error_code ignored;
  std::filesystem::copy_file(git_directory + "/index", index.file(), ignored);
  const Variables variables{{"GIT_INDEX_FILE", index.file()}};
  if (auto added = ask_git(top, {"add", "--all"}, variables); !added) return added;
  return ask_git(top, {"write-tree"}, variables);
}

// The oldest refs beyond the bound; a failure costs nothing but their place.
void forget_old(const std::string& top, const std::string& prefix) {
  const auto refs =
      ask_git(top, {"for-each-ref", "--sort=-committerdate", "--format=%(refname)", prefix});
  if (!refs) return;
  std::size_t seen = 0;
  for (std::size_t at = 0; at < refs->size();) {
    const std::size_t end = std::min(refs->find('\n', at), refs->size());
    if (++seen > captures_kept)
      static_cast<void>(run_git(top, {"update-ref", "-d", refs->substr(at, end - at)}));
    at = end + 1;
  }
}

}  // namespace

Result<std::string> capture_workspace(const std::string& directory, const std::string& name) {
  auto found = run_git(directory, {"rev-parse", "--show-toplevel", "--absolute-git-dir"});
  if (!found) return std::unexpected(found.error());
  const std::size_t line = found->out.find('\n');
  if (found->status != 0 || line == std::string::npos) {
    return fail(ErrorCode::not_found, fmt::format("{} is in no git repository", directory),
                "--workspace", "git init there, or save without --workspace");
  }
  const std::string top = found->out.substr(0, line);
  const auto tree = tree_of(top, found->out.substr(line + 1));
  if (!tree) return tree;
  std::vector<std::string> words = {"commit-tree", *tree, "-m", "lazaret: workspace of " + name};
  const auto head = run_git(top, {"rev-parse", "--verify", "--quiet", "HEAD"});
  if (!head) return std::unexpected(head.error());
  if (head->status == 0) words.insert(words.end(), {"-p", head->out});
  Variables who;
  for (const char* role : {"AUTHOR", "COMMITTER"}) {
    who[fmt::format("GIT_{}_NAME", role)] = "lazaret";
    who[fmt::format("GIT_{}_EMAIL", role)] = "lazaret@localhost";
  }
  auto commit = ask_git(top, words, who);
  if (!commit) return commit;
  const std::string prefix = "refs/lazaret/" + name + "/";
  auto kept = ask_git(top, {"update-ref", prefix + commit->substr(0, 16), *commit});
  if (!kept) return kept;
  forget_old(top, prefix);
  return commit;
}

}  // namespace lazaret::cli
