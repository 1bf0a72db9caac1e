// Inside of CellStore, divided over two files: cell_store.cpp reads, cell_store_write.cpp writes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <set>

#include "adapters/cells/cell_record.h"
#include "adapters/cells/cell_store.h"
#include "adapters/cells/cell_watch.h"
#include "adapters/cells/write_worker.h"
#include "files/beneath.h"
#include "wire/json_patch.h"

namespace lazaret::cells {

class CellStore::Impl : public std::enable_shared_from_this<CellStore::Impl> {
 public:
  Impl(boost::asio::io_context& loop, StoreOptions options);

  Result<void> start();
  std::vector<CellSight> list(bool troubled_only) const;
  const CellSight* find(const CellId& id) const;
  void create(wire::CellFiles files, Made made);
  void write_agent(const CellId& cell, const core::AgentDefinition& agent, Done done);
  void write_task(const CellId& cell, const core::TaskDefinition& task, Done done);
  void mirror(const core::Cell& cell, const std::set<TaskId>* only);
  void destroy(const CellId& cell, Done done);
  const std::optional<Error>& trouble() const { return trouble_; }
  bool close(Duration most);

 private:
  using Clock = std::chrono::steady_clock;
  struct Dirty {
    Clock::time_point first;
    Clock::time_point due;
  };

  // cell_store.cpp
  void log(const std::string& line) const;
  void watch(const std::string& name);
  void rescan();
  void rescan_some();
  void mark_dirty(const std::string& name);
  void arm_dirty();
  void observe_due();
  void observe(const std::string& name);
  void gone(const std::string& name);
  void judge(CellRecord& record, CellDirectory now);
  void take_over(CellRecord& record, core::CellDefinition read, const CellDirectory& now,
                 const std::set<std::string>& by_hand);
  struct Sighting {
    bool edited = false;
    bool elsewhere = false;
    bool first = false;
  };
  void emit(CellRecord& record, core::CellDefinition cell, Sighting sighting);
  void tidy(const std::string& name, const CellDirectory& now);
  CellRecord* record_of(const CellId& id);

  // cell_store_write.cpp
  struct Patch {
    std::string cell;
    std::string file;
    std::vector<wire::JsonChange> changes;
    std::function<void(CellRecord&)> written;  // on the loop
  };
  void patch_later(Patch patch);
  void flush();
  void write_definition(CellRecord& record, std::string file, std::string text,
                        std::vector<wire::JsonChange> changes,
                        std::function<void(CellRecord&)> written, Done done);
  void mirror_status(CellRecord& record, const core::Cell& cell);
  void patch_status(CellRecord& record);
  void mirror_agent(CellRecord& record, const core::Cell& cell, const core::Agent& agent);
  void mirror_task(CellRecord& record, const core::Cell& cell, const core::Task& task);
  void write_new_task(CellRecord& record, const core::Cell& cell, const core::Task& task);
  void patch_agent(CellRecord& record, const AgentId& id);
  void patch_task(CellRecord& record, const TaskId& id);
  void catch_up(CellRecord& record);
  void after_write(const std::string& name, const std::string& file,
                   const std::function<void(CellRecord&)>& written, const Done& done,
                   const Result<void>& result);
  std::function<void(Result<void>)> on_loop(Done done);

  boost::asio::io_context& loop_;
  StoreOptions options_;
  std::shared_ptr<files::Fd> root_ = std::make_shared<files::Fd>();
  std::shared_ptr<OwnWrites> own_ = std::make_shared<OwnWrites>();
  std::map<std::string, CellRecord>
      records_;  // by the directory's name, which is the id of a good one
  std::set<std::string> made_here_;
  std::map<std::string, Dirty> dirty_;
  std::deque<std::string> rescan_;
  bool rescanning_ = false;
  bool dirty_armed_ = false;
  boost::asio::steady_timer dirty_timer_;
  boost::asio::steady_timer patch_timer_;
  std::map<std::string, Patch> patches_;  // by cell and file
  std::optional<Error> trouble_;
  std::optional<CellWatch> watch_;
  bool watch_limit_told_ = false;
  std::unique_ptr<WriteWorker> worker_;
};

}  // namespace lazaret::cells
