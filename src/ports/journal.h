// Where decisions are written down before anything is done about them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/event.h"
#include "core/fact.h"

namespace lazaret::ports {

// How much a batch must survive before it counts as committed.
enum class Durability : std::uint8_t {
  daemon_crash,  // written to the file; the operating system may still hold it
  power_loss     // and fsynced: it was, or will be, acknowledged to somebody
};

// One event and the facts it led to. Numbers are dense and start at 1.
struct Decision {
  std::uint64_t number = 0;
  core::Event event;
  std::uint64_t first_fact = 0;  // number of facts.front(); facts are numbered on their own
  std::vector<core::Fact> facts;
};

class Journal {
 public:
  // Called on the loop's thread: everything up to this decision is committed, or why it is not (the
  // journal keeps the batch and goes on trying; nothing is dropped).
  using Committed = std::function<void(std::uint64_t up_to, std::optional<Error> trouble)>;

  virtual ~Journal() = default;
  virtual void on_committed(Committed callback) = 0;
  // Takes over the decision; returns at once.
  virtual void append(Decision decision, Durability durability) = 0;
};

}  // namespace lazaret::ports
