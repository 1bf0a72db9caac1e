// One client of a Server: lines in, lines out, each one JSON-RPC message without its line break.
// Nothing that comes in ends it. One thread, no clock, no socket: used over stdio, and by an HTTP
// door that makes one for each request or legacy session.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "mcp/server.h"

namespace lazaret::mcp {

class Session {
 public:
  using Send = std::function<void(std::string_view line)>;
  using Answered = std::function<void(Result<json::value>)>;

  // Calls whose answer is still to come; more of them are refused.
  static constexpr std::size_t most_calls = 4096;
  // Requests of ours to the client that it has not answered; more of them fail at once.
  static constexpr std::size_t most_requests = 4096;

  // The server outlives it. `send` is called during take(), and when a call is done later.
  Session(const Server& server, Send send);
  // Forgets what is under way: neither side is answered any more.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void take(std::string_view line);
  // A line of more than `most` bytes came in, and was not kept.
  void refuse_long_line(std::size_t most);

  // A legacy client has said notifications/initialized; called once.
  std::function<void()> on_ready;

  // What a legacy client declared for an extension; null where it declared nothing.
  const json::object* declared(std::string_view extension) const;

  // A request to the client, which only a legacy session allows. `answered` is called once: with
  // its result; with invalid_input when it refuses ("-32601 …": its code and message); with
  // unavailable when it is given up, or when there are too many. The number is for give_up().
  std::uint64_t request(std::string_view method, const json::object& params, Answered answered);
  void give_up(std::uint64_t number);

  std::size_t calls() const;  // whose answer is still to come

 private:
  struct State;
  struct Asked;
  void answer(const Message& message);
  void answer_legacy(const Asked& asked, std::string_view method, const json::object& params);
  void answer_modern(const Asked& asked, std::string_view method, const json::object& params);
  void answer_either(const Asked& asked, std::string_view method, const json::object& params);
  void initialize(const Asked& asked, const json::object& params);
  void list_tools(const Asked& asked, const json::object& params);
  void call_tool(const Asked& asked, const json::object& params);
  void call_method(const Asked& asked, const Method& method, const json::object& params);
  bool is_version_right(const Asked& asked);
  std::uint64_t open_call(const Asked& asked);  // 0 = there are too many
  void refuse(const Asked& asked, int code, std::string_view message,
              const json::value& data = nullptr);
  void take_notification(const Message& message);
  void take_answer(const Message& message);

  const Server& server_;
  std::shared_ptr<State> state_;             // done-functions may outlive the session
  std::array<unsigned char, 8192> scratch_;  // most messages fit
};

}  // namespace lazaret::mcp
