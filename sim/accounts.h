// Accounts of providers in the simulated world: people who say what each bears, and books of their
// own of what account.h promises: how many run at once, how far apart starts are, that nobody is
// started or given work while an account is limited, that such a limit uses up no tries, that there
// is one question about it, and that nobody is left standing in line.
#pragma once

#include <map>
#include <set>
#include <string>

#include "core/decision.h"
#include "ports/journal.h"
#include "sim/world.h"

namespace lazaret::sim {

class Accounts {
 public:
  explicit Accounts(World& world) : world_(world) {}

  void begin();
  // Room for everybody: who waits then, waits for nothing.
  void put_right();
  void on_decided(const ports::Decision& decision, const core::Fleet& fleet);
  // Called once a minute or so.
  void look_around(const core::Fleet& fleet);

 private:
  struct Book {
    core::AccountLimits limits;
    std::optional<WallTime> limited_until;
    std::optional<Instant> last_start;
    std::optional<ApprovalId> question;
    std::optional<Instant> idle_since;  // somebody waits, and there is room
  };
  struct Start {
    Incarnation incarnation;
    Instant at{};
  };
  struct Facts;  // one function a fact; accounts.cpp

  void take_stock(const core::Fleet& fleet);
  void set_limits(const std::string& account);
  void ask(core::Operation operation);
  static bool is_full(const Book& book, std::size_t running);
  std::size_t running(const core::Fleet& fleet, const std::string& account,
                      const AgentRef& except) const;
  bool is_left_in_line(const core::Fleet& fleet, const core::Account& account,
                       const std::string& name) const;
  void wrong(std::string_view rule, const std::string& detail) {
    world_.violate(false, rule, detail);
  }

  World& world_;
  std::set<AgentRef> live_;
  std::map<AgentRef, Start> starts_;  // the last one of each
  std::map<std::string, Book> books_;
};

}  // namespace lazaret::sim
