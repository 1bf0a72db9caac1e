// Heartbeats: the one route that must be cheap. A known agent costs one look-up, a comparison of
// its token, and an answer that is almost ready.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/loop.h"
#include "server/bounds.h"
#include "server/door.h"
#include "server/session.h"
#include "wire/api_beat.h"

namespace lazaret::server {

class Beats {
 public:
  Beats(runtime::Loop& loop, const Door& door, const Bounds& bounds);

  // Answers the session's request. `id`: the last segment of the path, encoded.
  void on_request(Session& session, std::uint64_t ticket, std::string_view id,
                  std::string_view date_line);
  // What was remembered about agents may no longer hold.
  void forget() { known_.clear(); }

 private:
  struct Known {
    runtime::BeatEntry* entry = nullptr;
    Incarnation incarnation;    // that was proven
    std::string authorization;  // that proved it; empty = none is needed (external, from here)
    std::uint64_t key_generation = 0;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct Waiting {
    std::string body;
    Reply reply;
  };
  bool still_holds(const Known& known, const Session& session) const;
  void slowly(Session& session, std::uint64_t ticket, std::string_view id);
  void join(std::vector<Waiting>& waiting, Session& session, const Reply& reply);
  Result<void> check(const AgentRef& ref, const Identity& who) const;
  void enroll(Session& session, std::uint64_t ticket, const std::string& id, const Identity& who);
  void enrolled(const std::string& id, const AgentRef& ref, const core::Answer& answer);
  std::string answer_to(runtime::BeatEntry& entry, const wire::BeatBody& body);
  std::string_view timestamp(WallTime now);

  runtime::Loop& loop_;
  const Door& door_;
  const Bounds& bounds_;
  std::unordered_map<std::string, Known, TextHash, std::equal_to<>> known_;
  std::map<std::string, std::vector<Waiting>> enrolling_;
  WallTime stamped_{};
  std::string stamp_;
};

}  // namespace lazaret::server
