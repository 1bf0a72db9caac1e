// Repeated POSTs with the same Idempotency-Key get the first one's answer. In memory: what must
// survive a restart is idempotent by itself (a task that is done, an approval that is answered).
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "server/bounds.h"
#include "server/call.h"

namespace lazaret::server {

class Idempotency {
 public:
  explicit Idempotency(const Bounds& bounds) : bounds_(bounds) {}

  enum class Verdict { fresh, replay, in_progress, other_request };
  struct Seen {
    Verdict verdict = Verdict::fresh;
    Answer answer;  // of a replay
  };
  // `who` and `key` name the request, `fingerprint` is of what it asks. Fresh ones are noted down.
  Seen begin(const std::string& who, const std::string& key, std::uint64_t fingerprint,
             Instant now);
  // Answers that say "try again" are forgotten, so that trying again helps.
  void finish(const std::string& who, const std::string& key, const Answer& answer);

 private:
  struct Entry {
    std::uint64_t fingerprint = 0;
    Instant begun{};
    bool finished = false;
    Answer answer;
  };
  using Name = std::pair<std::string, std::string>;
  void trim(Instant now);

  const Bounds& bounds_;
  std::map<Name, Entry> entries_;
  std::deque<std::pair<Instant, Name>> order_;
};

}  // namespace lazaret::server
