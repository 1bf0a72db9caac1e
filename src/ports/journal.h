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

// What a request was answered. It is written down with the decision, so that the same request,
// repeated after a crash, finds its answer instead of doing its work again.
struct Receipt {
  std::string who;  // the account of the caller; with `key` it names the request
  std::string key;
  std::uint64_t fingerprint = 0;  // of what was asked
  Instant at{};
  int status = 0;
  std::string headers;
  std::string content_type;
  std::string body;
};

// Receipts kept; the oldest go first.
inline constexpr std::size_t receipts_most = 10'000;
inline constexpr std::size_t receipt_bytes_most = 16 * 1024 * 1024;  // of all their bodies
inline constexpr Duration receipts_kept = std::chrono::hours(24);

// One event and the facts it led to. Numbers are dense and start at 1.
struct Decision {
  std::uint64_t number = 0;
  core::Event event;
  std::uint64_t first_fact = 0;  // number of facts.front(); facts are numbered on their own
  std::vector<core::Fact> facts;
  std::optional<Receipt> receipt;
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
