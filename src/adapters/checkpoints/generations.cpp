#include "adapters/checkpoints/generations.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <memory>

#include "wire/token.h"

namespace lazaret::checkpoints {
namespace {

constexpr const char* manifest_name = "manifest.json";
constexpr const char* staging_name = "staging";
constexpr const char* generations_name = "generations";
// Of unfinished copies; each is swept by the next one of its kind.
constexpr std::string_view save_prefix = ".save-";
constexpr std::string_view restore_prefix = ".restore-";
constexpr std::string_view rehearsal_prefix = ".rehearsal-";
constexpr std::size_t generations_most = 100'000;
const WalkBounds bounds{wire::checkpoint_files_most, wire::checkpoint_depth_most,
                        wire::checkpoint_path_most};

class Hash {
 public:
  Hash() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void add(const char* bytes, std::size_t size) {
    EVP_DigestUpdate(context_.get(), bytes, size);
    bytes_ += static_cast<std::int64_t>(size);
  }
  std::int64_t bytes() const { return bytes_; }
  std::string hex() {
    wire::Sha256 digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return wire::to_hex(digest);
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  std::int64_t bytes_ = 0;
};

Result<Fd> open_agent(const std::string& cell, const AgentId& agent, bool make) {
  Fd root(open(cell.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root) return std::unexpected(disk_error(errno, "cannot open " + cell));
  if (!make) return open_folder(root.get(), "checkpoints/" + agent.value);
  auto checkpoints = make_folder(root.get(), "checkpoints");
  if (!checkpoints) return checkpoints;
  return make_folder(checkpoints->get(), agent.value);
}

std::string fresh_name(std::string_view prefix) {
  static std::atomic<unsigned> counter = 0;
  return fmt::format("{}{}-{}", prefix, getpid(), ++counter);
}

// Copies `path` and says what it was.
Result<wire::ManifestFile> copy_file(int from, int to, const std::string& path,
                                     std::vector<Fd>& written) {
  auto file = new_file(to, path);
  if (!file) return std::unexpected(file.error());
  Hash hash;
  const auto read = read_parts(from, path, [&](const char* bytes, std::size_t size) {
    hash.add(bytes, size);
    return write_all(file->get(), bytes, size);
  });
  if (!read) return std::unexpected(read.error());
  written.push_back(std::move(*file));
  return wire::ManifestFile{path, hash.bytes(), hash.hex()};
}

Result<void> check_staged(const std::vector<Node>& nodes, std::int64_t bytes_most) {
  std::int64_t bytes = 0;
  bool any = false;
  for (const Node& node : nodes) {
    const bool top = node.path.find('/') == std::string::npos;
    const bool fits = node.folder ? !top || node.path == wire::artifacts_folder
                                  : wire::is_checkpoint_path(node.path);
    if (!fits) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("found {}, expected {}", node.path, wire::checkpoint_path_expected),
                  node.path, "put it below artifacts/, or somewhere else");
    }
    any = any || !node.folder;
    bytes += node.bytes;
  }
  if (!any) {
    return fail(ErrorCode::invalid_input,
                fmt::format("nothing is staged: expected {}", wire::checkpoint_path_expected),
                "LAZARET_CHECKPOINT_DIR", "write there first, then save");
  }
  if (bytes > bytes_most) {
    return fail(ErrorCode::too_large,
                fmt::format("{} bytes are staged, at most {} are kept of one agent "
                            "(setting: checkpoint_bytes in policies.json)",
                            bytes, bytes_most));
  }
  return {};
}

// Makes the folders and copies the files of `nodes`; what was written stays open, to be synced.
Result<std::vector<wire::ManifestFile>> copy_tree(int from, int to, const std::vector<Node>& nodes,
                                                  std::vector<Fd>& written) {
  std::vector<wire::ManifestFile> files;
  for (const Node& node : nodes) {
    if (node.folder) {
      const std::size_t slash = node.path.rfind('/');
      auto parent = open_folder(to, slash == std::string::npos ? "." : node.path.substr(0, slash));
      if (!parent) return std::unexpected(parent.error());
      auto made = make_folder(parent->get(), node.path.substr(slash + 1));
      if (!made) return std::unexpected(made.error());
      written.push_back(std::move(*made));
      continue;
    }
    auto file = copy_file(from, to, node.path, written);
    if (!file) return std::unexpected(file.error());
    files.push_back(std::move(*file));
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

Result<void> write_text(int dir, const std::string& name, const std::string& text,
                        std::vector<Fd>& written) {
  auto file = new_file(dir, name);
  if (!file) return std::unexpected(file.error());
  if (auto done = write_all(file->get(), text.data(), text.size()); !done) return done;
  written.push_back(std::move(*file));
  return {};
}

Result<core::CheckpointInfo> fill(const Wish& wish, int staging, int generations,
                                  const std::string& fresh) {
  const auto nodes = walk(staging, bounds);
  if (!nodes) return std::unexpected(nodes.error());
  if (auto fits = check_staged(*nodes, wish.bytes_most); !fits)
    return std::unexpected(fits.error());
  auto into = make_folder(generations, fresh);
  if (!into) return std::unexpected(into.error());
  std::vector<Fd> written;
  auto files = copy_tree(staging, into->get(), *nodes, written);
  if (!files) return std::unexpected(files.error());
  const wire::Manifest manifest{wish.place.agent, wish.number,    wish.incarnation,
                                wish.task,        wish.workspace, std::move(*files)};
  const std::string text = wire::write_manifest(manifest);
  core::CheckpointInfo info = wire::info_of(manifest, text);
  if (auto done = write_text(into->get(), manifest_name, text, written); !done)
    return std::unexpected(done.error());
  // The name comes before the syncs, which then share one commit of the disk's journal: what is
  // torn by a power cut in between was never recorded, and would not verify either.
  if (renameat(generations, fresh.c_str(), generations, info.id.c_str()) != 0) {
    if (errno != ENOTEMPTY && errno != EEXIST)
      return std::unexpected(disk_error(errno, "cannot name the checkpoint"));
    if (auto gone = remove_all(generations, info.id); !gone) return std::unexpected(gone.error());
    if (renameat(generations, fresh.c_str(), generations, info.id.c_str()) != 0)
      return std::unexpected(disk_error(errno, "cannot name the checkpoint"));
  }
  std::vector<int> fds{into->get(), generations};
  for (const Fd& fd : written) fds.push_back(fd.get());
  if (auto safe = sync_all(fds); !safe) return std::unexpected(safe.error());
  return info;
}

std::unexpected<Error> broken(std::string what) {
  return fail(ErrorCode::invalid_input, std::move(what));
}

// What is missing or of the wrong kind says something about the checkpoint, a disk that refuses
// does not.
std::unexpected<Error> judged(const Error& error) {
  if (error.code == ErrorCode::unavailable) return std::unexpected(error);
  return broken(error.message);
}

Result<std::string> read_text(int dir, const std::string& name, std::size_t most) {
  std::string text;
  const auto read = read_parts(dir, name, [&](const char* bytes, std::size_t size) -> Result<void> {
    if (text.size() + size > most) return fail(ErrorCode::too_large, name + " is too long");
    text.append(bytes, size);
    return {};
  });
  if (!read) return std::unexpected(read.error());
  return text;
}

Result<Fd> open_generation(const std::string& cell, const core::CheckpointRef& checkpoint) {
  if (!wire::is_checkpoint_id(checkpoint.id))
    return broken("\"" + checkpoint.id + "\" is no checkpoint's name");
  const auto agent = open_agent(cell, checkpoint.agent, false);
  if (!agent) return judged(agent.error());
  auto folder = open_folder(agent->get(), std::string(generations_name) + "/" + checkpoint.id);
  if (!folder) return judged(folder.error());
  return folder;
}

// The files of `dir` are exactly those of the manifest.
Result<void> compare(int dir, const wire::Manifest& manifest) {
  WalkBounds with_manifest = bounds;
  ++with_manifest.files;
  const auto nodes = walk(dir, with_manifest);
  if (!nodes) return judged(nodes.error());
  const auto count = std::ranges::count_if(
      *nodes, [](const Node& node) { return !node.folder && node.path != manifest_name; });
  if (static_cast<std::size_t>(count) != manifest.files.size())
    return broken(fmt::format("{} files where {} were saved", count, manifest.files.size()));
  for (const wire::ManifestFile& file : manifest.files) {
    Hash hash;
    const auto read = read_parts(dir, file.path, [&](const char* bytes, std::size_t size) {
      hash.add(bytes, size);
      return Result<void>();
    });
    if (!read) return judged(read.error());
    if (hash.bytes() != file.bytes)
      return broken(fmt::format("{} has {} bytes, not {}", file.path, hash.bytes(), file.bytes));
    if (hash.hex() != file.sha256) return broken(file.path + " is not what was saved (sha256)");
  }
  return {};
}

struct Opened {
  Fd folder;
  wire::Manifest manifest;
};
Result<Opened> open_verified(const std::string& cell, const core::CheckpointRef& checkpoint) {
  auto folder = open_generation(cell, checkpoint);
  if (!folder) return std::unexpected(folder.error());
  const auto text = read_text(folder->get(), manifest_name, wire::manifest_bytes_most);
  if (!text) return judged(text.error());
  const std::string hash = wire::to_hex(wire::sha256(*text));
  if (hash != checkpoint.manifest_hash)
    return broken("manifest.json is not what was saved (sha256)");
  auto manifest = wire::read_manifest(*text);
  if (!manifest) return broken(manifest.error().message);
  if (auto same = compare(folder->get(), *manifest); !same) return std::unexpected(same.error());
  return Opened{std::move(*folder), std::move(*manifest)};
}

// A copy of it under `name` below `dir`, compared once more.
Result<void> copy_out(const Opened& from, int dir, const std::string& name) {
  auto into = make_folder(dir, name);
  if (!into) return std::unexpected(into.error());
  auto nodes = walk(from.folder.get(), {bounds.files + 1, bounds.depth, bounds.path});
  if (!nodes) return std::unexpected(nodes.error());
  std::erase_if(*nodes, [](const Node& node) { return node.path == manifest_name; });
  std::vector<Fd> written;
  const auto copied = copy_tree(from.folder.get(), into->get(), *nodes, written);
  if (!copied) return std::unexpected(copied.error());
  if (*copied != from.manifest.files) return broken("the copy is not what was saved");
  return {};
}

// `fresh` takes the place of what is staged.
Result<void> replace_staging(int agent, const std::string& fresh) {
  if (renameat2(agent, fresh.c_str(), agent, staging_name, RENAME_EXCHANGE) == 0)
    return remove_all(agent, fresh);
  if (errno != ENOENT && errno != EINVAL && errno != ENOSYS)
    return std::unexpected(disk_error(errno, "cannot replace what is staged"));
  if (auto gone = remove_all(agent, staging_name); !gone) return gone;
  if (renameat(agent, fresh.c_str(), agent, staging_name) == 0) return {};
  return std::unexpected(disk_error(errno, "cannot replace what is staged"));
}

}  // namespace

std::int64_t number_of(const std::string& id) {
  std::int64_t number = 0;
  if (wire::is_checkpoint_id(id)) std::from_chars(id.data(), id.data() + id.find('-'), number);
  return number;
}

Result<core::CheckpointInfo> save(const Wish& wish) {
  const auto agent = open_agent(wish.place.cell, wish.place.agent, true);
  if (!agent) return std::unexpected(agent.error());
  const auto staging = make_folder(agent->get(), staging_name);
  if (!staging) return std::unexpected(staging.error());
  const auto generations = make_folder(agent->get(), generations_name);
  if (!generations) return std::unexpected(generations.error());
  const std::string fresh = fresh_name(save_prefix);
  auto info = fill(wish, staging->get(), generations->get(), fresh);
  if (!info) static_cast<void>(remove_all(generations->get(), fresh));
  return info;
}

Result<wire::Manifest> verify(const std::string& cell, const core::CheckpointRef& checkpoint) {
  auto opened = open_verified(cell, checkpoint);
  if (!opened) return std::unexpected(opened.error());
  return std::move(opened->manifest);
}

Result<Restored> restore(const Place& place, const std::vector<core::CheckpointRef>& candidates) {
  const auto agent = open_agent(place.cell, place.agent, true);
  if (!agent) return std::unexpected(agent.error());
  if (auto swept = remove_prefixed(agent->get(), restore_prefix); !swept)
    return std::unexpected(swept.error());
  Restored outcome;
  const std::string fresh = fresh_name(restore_prefix);
  for (const core::CheckpointRef& candidate : candidates) {
    const auto opened = open_verified(place.cell, candidate);
    const auto copied =
        opened ? copy_out(*opened, agent->get(), fresh) : std::unexpected(opened.error());
    if (copied) {
      if (auto done = replace_staging(agent->get(), fresh); !done)
        return std::unexpected(done.error());
      outcome.restored = candidate;
      return outcome;
    }
    if (opened) static_cast<void>(remove_all(agent->get(), fresh));
    if (copied.error().code != ErrorCode::invalid_input) return std::unexpected(copied.error());
    outcome.broken.push_back({candidate, copied.error().message});
  }
  if (auto gone = remove_all(agent->get(), staging_name); !gone)
    return std::unexpected(gone.error());
  if (auto made = make_folder(agent->get(), staging_name); !made)
    return std::unexpected(made.error());
  return outcome;
}

Result<void> rehearse(const Place& place, const core::CheckpointRef& checkpoint) {
  const auto agent = open_agent(place.cell, place.agent, false);
  if (!agent) return judged(agent.error());
  const auto opened = open_verified(place.cell, checkpoint);
  if (!opened) return std::unexpected(opened.error());
  if (auto swept = remove_prefixed(agent->get(), rehearsal_prefix); !swept) return swept;
  const std::string scratch = fresh_name(rehearsal_prefix);
  const auto copied = copy_out(*opened, agent->get(), scratch);
  const auto gone = remove_all(agent->get(), scratch);
  return copied ? gone : copied;
}

namespace {

// The newest under the names that people look for.
Result<void> show(int agent, int generations, const std::string& newest) {
  if (auto done = point_link(agent, "current", std::string(generations_name) + "/" + newest); !done)
    return done;
  for (const std::string_view name :
       {wire::state_file, wire::context_file, wire::artifacts_folder}) {
    const std::string link(name);
    struct stat info = {};
    const bool there = faccessat(generations, (newest + "/" + link).c_str(), F_OK, 0) == 0;
    const bool shown = fstatat(agent, link.c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0;
    if (shown && !S_ISLNK(info.st_mode)) continue;  // somebody else's
    if (!there && shown) unlinkat(agent, link.c_str(), 0);
    if (!there || shown) continue;
    if (auto done = point_link(agent, link, "current/" + link); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> keep(const Place& place, const std::vector<std::string>& kept,
                  const std::vector<std::string>& spared) {
  const auto agent = open_agent(place.cell, place.agent, true);
  if (!agent) return std::unexpected(agent.error());
  const auto generations = make_folder(agent->get(), generations_name);
  if (!generations) return std::unexpected(generations.error());
  if (!kept.empty()) {
    if (auto done = show(agent->get(), generations->get(), kept.back()); !done) return done;
  }
  const auto names = names_in(generations->get(), generations_most);
  if (!names) return std::unexpected(names.error());
  for (const std::string& name : *names) {
    const auto is_name = [&](const std::string& one) { return one == name; };
    if (std::ranges::any_of(kept, is_name) || std::ranges::any_of(spared, is_name)) continue;
    if (auto done = remove_all(generations->get(), name); !done) return done;
  }
  return {};
}

}  // namespace lazaret::checkpoints
