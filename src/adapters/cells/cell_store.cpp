#include "adapters/cells/cell_store.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "adapters/cells/cell_store_impl.h"
#include "adapters/cells/durable.h"
#include "base/invariant.h"

namespace lazaret::cells {
namespace {

constexpr std::size_t cells_a_turn = 64;  // read in one go of the loop while rescanning
constexpr std::size_t lines_told = 5;     // problems of one cell that go to the log

// "a/b/c" with everything above it.
Result<void> make_path(const std::string& path) {
  for (std::size_t at = 1; at != std::string::npos;) {
    at = path.find('/', at + 1);
    const std::string part = path.substr(0, at);
    if (mkdir(part.c_str(), 0755) != 0 && errno != EEXIST) {
      return std::unexpected(files::system_error(errno, "cannot make " + part));
    }
  }
  sync_way_to(path);  // whoever made it, `up` for one
  return {};
}

}  // namespace

CellStore::Impl::Impl(boost::asio::io_context& loop, StoreOptions options)
    : loop_(loop), options_(std::move(options)), dirty_timer_(loop), patch_timer_(loop) {
  while (options_.missions_path.size() > 1 && options_.missions_path.back() == '/') {
    options_.missions_path.pop_back();
  }
}

Result<void> CellStore::Impl::start() {
  if (auto made = make_path(options_.missions_path); !made) return made;
  *root_ = files::open_root(options_.missions_path);
  if (!*root_) {
    return std::unexpected(files::system_error(errno, "cannot open " + options_.missions_path));
  }
  worker_ = std::make_unique<WriteWorker>([weak = weak_from_this(), &loop = loop_](auto trouble) {
    boost::asio::post(loop, [weak, trouble = std::move(trouble)] {
      const auto self = weak.lock();
      if (!self) return;
      if (trouble.has_value() != self->trouble_.has_value()) {
        self->log(trouble ? "cannot write to the cells: " + trouble->message
                          : "writing to the cells works again");
      }
      self->trouble_ = trouble;
    });
  });
  worker_->submit_now({[root = root_]() -> Result<void> {
                         sweep(root->get());
                         return {};
                       },
                       {},
                       {}});
  watch_.emplace(loop_, options_.missions_path,
                 CellWatch::Listener{[this](const std::string& name) { mark_dirty(name); },
                                     [this] {
                                       log("too many changes at once: reading all cells again");
                                       rescan();
                                     }});
  if (auto watching = watch_->start(); !watching) return watching;
  const auto entries = files::list(root_->get(), 10 * options_.cells_most);
  if (!entries) return std::unexpected(entries.error());
  for (const files::Entry& entry : *entries) {
    if (!entry.regular && !entry.name.starts_with('.')) observe(entry.name);
  }
  return {};
}

void CellStore::Impl::log(const std::string& line) const {
  if (options_.log) options_.log(line);
}

std::vector<CellSight> CellStore::Impl::list(bool troubled_only) const {
  std::vector<CellSight> out;
  for (const auto& [name, record] : records_) {
    const CellSight& sight = record.sight;
    const bool only_new = sight.state == CellState::incomplete && sight.problems.empty();
    const bool troubled = sight.state != CellState::healthy && !only_new;
    if (troubled || !troubled_only) out.push_back(sight);
  }
  return out;
}

CellRecord* CellStore::Impl::record_of(const CellId& id) {
  const auto found = records_.find(id.value);
  return found == records_.end() || !found->second.observed ? nullptr : &found->second;
}

const CellSight* CellStore::Impl::find(const CellId& id) const {
  const auto found = records_.find(id.value);
  return found == records_.end() ? nullptr : &found->second.sight;
}

// ── what changed ──

void CellStore::Impl::watch(const std::string& name) {
  const auto watching = watch_->add(name);
  if (watching || watch_limit_told_) return;
  watch_limit_told_ = true;
  log(watching.error().message + "; " + watching.error().remedy);
}

void CellStore::Impl::rescan() {
  std::set<std::string> names;
  for (const auto& [name, record] : records_) names.insert(name);
  if (const auto entries = files::list(root_->get(), 10 * options_.cells_most)) {
    for (const files::Entry& entry : *entries) {
      if (!entry.regular && !entry.name.starts_with('.')) names.insert(entry.name);
    }
  }
  rescan_.assign(names.begin(), names.end());
  if (std::exchange(rescanning_, true)) return;
  rescan_some();
}

void CellStore::Impl::rescan_some() {
  for (std::size_t i = 0; i < cells_a_turn && !rescan_.empty(); ++i) {
    const std::string name = std::move(rescan_.front());
    rescan_.pop_front();
    observe(name);
  }
  if (rescan_.empty()) {
    rescanning_ = false;
    return;
  }
  boost::asio::post(loop_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->rescan_some();
  });
}

void CellStore::Impl::mark_dirty(const std::string& name) {
  const auto now = Clock::now();
  const auto [entry, is_new] = dirty_.try_emplace(name, Dirty{now, now});
  entry->second.due =
      std::min(now + options_.debounce, entry->second.first + options_.debounce_most);
  if (is_new && !dirty_armed_) arm_dirty();
}

void CellStore::Impl::arm_dirty() {
  dirty_armed_ = !dirty_.empty();
  if (!dirty_armed_) return;
  auto earliest = dirty_.begin()->second.due;
  for (const auto& [name, dirty] : dirty_) earliest = std::min(earliest, dirty.due);
  dirty_timer_.expires_at(earliest);
  dirty_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self && !error) self->observe_due();
  });
}

void CellStore::Impl::observe_due() {
  std::vector<std::string> due;
  const auto now = Clock::now();
  for (const auto& [name, dirty] : dirty_) {
    if (dirty.due <= now && due.size() < cells_a_turn) due.push_back(name);
  }
  for (const std::string& name : due) dirty_.erase(name);
  for (const std::string& name : due) observe(name);
  arm_dirty();
}

// ── one look at one cell ──

void CellStore::Impl::observe(const std::string& name) {
  watch(name);  // before reading, so that no change falls between the two
  const std::string path = options_.missions_path + "/" + name;
  CellDirectory now = read_cell_directory(root_->get(), name, path);
  if (!now.exists) return gone(name);
  const auto known = records_.find(name);
  if (known == records_.end() && records_.size() >= options_.cells_most) {
    log(fmt::format("more than {} cells: {} is not looked at", options_.cells_most, name));
    return;
  }
  CellRecord& record = known == records_.end() ? records_[name] : known->second;
  record.sight.directory = name;
  record.sight.path = path;
  judge(record, std::move(now));
}

void CellStore::Impl::gone(const std::string& name) {
  watch_->remove(name);
  own_->forget(name);
  const auto found = records_.find(name);
  if (found == records_.end()) return;
  const bool observed = found->second.observed;
  records_.erase(found);
  std::erase_if(patches_, [&](const auto& entry) { return entry.second.cell == name; });
  log(name + ": its directory is gone");
  if (observed) options_.sink(core::event::CellGone{CellId(name)});
}

void CellStore::Impl::judge(CellRecord& record, CellDirectory now) {
  const auto by_hand = changed_by_hand(record, now, *own_);
  // What had faults is read again: it may be whole again in the very bytes that we wrote last.
  const bool same = record.looked && by_hand.empty() && !wire::has_errors(record.sight.problems) &&
                    now.problems == record.directory_problems;
  tidy(record.sight.directory, now);
  if (same) {
    record.hashes = now.hashes;
    return;
  }
  const std::vector<wire::Problem> problems_before = record.sight.problems;
  record.looked = true;
  record.directory_problems = now.problems;
  record.sight.problems = now.problems;
  const bool readable = !wire::has_errors(now.problems);
  std::optional<core::CellDefinition> read;
  if (now.has_cell_json) {
    wire::CellReading reading = wire::read_cell(now.files);
    for (wire::Problem& problem : reading.problems) {
      wire::add_problem(record.sight.problems, std::move(problem));
    }
    if (readable) read = std::move(reading.cell);
  } else {
    wire::add_problem(record.sight.problems, {"cell.json", 0, 0, "", "no such file",
                                              "the mission's cell.json", wire::Severity::error});
  }
  if (!now.safe) {
    record.sight.state = CellState::unsafe;
  } else if (read) {
    record.sight.state = read->agents.empty() ? CellState::incomplete : CellState::healthy;
    take_over(record, std::move(*read), now, by_hand);
  } else if (record.observed) {
    record.sight.state = CellState::stale;
  } else {
    record.sight.state = now.has_cell_json ? CellState::incomplete : CellState::uninitialised;
  }
  record.hashes = now.hashes;
  if (record.sight.problems == problems_before) return;
  for (std::size_t i = 0; i < record.sight.problems.size() && i < lines_told; ++i) {
    log(record.sight.directory + "/" + wire::to_text(record.sight.problems[i]));
  }
}

void CellStore::Impl::take_over(CellRecord& record, core::CellDefinition read,
                                const CellDirectory& now, const std::set<std::string>& by_hand) {
  bool elsewhere = false;
  const bool first = !record.observed;
  if (first) {
    const bool ours = made_here_.erase(record.sight.directory) > 0;
    elsewhere = !ours && !(options_.known && options_.known(read.id));
    if (elsewhere && read.status == core::MissionStatus::active) {
      log(fmt::format("{}: the mission \"{}\" comes from elsewhere and starts paused",
                      read.id.value, read.mission_name));
    }
  }
  Reconciled views = reconcile(record, read, by_hand);
  record.sight.id = read.id;
  remember_files(record, read, now);
  record.observed = true;
  const std::string before = record.digest;
  emit(record, std::move(views.quiet), {.elsewhere = elsewhere, .first = first});
  if (views.edited) emit(record, std::move(*views.edited), {.edited = true});
  if (record.digest == before) catch_up(record);
}

void CellStore::Impl::emit(CellRecord& record, core::CellDefinition cell, Sighting sighting) {
  cell.digest = wire::digest_of(cell);
  if (cell.digest == record.digest) return;
  record.digest = cell.digest;
  record.status_told = cell.status;
  options_.sink(core::event::CellObserved{std::move(cell), sighting.edited, sighting.elsewhere,
                                          sighting.first});
}

void CellStore::Impl::tidy(const std::string& name, const CellDirectory& now) {
  if (!now.safe || !now.has_cell_json) return;
  if (now.missing_folders.empty() && now.temporaries.empty()) return;
  worker_->submit_kept({[root = root_, name, folders = now.missing_folders,
                         temporaries = now.temporaries]() -> Result<void> {
                          const files::Fd cell = files::open_directory(root->get(), name);
                          if (!cell)
                            return std::unexpected(files::system_error(errno, "cannot open"));
                          // Only this thread writes, so what is still there was left by a dead one.
                          for (const std::string& file : temporaries) {
                            unlinkat(cell.get(), file.c_str(), 0);
                          }
                          return make_folders(cell.get(), folders);
                        },
                        {},
                        "tidy:" + name});
}

// ── the door ──

CellStore::CellStore(boost::asio::io_context& loop, StoreOptions options)
    : impl_(std::make_shared<Impl>(loop, std::move(options))) {}
CellStore::~CellStore() = default;

Result<void> CellStore::start() { return impl_->start(); }
std::vector<CellSight> CellStore::list() const { return impl_->list(false); }
std::vector<CellSight> CellStore::troubled() const { return impl_->list(true); }
const CellSight* CellStore::find(const CellId& id) const { return impl_->find(id); }
void CellStore::create(wire::CellFiles files, Made made) {
  impl_->create(std::move(files), std::move(made));
}
void CellStore::write_agent(const CellId& cell, const core::AgentDefinition& agent, Done done) {
  impl_->write_agent(cell, agent, std::move(done));
}
void CellStore::write_task(const CellId& cell, const core::TaskDefinition& task, Done done) {
  impl_->write_task(cell, task, std::move(done));
}
void CellStore::mirror(const core::Cell& cell) { impl_->mirror(cell, nullptr); }
void CellStore::mirror(const core::Cell& cell, const std::set<TaskId>& tasks) {
  impl_->mirror(cell, &tasks);
}
void CellStore::destroy(const CellId& cell, Done done) { impl_->destroy(cell, std::move(done)); }
const std::optional<Error>& CellStore::trouble() const { return impl_->trouble(); }
bool CellStore::close(Duration most) { return impl_->close(most); }

CellId new_cell_id() {
  std::array<unsigned char, 16> bytes{};
  LAZARET_ASSERT(getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text += fmt::format("{:02x}", bytes[i]);
  }
  return CellId(text);
}

}  // namespace lazaret::cells
