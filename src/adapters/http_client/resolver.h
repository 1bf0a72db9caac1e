// Names into addresses. The system's resolver blocks, sometimes for half a minute; it does so on
// threads of its own, each name on one, so that no dead name waits for another.
#pragma once

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace lazaret::http_client {

inline constexpr int lookups_most = 16;           // at once; the others wait
inline constexpr std::size_t addresses_most = 8;  // of one name

struct Address {
  sockaddr_storage at{};
  socklen_t size = 0;
};

class Resolver {
 public:
  using Done = std::function<void(Result<std::vector<Address>>)>;
  explicit Resolver(boost::asio::io_context& io);
  ~Resolver();  // what is under way is forgotten
  // `done` is called in a later turn of the loop. Numbers and "localhost" ask nobody. Several who
  // ask for one name share the answer.
  void resolve(const std::string& host, const std::string& port, Done done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace lazaret::http_client
