// Repeated POSTs with the same Idempotency-Key get the first one's answer, also after the daemon's
// restart: an answer that says what was recorded is recorded with it (ports::Receipt).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ports/journal.h"
#include "server/bounds.h"
#include "server/call.h"

namespace lazaret::server {

class Idempotency;

// The first request with a key, on its way to its answer. When the last copy goes without one, the
// key is free again.
class Once {
 public:
  Once(std::weak_ptr<Idempotency> owner, std::string who, std::string key,
       std::uint64_t fingerprint, Instant begun)
      : owner_(std::move(owner)),
        who_(std::move(who)),
        key_(std::move(key)),
        fingerprint_(fingerprint),
        begun_(begun) {}
  ~Once();
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;

  // What is recorded with the decision; nothing where the answer is not to be kept.
  std::optional<ports::Receipt> receipt(const Answer& answer) const;
  void finish(const Answer& answer);
  // Whoever repeats the request meanwhile need not wait.
  void delay(const Error& error);
  // The same text for each repetition of the same request, and for no other.
  std::string name() const;

 private:
  std::weak_ptr<Idempotency> owner_;
  std::string who_;
  std::string key_;
  std::uint64_t fingerprint_;
  Instant begun_;
};

class Idempotency : public std::enable_shared_from_this<Idempotency> {
 public:
  explicit Idempotency(const Bounds& bounds) : bounds_(bounds) {}

  enum class Verdict { fresh, replay, in_progress, other_request };
  struct Seen {
    Verdict verdict = Verdict::fresh;
    Answer answer;               // of a replay
    std::shared_ptr<Once> once;  // of a fresh one
  };
  // `who` and `key` name the request, `fingerprint` is of what it asks. Fresh ones are noted down.
  Seen begin(const std::string& who, const std::string& key, std::uint64_t fingerprint,
             Instant now);
  // Answers `reply` as the first request, which is still under way.
  void join(const std::string& who, const std::string& key, const Reply& reply);

  // What was recorded before the restart, oldest first.
  void restore(const std::vector<ports::Receipt>& receipts);

 private:
  friend class Once;
  struct Entry {
    std::uint64_t fingerprint = 0;
    Instant begun{};
    bool finished = false;
    Answer answer;
    std::vector<Reply> joined;  // bounded by the connections
  };
  using Name = std::pair<std::string, std::string>;
  using Entries = std::map<Name, Entry>;
  // Answers that say "try again" are forgotten, so that trying again helps; and large ones.
  bool is_kept(const Answer& answer) const;
  void finish(const Name& name, const Answer& answer);
  void drop(const Name& name, Instant begun);
  void erase(Entries::iterator entry, const Error& why);
  void trim(Instant now);

  const Bounds& bounds_;
  Entries entries_;
  std::deque<std::pair<Instant, Name>> order_;
  std::size_t bytes_ = 0;  // of the answers
};

}  // namespace lazaret::server
