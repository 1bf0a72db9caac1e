#include "adapters/http_client/http_client.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <map>
#include <vector>

#include "adapters/http_client/connection.h"
#include "adapters/http_client/request_text.h"

namespace lazaret::http_client {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;
using Link = std::shared_ptr<Connection>;

struct Job {
  Job(boost::asio::io_context& io, wire::Url to) : url(std::move(to)), timer(io) {}
  wire::Url url;
  std::string text;
  bool to_head = false;
  ports::HttpClient::Done done;
  boost::asio::steady_timer timer;
  Connection::TimePoint until{};
  Link link;                                        // while it is under way
  std::list<std::shared_ptr<Job>>::iterator place;  // while it waits
};
using JobPtr = std::shared_ptr<Job>;

// Of one origin. Connections: the idle ones, and those with a job.
struct Group {
  std::list<JobPtr> waiting;
  std::vector<Link> idle;  // the one used last is the last
  std::map<Link, JobPtr> busy;
  std::size_t connections() const { return idle.size() + busy.size(); }
};

std::string seconds_text(Duration time) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

}  // namespace

struct HttpClient::Pool : std::enable_shared_from_this<HttpClient::Pool> {
  using Groups = std::map<std::string, Group>;

  Pool(boost::asio::io_context& given, Bounds of) : io(given), bounds(of), resolver(given) {}

  void send(ports::HttpRequest request, Duration deadline, Done done);
  void refuse(Error error, Done done);
  void pump(const std::string& origin);
  void pump_others();
  bool make_room(bool at_any_price);
  void start(Group& group, const Link& link);
  void ended(const JobPtr& job, const Link& link, Connection::Outcome outcome);
  void pump_soon(const std::string& origin);
  void too_late(const JobPtr& job, Duration deadline);
  void keep(const std::string& origin, const Link& link);
  void drop(const std::string& origin, const Link& link);
  void answer(const JobPtr& job, Result<ports::HttpAnswer> result);
  void forget_all();

  boost::asio::io_context& io;
  Bounds bounds;
  Resolver resolver;
  Groups groups;  // with something in them
  std::size_t connections = 0;
  std::size_t waiting = 0;
  bool starved = false;  // somebody waits because of the bound on all connections
  std::string served_last;
};

void HttpClient::Pool::refuse(Error error, Done done) {
  boost::asio::post(
      io, [error = std::move(error), done = std::move(done)] { done(std::unexpected(error)); });
}

void HttpClient::Pool::send(ports::HttpRequest request, Duration deadline, Done done) {
  auto url = wire::read_url(request.url);
  if (!url) return refuse(url.error(), std::move(done));
  auto text = request_text(*url, request);
  if (!text) return refuse(text.error(), std::move(done));
  const std::string origin = url->origin();
  if (waiting >= bounds.waiting) {
    return refuse({ErrorCode::unavailable,
                   origin + ": " + std::to_string(waiting) + " requests wait already",
                   {},
                   {}},
                  std::move(done));
  }
  const auto job = std::make_shared<Job>(io, std::move(*url));
  job->text = std::move(*text);
  job->to_head = request.method == "HEAD";
  job->done = std::move(done);
  job->until = steady_clock::now() + deadline;
  job->timer.expires_at(job->until);
  job->timer.async_wait([weak = weak_from_this(), job, deadline](error_code error) {
    const auto self = weak.lock();
    if (self && !error && job->done) self->too_late(job, deadline);
  });
  Group& group = groups[origin];
  job->place = group.waiting.insert(group.waiting.end(), job);
  ++waiting;
  pump(origin);
}

// Gives the waiting jobs of one origin connections as far as there are any.
void HttpClient::Pool::pump(const std::string& origin) {
  const auto found = groups.find(origin);
  if (found == groups.end()) return;
  Group& group = found->second;
  while (!group.waiting.empty()) {
    if (!group.idle.empty()) {
      const Link link = group.idle.back();
      group.idle.pop_back();
      if (!link->is_quiet()) {
        link->close();
        --connections;
        continue;
      }
      start(group, link);
    } else if (group.connections() >= bounds.of_origin) {
      break;
    } else if (connections >= bounds.in_all && !make_room(group.connections() == 0)) {
      starved = true;
      break;
    } else {
      ++connections;
      const AnswerReader::Limits limits{bounds.head_bytes, bounds.body_bytes};
      const wire::Url& url = group.waiting.front()->url;
      start(group, std::make_shared<Connection>(io, resolver, url, limits));
    }
  }
  if (group.waiting.empty() && group.connections() == 0) groups.erase(found);
}

// Somebody waits because all connections are taken: origins that have none have their turns first.
void HttpClient::Pool::pump_others() {
  if (!std::exchange(starved, false)) return;
  std::vector<std::string> none;  // have no connection
  std::vector<std::string> few;
  for (const auto& [origin, group] : groups) {
    if (group.waiting.empty() || group.connections() >= bounds.of_origin) continue;
    (group.connections() == 0 ? none : few).push_back(origin);
  }
  std::ranges::rotate(none, std::ranges::upper_bound(none, served_last));
  std::ranges::rotate(few, std::ranges::upper_bound(few, served_last));
  none.insert(none.end(), few.begin(), few.end());
  for (const std::string& origin : none) {
    const std::size_t waited = waiting;
    pump(origin);
    if (waiting < waited) served_last = origin;
  }
}

// Ends a connection that nobody uses. `at_any_price`: also one that its own origin could use.
bool HttpClient::Pool::make_room(bool at_any_price) {
  for (auto& [origin, group] : groups) {
    if (group.idle.empty() || (!at_any_price && !group.waiting.empty())) continue;
    const Link oldest = group.idle.front();
    drop(origin, oldest);
    return true;
  }
  return false;
}

void HttpClient::Pool::start(Group& group, const Link& link) {
  const JobPtr job = group.waiting.front();
  group.waiting.pop_front();
  --waiting;
  group.busy.emplace(link, job);
  job->link = link;
  link->run(
      std::move(job->text), job->to_head, job->until,
      [weak = weak_from_this(), job, link = std::weak_ptr(link)](Connection::Outcome outcome) {
        const auto self = weak.lock();
        if (self) self->ended(job, link.lock(), std::move(outcome));
      });
}

void HttpClient::Pool::ended(const JobPtr& job, const Link& link, Connection::Outcome outcome) {
  const std::string origin = job->url.origin();
  groups[origin].busy.erase(link);
  job->link.reset();
  if (outcome.reusable) {
    keep(origin, link);
  } else {
    --connections;
  }
  answer(job, std::move(outcome.answer));
  pump_soon(origin);
}

// Not at once: whoever calls may be in the middle of another pump.
void HttpClient::Pool::pump_soon(const std::string& origin) {
  boost::asio::post(io, [weak = weak_from_this(), origin] {
    if (const auto self = weak.lock()) {
      self->pump_others();
      self->pump(origin);
    }
  });
}

void HttpClient::Pool::keep(const std::string& origin, const Link& link) {
  groups[origin].idle.push_back(link);
  link->watch(bounds.idle, [weak = weak_from_this(), origin, link = std::weak_ptr(link)] {
    const auto self = weak.lock();
    if (self) self->drop(origin, link.lock());
  });
}

void HttpClient::Pool::drop(const std::string& origin, const Link& link) {
  std::erase(groups[origin].idle, link);
  link->close();
  --connections;
  pump_soon(origin);
}

void HttpClient::Pool::too_late(const JobPtr& job, Duration deadline) {
  const std::string origin = job->url.origin();
  std::string what = "all connections are taken";
  if (job->link) {
    what = job->link->stage();
    job->link->close();
    groups[origin].busy.erase(job->link);
    job->link.reset();
    --connections;
  } else {
    groups[origin].waiting.erase(job->place);
    --waiting;
  }
  answer(job, fail(ErrorCode::unavailable,
                   origin + " has not answered within " + seconds_text(deadline) + ": " + what));
  pump_soon(origin);
}

void HttpClient::Pool::answer(const JobPtr& job, Result<ports::HttpAnswer> result) {
  job->timer.cancel();
  boost::asio::post(
      io, [done = std::exchange(job->done, nullptr), result = std::move(result)] { done(result); });
}

void HttpClient::Pool::forget_all() {
  const auto forget = [](const JobPtr& job) {
    job->timer.cancel();
    job->done = nullptr;
  };
  for (auto& [origin, group] : groups) {
    std::ranges::for_each(group.waiting, forget);
    for (const Link& link : group.idle) link->close();
    for (const auto& [link, job] : group.busy) {
      link->close();
      forget(job);
    }
  }
  groups.clear();
}

HttpClient::HttpClient(boost::asio::io_context& io, Bounds bounds)
    : pool_(std::make_shared<Pool>(io, bounds)) {}

HttpClient::~HttpClient() { pool_->forget_all(); }

void HttpClient::send(ports::HttpRequest request, Duration deadline, Done done) {
  pool_->send(std::move(request), deadline, std::move(done));
}

HttpClient::Figures HttpClient::figures() const {
  Figures figures{.connections = pool_->connections, .waiting = pool_->waiting};
  for (const auto& [origin, group] : pool_->groups) figures.idle += group.idle.size();
  return figures;
}

}  // namespace lazaret::http_client
