// Live events: each client gets the facts it asked for as they are recorded, and after a pause
// first what it missed. Who reads too slowly is cut off and may resume.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "ports/fact_reader.h"
#include "runtime/loop.h"
#include "server/bounds.h"
#include "server/call.h"

namespace lazaret::server {

class EventStreams {
 public:
  EventStreams(runtime::Loop& loop, ports::FactReader* facts, const Bounds& bounds);

  // Goes on after fact number `after`. Errors: too_many.
  Result<void> open(const Reply& reply, ports::FactQuery filter, std::uint64_t after);
  // Sends a comment on each stream.
  void pulse();
  std::size_t count() const { return clients_.size(); }

 private:
  struct Client {
    std::shared_ptr<Stream> stream;
    ports::FactQuery filter;
    std::uint64_t last = 0;  // everything up to here was sent, or did not fit the filter
    bool pumping = false;
  };
  using ClientPtr = std::shared_ptr<Client>;
  void on_facts(const std::vector<runtime::RecordedFact>& facts);
  void pump(const ClientPtr& client);
  void on_page(const ClientPtr& client, std::uint64_t up_to, Result<ports::FactPage> page);
  bool send_gap(Client& client, std::uint64_t to);

  runtime::Loop& loop_;
  ports::FactReader* facts_;
  const Bounds& bounds_;
  std::list<ClientPtr> clients_;
};

// A row of the journal as an event; the shape is the same as that of live ones.
json::object event_of_row(const ports::FactRow& row);
bool matches(const ports::FactQuery& filter, const ports::FactRow& row);

}  // namespace lazaret::server
