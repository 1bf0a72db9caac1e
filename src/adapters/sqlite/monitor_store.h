// Heartbeats of monitored servers, in the journal's file: the newest of each server in
// server_states, those before it in server_history; and when calendar agents were heard last, in
// calendar_heard. Written on the journal's thread, as many at a
// time as came since the last ones; a power cut may cost the last second of them.
#pragma once

#include <memory>
#include <mutex>

#include "adapters/sqlite/journal.h"
#include "ports/monitor_store.h"

namespace lazaret::sqlite {

class MonitorStore : public ports::MonitorStore {
 public:
  explicit MonitorStore(Journal& journal)
      : journal_(journal), waiting_(std::make_shared<Waiting>()) {}
  Result<std::vector<ports::ServerReport>> newest() override;
  Result<std::vector<ports::ServerReport>> history(const std::string& identifier,
                                                   std::size_t most) override;
  void keep(std::vector<ports::ServerReport> reports) override;
  Result<std::map<std::string, WallTime>> heard(const std::set<std::string>& known) override;
  void keep_heard(const std::string& agent, WallTime at) override;

 private:
  struct Waiting {
    std::mutex mutex;
    std::vector<ports::ServerReport> reports;  // at most waiting_most: the oldest give way
    std::map<std::string, WallTime> heard;     // of calendar agents
    bool asked = false;                        // the journal's thread will come for it
  };
  void ask();
  static void write(Waiting& waiting, JournalStore& store);
  Journal& journal_;
  std::shared_ptr<Waiting> waiting_;  // what is to be written outlives this
};

}  // namespace lazaret::sqlite
