// What the journal of a demo mission says, folded event by event. The live progress, the injected
// trouble and the receipt all look at this, so nothing is claimed that is not written down.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/fields.h"

namespace lazaret::cli {

LAZARET_ENUM(Trouble, kill, stop, memory, crash_loop, question, daemon)

// Announcements in the journal begin so: "trouble kill strikes …".
std::string announcement(Trouble trouble, std::string_view rest);

struct DemoTask {
  std::string status = "pending";  // as the API has it
  std::string owner;
  std::int64_t owner_incarnation = 0;
  std::int64_t rows_before = 0;  // of a cursor: rows done, and all of them
  std::int64_t rows = 0;
  bool checkpointed = false;  // by the present incarnation of its owner
  int completions = 0;
  std::string result;

  bool is_open() const { return status == "in_progress"; }
};

struct DemoAgent {
  std::int64_t pid = 0;
  std::int64_t process_start = 0;
  std::int64_t incarnation = 0;
  bool alive = false;
};

// One kind of trouble, as the journal shows it.
struct TroubleTrace {
  bool announced = false;
  bool struck = false;  // while `task` was unfinished
  std::string agent;
  std::string task;     // the unfinished work that was struck
  std::string skipped;  // why it could not be made on this machine; empty = it could
  std::string how;      // "SIGKILL", "hang declared", … in words
};

class DemoJournal {
 public:
  explicit DemoJournal(std::string cell) : cell_(std::move(cell)) {}

  // Events in the order of their numbers, those of other missions too: they are passed over.
  void add(const boost::json::value& event);

  const std::map<std::string, DemoTask>& tasks() const { return tasks_; }
  const std::map<std::string, DemoAgent>& agents() const { return agents_; }
  const TroubleTrace& trace(Trouble trouble) const { return traces_[index_of(trouble)]; }
  const DemoTask* task(const std::string& id) const;
  const DemoAgent* agent(const std::string& id) const;
  // The open shard of this agent that has a checkpoint and at least `left` rows to do; or null.
  const std::pair<const std::string, DemoTask>* open_shard_of(const std::string& agent,
                                                              std::int64_t left) const;

  std::string mission_status() const { return mission_status_; }
  std::string mission_reason() const { return mission_reason_; }
  int deaths() const { return deaths_; }
  int hangs() const { return hangs_; }
  int daemon_crashes() const { return daemon_crashes_; }
  int count(std::string_view prefix, std::string_view status) const;
  int count(std::string_view prefix) const;
  // Tasks that were completed more than once.
  int completed_twice() const;
  // What was struck by this trouble is finished.
  bool recovered(Trouble trouble) const;

 private:
  static std::size_t index_of(Trouble trouble) { return static_cast<std::size_t>(trouble); }
  void about_task(std::string_view kind, const std::string& id, const boost::json::value& event);
  void about_agent(std::string_view kind, const std::string& id, const boost::json::value& event);
  void on_exit(const std::string& agent, const boost::json::value& event);
  void on_note(const std::string& text);
  void on_daemon_started(const boost::json::value& event);
  void strike(Trouble trouble, const std::string& agent, std::string how);
  const std::pair<const std::string, DemoTask>* open_task_of(const std::string& agent) const;
  std::optional<Trouble> trouble_of(const std::string& agent) const;

  std::string cell_;
  std::map<std::string, DemoTask> tasks_;
  std::map<std::string, DemoAgent> agents_;
  TroubleTrace traces_[6];
  std::string mission_status_;
  std::string mission_reason_;
  std::string question_;  // id of the approval
  int deaths_ = 0;
  std::string refused_memory_;  // "more than 96 MB": what an rlimit refused
  int hangs_ = 0;
  int daemon_crashes_ = 0;
};

}  // namespace lazaret::cli
