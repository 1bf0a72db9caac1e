// For tests: a server on real sockets over a real loop, with a journal in memory. The server runs
// on a thread of its own; the test talks to it as any client would.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "server/server.h"
#include "wire/token.h"

namespace lazaret::server {

// Commits a moment later, as the real one does; keeps everything.
class MemoryJournal : public ports::Journal, public ports::FactReader {
 public:
  explicit MemoryJournal(boost::asio::io_context& io) : io_(io) {}
  void on_committed(Committed callback) override { committed_ = std::move(callback); }
  void append(ports::Decision decision, ports::Durability durability) override;
  void read(const ports::FactQuery& query, Done done) override;
  void set_trouble(std::optional<Error> trouble);
  // Holds commits back until released; on the loop's thread.
  void hold() { holds_ = true; }
  void release();
  bool has_waiting() const { return last_ > committed_up_to_; }
  std::uint64_t oldest_kept = 1;
  std::vector<ports::Receipt> receipts;

 private:
  boost::asio::io_context& io_;
  Committed committed_;
  std::vector<ports::FactRow> rows_;
  std::uint64_t last_ = 0;
  std::uint64_t committed_up_to_ = 0;
  bool holds_ = false;
};

class MemoryKeys : public ports::KeyStore {
 public:
  Result<std::vector<ports::KeyRecord>> list() override { return records; }
  Result<void> add(const ports::KeyRecord& key) override {
    records.push_back(key);
    return {};
  }
  Result<void> remove(const std::string& id) override {
    std::erase_if(records, [&](const auto& one) { return one.id == id; });
    return {};
  }
  std::vector<ports::KeyRecord> records;
};

class NoEffects : public ports::Effects {
 public:
  void start(const core::Command& command) override { started.push_back(command); }
  std::vector<core::Command> started;
};

class SystemClock : public ports::Clock {
 public:
  Stamp now() const override;
};

struct Response {
  int status = 0;                              // 0: the connection ended without one
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  boost::json::value json() const;
  std::string text(const char* name) const;  // member of a JSON object; "" where there is none
};

// A blocking connection; ten seconds are for ever.
class Wire {
 public:
  explicit Wire(std::uint16_t port);
  explicit Wire(const std::string& unix_path);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void send(std::string_view bytes);
  void end_sending();
  Response read();  // the next response
  std::string read_until(
      std::string_view mark);  // everything up to and with it; shorter at the end
  std::string read_all();      // until the other side closes
  bool closed();               // the other side has closed; waits for it

 private:
  bool fill();
  int socket_ = -1;
  std::string in_;
};

class Rig {
 public:
  explicit Rig(Bounds bounds = {}, std::function<void(Services&)> adjust = {},
               std::vector<ports::KeyRecord> known_keys = {});
  ~Rig();

  // Runs on the loop's thread.
  template <class F>
  auto on_loop(F&& f) {
    std::packaged_task<std::invoke_result_t<F>()> task(std::forward<F>(f));
    auto result = task.get_future();
    boost::asio::post(io, [&task] { task(); });
    return result.get();
  }

  // One request on a connection of its own. `headers`: lines, each with its CRLF.
  Response call(std::string_view method, std::string_view target, std::string_view body = {},
                std::string headers = {});
  Response as_admin(std::string_view method, std::string_view target, std::string_view body = {},
                    std::string headers = {});
  std::string make_key(const std::string& scope);
  // A mission with agents ("lead" is a lead; others write) that Lazaret starts, already running.
  void make_cell(const std::string& id, const std::vector<std::string>& agents,
                 const std::string& name = "survey");
  std::string token(const std::string& cell, const std::string& agent);
  std::uint64_t recorded() {
    return on_loop([this] { return loop->recorded_facts(); });
  }
  // Waits for a condition, looked at on the loop's thread.
  bool until(const std::function<bool()>& condition);

  boost::asio::io_context io;
  MemoryJournal journal{io};
  MemoryKeys keys;
  NoEffects effects;
  SystemClock clock;
  wire::Tokens tokens{"a secret of sixteen bytes or more"};
  std::unique_ptr<runtime::Loop> loop;
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
  std::string unix_path;
  std::string admin_key;

 private:
  std::thread thread_;
};

std::string request(std::string_view method, std::string_view target, std::string_view body = {},
                    std::string_view headers = {});
inline const std::string cell_a = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
inline const std::string cell_b = "16fd2706-8baf-433b-82eb-8c7fada847da";

}  // namespace lazaret::server
