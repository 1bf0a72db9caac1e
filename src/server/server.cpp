#include "server/server.h"

#include <pwd.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <ctime>

#include "base/invariant.h"
#include "base/rng.h"
#include "server/beats.h"
#include "server/context.h"
#include "server/event_streams.h"
#include "server/idempotency.h"
#include "server/keys.h"
#include "server/listener.h"
#include "server/names.h"
#include "server/routes.h"
#include "server/session.h"
#include "server/sign_in.h"
#include "server/site.h"
#include "server/sync_changes.h"
#include "server/target.h"
#include "server/work_waiters.h"

namespace lazaret::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t beat_body_most = 64 * 1024;
constexpr std::size_t idempotency_key_most = 200;
constexpr std::uint16_t ports_tried = 100;

std::string user_name(uid_t user) {
  const passwd* entry = ::getpwuid(user);
  return entry ? entry->pw_name : std::to_string(user);
}

}  // namespace

class Server::Impl : public SessionOwner {
 public:
  Impl(asio::io_context& io, runtime::Loop& loop, Services services, Bounds bounds,
       std::set<std::string> names);

  Result<void> add(Result<std::unique_ptr<Listener>> listener);
  Result<std::uint16_t> listen_tcp(const std::string& host, std::uint16_t port, bool next_free);
  void stop();
  ServerCounts counts() const;

  // SessionOwner
  const Bounds& bounds() const override { return bounds_; }
  std::optional<Answer> on_head(Session& session) override;
  void on_request(Session& session, std::uint64_t ticket) override;
  void on_active(Session& session) override {
    sessions_.splice(sessions_.end(), sessions_, session.place);
  }
  void on_closed(Session& session) override { sessions_.erase(session.place); }
  bool count_body(std::ptrdiff_t delta) override;
  std::string_view date_line() override;

  asio::io_context& io_;
  Services services_;
  Bounds bounds_;
  Keys keys_;
  Door door_;
  Routes routes_{wire::operations()};
  Site site_{services_.site};
  Handlers handlers_ = all_handlers();
  Beats beats_;
  EventStreams streams_;
  WorkWaiters waiters_;
  SignInLinks sign_in_links_;
  SyncChanges changes_;
  std::shared_ptr<Idempotency> idempotency_;
  Context context_;

 private:
  void take(const Accepted& accepted);
  std::optional<Peer> peer_of(const Accepted& accepted) const;
  bool close_an_idle_one();
  void sweep();
  void end_without_key(Session& session);
  bool is_on_site(const RequestHead& head) const;
  std::optional<Answer> check_origin(Session& session);
  std::optional<Answer> identify(Session& session);
  std::optional<Answer> route(Session& session);
  std::optional<Answer> on_foreign_head(Session& session);
  void carry_out(Session& session, std::uint64_t ticket, wire::Inputs inputs);
  // Null where no key is given, or where `answered`.
  std::shared_ptr<Once> check_idempotency(Session& session, Reply& reply, bool& answered);

  // The longest quiet one first. Sessions live until they are closed: one whose client has sent its
  // last byte and waits for the answer has no read under way that would hold it.
  Sessions sessions_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  asio::steady_timer sweep_timer_;
  SteadyTime last_pulse_;
  std::uint64_t swept_generation_ = 0;
  std::size_t body_bytes_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t refused_connections_ = 0;
  std::time_t date_at_ = 0;
  std::string date_;
};

Server::Impl::Impl(asio::io_context& io, runtime::Loop& loop, Services services, Bounds bounds,
                   std::set<std::string> names)
    : io_(io),
      services_(std::move(services)),
      bounds_(bounds),
      keys_(services_.keys, bounds.keys),
      door_(*services_.tokens, keys_, loop, std::move(names)),
      beats_(loop, door_, bounds_),
      streams_(loop, services_.facts, bounds_),
      waiters_(io, loop, bounds_),
      idempotency_(std::make_shared<Idempotency>(bounds_)),
      context_{loop,     services_, bounds_,        keys_,    door_,
               streams_, waiters_,  sign_in_links_, changes_, [this] { return counts(); }},
      sweep_timer_(io) {
  for (const auto& operation : wire::operations()) {
    LAZARET_ASSERT(operation.name == "heartbeat" || handlers_.contains(operation.name));
  }
  LAZARET_ASSERT(handlers_.size() + 1 == wire::operations().size());
  idempotency_->restore(services_.receipts);
  services_.receipts.clear();
  last_pulse_ = std::chrono::steady_clock::now();
  sweep();
}

// Ends what takes too long. Now and then is enough: time-outs are bounds, not appointments.
void Server::Impl::sweep() {
  const auto shortest = std::min({bounds_.header_time, bounds_.body_time, bounds_.idle_time,
                                  bounds_.write_time, bounds_.linger_time, bounds_.stream_pulse});
  const auto pause =
      std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
  sweep_timer_.expires_after(pause);
  sweep_timer_.async_wait([this](error_code error) {
    if (error) return;
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<Session>> all;
    all.assign(sessions_.begin(), sessions_.end());
    for (const auto& session : all) session->check_time(now);
    const bool changed = std::exchange(swept_generation_, keys_.generation()) != keys_.generation();
    for (const auto& session : all) {
      const WallTime until = session->remembered.identity.until;
      const bool over = until != WallTime{} && context_.loop.now().wall >= until;
      if (changed || over) end_without_key(*session);
    }
    if (now - last_pulse_ >= bounds_.stream_pulse) {
      last_pulse_ = now;
      streams_.pulse();
    }
    sweep();
  });
}

// A live stream is let in once: whoever lost the key meanwhile hears no more.
void Server::Impl::end_without_key(Session& session) {
  const auto& known = session.remembered;
  if (!session.is_streaming() || !known.identity.account.starts_with("key:")) return;
  const auto who = door_.identify(session.peer(), known.authorization, known.session_key);
  if (!who || who->account != known.identity.account) session.close();
}

Result<void> Server::Impl::add(Result<std::unique_ptr<Listener>> listener) {
  if (!listener) return std::unexpected(listener.error());
  listeners_.push_back(std::move(*listener));
  listeners_.back()->start([this](const Accepted& accepted) { take(accepted); },
                           [this] { return close_an_idle_one(); });
  return {};
}

Result<std::uint16_t> Server::Impl::listen_tcp(const std::string& host, std::uint16_t port,
                                               bool next_free) {
  auto listener = Listener::tcp(io_, host, port, bounds_.backlog);
  const std::uint16_t tries = next_free && port != 0 ? ports_tried : 0;
  const auto in_use = [&] { return !listener && listener.error().code == ErrorCode::conflict; };
  std::uint16_t last = port;
  while (in_use() && last - port < tries && last < 65535) {
    listener = Listener::tcp(io_, host, ++last, bounds_.backlog);
  }
  if (in_use() && last > port) {
    return fail(
        ErrorCode::conflict,
        "the ports " + std::to_string(port) + " to " + std::to_string(last) + " are all in use",
        host + ":" + std::to_string(port), listener.error().remedy);
  }
  door_.add_name(host.find(':') == std::string::npos ? host : "[" + host + "]");
  const std::uint16_t got = listener ? (*listener)->port() : std::uint16_t(0);
  if (auto added = add(std::move(listener)); !added) return std::unexpected(added.error());
  return got;
}

std::optional<Peer> Server::Impl::peer_of(const Accepted& accepted) const {
  Peer peer{.over_unix = accepted.over_unix, .loopback = accepted.loopback, .known = {}};
  if (!accepted.over_unix) return peer;
  if (accepted.user != ::geteuid() && accepted.user != 0) return std::nullopt;
  std::optional<AgentRef> agent;
  if (services_.agent_of_pid) agent = services_.agent_of_pid(accepted.pid);
  Identity who{.right = Right::admin,
               .name = "cli:" + user_name(accepted.user),
               .account = "user:" + std::to_string(accepted.user),
               .local = true};
  if (agent) {
    const core::Agent* known = core::find_agent(context_.fleet(), *agent);
    who = {.right = Right::agent,
           .name = agent->agent.value,
           .account = "agent:" + agent->cell.value + "/" + agent->agent.value,
           .agent = agent,
           .incarnation = known ? known->incarnation : Incarnation{},
           .local = true};
  }
  peer.known = std::move(who);
  return peer;
}

void Server::Impl::take(const Accepted& accepted) {
  auto peer = peer_of(accepted);
  const bool full = sessions_.size() >= bounds_.connections && !close_an_idle_one();
  if (!peer || full) {
    ++refused_connections_;
    ::close(accepted.descriptor);
    return;
  }
  const int family = accepted.over_unix ? AF_UNIX : AF_INET;
  Session::Socket socket(io_);
  error_code error;
  socket.assign(asio::generic::stream_protocol(family, 0), accepted.descriptor, error);
  if (error) {
    ::close(accepted.descriptor);
    return;
  }
  HttpParser::Limits limits{bounds_.header_bytes,
                            [this](std::string_view method, std::string_view target) {
                              if (!beat_id(target).empty()) return beat_body_most;
                              const Route found = routes_.find(method, path_of(target));
                              const bool big = found.operation && found.operation->big_body;
                              return big ? bounds_.big_body_bytes : bounds_.body_bytes;
                            }};
  auto session =
      std::make_shared<Session>(*this, std::move(socket), std::move(*peer), std::move(limits));
  session->place = sessions_.insert(sessions_.end(), session);
  session->start();
}

bool Server::Impl::close_an_idle_one() {
  constexpr int looked_at_most = 256;
  int looked_at = 0;
  for (const auto& session : sessions_) {
    if (++looked_at > looked_at_most) break;
    if (!session->is_idle()) continue;
    session->close();
    return true;
  }
  return false;
}

bool Server::Impl::count_body(std::ptrdiff_t delta) {
  body_bytes_ = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(body_bytes_) + delta);
  return delta <= 0 || body_bytes_ <= bounds_.all_bodies_bytes;
}

std::string_view Server::Impl::date_line() {
  const std::time_t now = ::time(nullptr);
  if (now != date_at_ || date_.empty()) {
    date_at_ = now;
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[64];
    const auto size =
        std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
    date_.assign(text, size);
  }
  return date_;
}

bool Server::Impl::is_on_site(const RequestHead& head) const {
  return site_.has(head) && routes_.find(head.method, path_of(head.target)).allow.empty();
}

std::optional<Answer> Server::Impl::check_origin(Session& session) {
  const RequestHead& head = session.parser().head();
  const bool plain = head.origin.empty() && head.fetch_site.empty();
  if (plain && head.host == session.remembered.checked_host) return std::nullopt;
  const auto refusal = session.is_on_site ? door_.check_host(session.peer(), head)
                                          : door_.check_origin(session.peer(), head);
  if (refusal) return problem_answer(refusal->error, refusal->status);
  if (plain) session.remembered.checked_host = head.host;
  return std::nullopt;
}

std::optional<Answer> Server::Impl::identify(Session& session) {
  auto& known = session.remembered;
  const RequestHead& head = session.parser().head();
  const std::string_view cookie =
      head.cookie.empty() ? "" : cookie_value(head.cookie, cookie_name(head.host));
  const WallTime until = known.identity.until;
  const bool same = known.key_generation == keys_.generation() &&
                    (until == WallTime{} || context_.loop.now().wall < until) &&
                    wire::equal_in_constant_time(head.authorization, known.authorization) &&
                    wire::equal_in_constant_time(cookie, known.session_key);
  if (!same) {
    auto who = door_.identify(session.peer(), head.authorization, cookie);
    if (!who) return problem_answer(who.error().error, who.error().status);
    known.identity = std::move(*who);
    known.authorization = head.authorization;
    known.session_key = cookie;
    known.key_generation = keys_.generation();
  }
  session.identity = known.identity;
  if (cookie.empty() || session.peer().over_unix) return std::nullopt;
  const auto refusal = door_.check_session(head);
  return refusal ? std::optional(problem_answer(refusal->error, refusal->status)) : std::nullopt;
}

std::optional<Answer> Server::Impl::route(Session& session) {
  const RequestHead& head = session.parser().head();
  Route found = routes_.find(head.method, path_of(head.target));
  if (found.bad_path) {
    return problem_answer(
        {ErrorCode::invalid_input, "the path is not percent-encoded text", "path", {}}, 400);
  }
  if (!found.operation && found.allow.empty()) {
    return problem_answer(
        {ErrorCode::not_found,
         "there is nothing at " + std::string(path_of(head.target)).substr(0, 200), "path",
         "see /openapi.json"});
  }
  if (!found.operation) {
    Answer answer = problem_answer(
        {ErrorCode::invalid_input, head.method.substr(0, 20) + " is not possible here", "method",
         "allowed: " + found.allow},
        405);
    if (head.method == "OPTIONS") answer = {.status = 204, .body = {}, .headers = {}};
    answer.headers += "Allow: " + found.allow + "\r\n";
    return answer;
  }
  session.operation = found.operation;
  session.path_values = std::move(found.values);
  return std::nullopt;
}

// A server's key may come as X-API-Key; refusals are said in the words of the contract.
std::optional<Answer> Server::Impl::on_foreign_head(Session& session) {
  const RequestHead& head = session.parser().head();
  const std::string bearer = head.authorization.empty() && !head.api_key.empty()
                                 ? "Bearer " + head.api_key
                                 : head.authorization;
  auto who = door_.identify(session.peer(), bearer);
  if (!who) return detail_answer(who.error().error, who.error().status);
  session.identity = std::move(*who);
  if (const auto refusal = door_.check_right(*session.operation, session.identity)) {
    return detail_answer(refusal->error, refusal->status);
  }
  if (const auto old = door_.fenced(session.identity)) return detail_answer(*old);
  return std::nullopt;
}

std::optional<Answer> Server::Impl::on_head(Session& session) {
  const RequestHead& head = session.parser().head();
  session.is_beat = head.method == "POST" && !beat_id(head.target).empty();
  session.is_on_site = !session.is_beat && is_on_site(head);
  if (auto refused = check_origin(session)) return refused;
  if (session.is_beat || session.is_on_site) return std::nullopt;
  if (auto refused = route(session)) return refused;
  const auto& operation = *session.operation;
  if (operation.foreign) return on_foreign_head(session);
  if (auto refused = identify(session)) return refused;
  if (const auto refusal = door_.check_right(operation, session.identity)) {
    return problem_answer(refusal->error, refusal->status);
  }
  // Writes are fenced by the core, which records them; what it does not fence is refused here.
  const bool here = operation.method == wire::Method::GET || operation.name == "note.add";
  if (here && operation.scope != wire::Scope::open) {
    if (const auto old = door_.fenced(session.identity)) return problem_answer(*old);
  }
  return std::nullopt;
}

void Server::Impl::on_request(Session& session, std::uint64_t ticket) {
  ++requests_;
  const RequestHead& head = session.parser().head();
  if (session.is_beat) return beats_.on_request(session, ticket, beat_id(head.target), date_line());
  if (session.is_on_site) return session.answer(ticket, site_.answer(head));
  const bool foreign = session.operation->foreign;
  const std::string_view body = foreign ? "" : std::string_view(session.parser().body());
  auto inputs = wire::check_inputs(*session.operation, {.path = session.path_values,
                                                        .query = query_of(head.target),
                                                        .body = body,
                                                        .content_type = head.content_type});
  if (!inputs) {
    Reply reply = session.reply(ticket);
    reply.foreign = foreign;
    return reply.fail(inputs.error().error, inputs.error().status);
  }
  carry_out(session, ticket, std::move(*inputs));
}

std::shared_ptr<Once> Server::Impl::check_idempotency(Session& session, Reply& reply,
                                                      bool& answered) {
  const RequestHead& head = session.parser().head();
  if (head.idempotency_key.empty() || head.method != "POST") return nullptr;
  if (session.operation->secret) return nullptr;  // shown once, and not kept
  answered = true;
  if (head.idempotency_key.size() > idempotency_key_most) {
    reply.fail(
        {ErrorCode::invalid_input, "the key is longer than 200 bytes", "Idempotency-Key", {}}, 400);
    return nullptr;
  }
  const std::string& who = session.identity.account;
  const std::string& key = head.idempotency_key;
  const auto fingerprint = hash_text(session.parser().body(), hash_text(head.target));
  auto seen = idempotency_->begin(who, key, fingerprint, context_.loop.now().mono);
  switch (seen.verdict) {
    case Idempotency::Verdict::fresh:
      answered = false;
      reply.witness = [once = seen.once](const Answer& answer) { once->finish(answer); };
      return seen.once;
    case Idempotency::Verdict::replay:
      reply.send(std::move(seen.answer));
      return nullptr;
    case Idempotency::Verdict::in_progress:
      if (const auto& trouble = context_.loop.trouble()) {
        reply.fail(*trouble);
      } else {
        idempotency_->join(who, key, reply);
      }
      return nullptr;
    case Idempotency::Verdict::other_request:
      reply.fail({ErrorCode::invalid_input, "this key was used for a different request",
                  "Idempotency-Key", "make a new key"});
      return nullptr;
  }
  return nullptr;
}

void Server::Impl::carry_out(Session& session, std::uint64_t ticket, wire::Inputs inputs) {
  Reply reply = session.reply(ticket);
  reply.foreign = session.operation->foreign;
  bool answered = false;
  auto once = check_idempotency(session, reply, answered);
  if (answered) return;
  const RequestHead& head = session.parser().head();
  Call call{*session.operation,
            session.identity,
            std::move(inputs),
            head.if_match,
            head.if_none_match,
            head.last_event_id,
            head.host,
            head.cookie,
            std::move(reply),
            {},
            {},
            {},
            std::move(once)};
  if (session.operation->foreign) {
    call.body = session.parser().body();
    call.agent_header = head.agent_id;
    call.claw_header = head.claw;
  }
  handlers_.at(session.operation->name)(context_, call);
}

void Server::Impl::stop() {
  for (const auto& listener : listeners_) listener->stop();
  waiters_.stop();
  sweep_timer_.cancel();
  while (!sessions_.empty()) sessions_.front()->close();
}

ServerCounts Server::Impl::counts() const {
  return {sessions_.size(), streams_.count(), waiters_.count(), requests_, refused_connections_};
}

Server::Server(asio::io_context& io, runtime::Loop& loop, Services services, Bounds bounds,
               std::set<std::string> names)
    : impl_(std::make_unique<Impl>(io, loop, std::move(services), bounds, std::move(names))) {}

Server::~Server() { impl_->stop(); }

Result<std::uint16_t> Server::listen_tcp(const std::string& host, std::uint16_t port,
                                         bool next_free) {
  return impl_->listen_tcp(host, port, next_free);
}

Result<void> Server::listen_unix(const std::string& path) {
  return impl_->add(Listener::unix(impl_->io_, path, impl_->bounds_.backlog));
}

void Server::stop() { impl_->stop(); }
ServerCounts Server::counts() const { return impl_->counts(); }

}  // namespace lazaret::server
