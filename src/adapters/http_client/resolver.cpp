#include "adapters/http_client/resolver.h"

#include <netdb.h>

#include <boost/asio/post.hpp>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace lazaret::http_client {
namespace {

using Name = std::pair<std::string, std::string>;
using Found = Result<std::vector<Address>>;

Found look_up(const Name& name, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const int bad = getaddrinfo(name.first.c_str(), name.second.c_str(), &hints, &found);
  if (bad != 0) {
    return fail(ErrorCode::unavailable,
                "the name " + name.first + " was not found: " + gai_strerror(bad));
  }
  std::vector<Address> all;
  for (const addrinfo* one = found; one && all.size() < addresses_most; one = one->ai_next) {
    if (one->ai_addrlen > sizeof(sockaddr_storage)) continue;
    Address& address = all.emplace_back();
    address.size = one->ai_addrlen;
    std::memcpy(&address.at, one->ai_addr, one->ai_addrlen);
  }
  freeaddrinfo(found);
  return all;
}

// Without asking anybody.
Found look_at(const Name& name) {
  if (name.first != "localhost") return look_up(name, AI_NUMERICHOST | AI_NUMERICSERV);
  Found v4 = look_up({"127.0.0.1", name.second}, AI_NUMERICHOST | AI_NUMERICSERV);
  const Found v6 = look_up({"::1", name.second}, AI_NUMERICHOST | AI_NUMERICSERV);
  if (v4 && v6) v4->insert(v4->end(), v6->begin(), v6->end());
  return v4;
}

}  // namespace

struct Resolver::State : std::enable_shared_from_this<Resolver::State> {
  explicit State(boost::asio::io_context& given) : io(given) {}

  // On the loop's thread.
  void begin() {
    while (running < lookups_most && !waiting.empty()) {
      Name name = std::move(waiting.front());
      waiting.pop_front();
      ++running;
      try {
        std::thread([self = shared_from_this(), name] {
          self->looked_up(name, look_up(name, 0));
        }).detach();
      } catch (const std::system_error& error) {
        const std::string why = error.what();
        boost::asio::post(io, [self = shared_from_this(), name, why] {
          self->ended(name, fail(ErrorCode::unavailable, "no thread to look up a name: " + why));
        });
      }
    }
  }
  // On the thread of the lookup, maybe when the loop is no more.
  void looked_up(const Name& name, Found found) {
    const std::lock_guard hold(guard);
    if (gone) return;
    boost::asio::post(io, [self = shared_from_this(), name, found = std::move(found)] {
      self->ended(name, found);
    });
  }
  void ended(const Name& name, const Found& found) {
    --running;
    const auto asked = askers.extract(name);
    if (!asked.empty()) {
      for (const Done& done : asked.mapped()) done(found);
    }
    begin();
  }

  boost::asio::io_context& io;
  std::map<Name, std::vector<Done>> askers;
  std::deque<Name> waiting;
  int running = 0;
  std::mutex guard;
  bool gone = false;
};

Resolver::Resolver(boost::asio::io_context& io) : state_(std::make_shared<State>(io)) {}

Resolver::~Resolver() {
  const std::lock_guard hold(state_->guard);
  state_->gone = true;
  state_->askers.clear();
  state_->waiting.clear();
}

void Resolver::resolve(const std::string& host, const std::string& port, Done done) {
  const Name name{host, port};
  if (Found known = look_at(name)) {
    boost::asio::post(state_->io,
                      [done = std::move(done), known = std::move(known)] { done(known); });
    return;
  }
  auto& asked = state_->askers[name];
  asked.push_back(std::move(done));
  if (asked.size() > 1) return;
  state_->waiting.push_back(name);
  state_->begin();
}

}  // namespace lazaret::http_client
