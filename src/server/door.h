// Who may come in, and as whom.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "runtime/loop.h"
#include "server/http_parser.h"
#include "server/identity.h"
#include "server/keys.h"
#include "wire/operations.h"
#include "wire/token.h"

namespace lazaret::server {

// The other end of a connection, as the kernel says.
struct Peer {
  bool over_unix = false;
  bool loopback = false;
  std::optional<Identity>
      known;  // unix socket: the daemon's user, or an agent by its process group
};

class Door {
 public:
  // `names`: further host names under which the server is reached, without ports.
  Door(const wire::Tokens& tokens, const Keys& keys, const runtime::Loop& loop,
       std::set<std::string> names);

  // A name under which the server may be reached: the address that it listens on.
  void add_name(std::string name) { names_.insert(std::move(name)); }

  // DNS rebinding: Host must name this server.
  std::optional<Refusal> check_host(const Peer& peer, const RequestHead& head) const;
  // That, and cross-site requests: Origin and Sec-Fetch-Site must name it, too.
  std::optional<Refusal> check_origin(const Peer& peer, const RequestHead& head) const;

  // `authorization`: the field's value, may be empty. Refused: what is there and cannot be proven.
  // `session_key`: of a browser's cookie; one that is over is as good as none.
  std::expected<Identity, Refusal> identify(const Peer& peer, std::string_view authorization,
                                            std::string_view session_key = {}) const;

  // Browsers say where a call comes from; a cookie alone does not prove that our page made it.
  std::optional<Refusal> check_session(const RequestHead& head) const;

  // May this caller use the operation at all? (Whose things it may touch is the handler's
  // question.)
  std::optional<Refusal> check_right(const wire::Operation& operation, const Identity& who) const;

  // The caller's token is of an incarnation that is not the live one.
  std::optional<Error> fenced(const Identity& who) const;

 private:
  bool is_own_name(std::string_view host_and_port) const;

  const wire::Tokens& tokens_;
  const Keys& keys_;
  const runtime::Loop& loop_;
  std::set<std::string> names_;
};

}  // namespace lazaret::server
