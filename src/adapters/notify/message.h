// What people outside are told, and the bytes of it: a webhook as in the Standard Webhooks
// specification (standardwebhooks.com), or a plain POST as ntfy takes it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/fact.h"
#include "wire/url.h"

namespace lazaret::notify {

using wire::Url;

LAZARET_ENUM(Topic, approval, quarantine, hang, mission, budget)

struct Message {
  std::uint64_t number = 0;  // of the fact: the same message has the same number for ever
  WallTime at{};
  Topic topic = Topic::approval;
  std::string type;  // "approval.opened"
  std::string title;
  std::string text;
  std::string data;  // JSON object
  bool urgent = false;
};

// Nothing where nobody wants to know. A budget's question is told as `budget`, not as `approval`
// too: one cause, one message.
std::optional<Message> message_of(std::uint64_t number, WallTime at, const core::Fact& fact);

// "whsec_" and base64, 24 to 64 bytes. Error: invalid_input, which never shows the secret.
Result<std::string> read_secret(std::string_view text);

struct Post {
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};
// `sender`: of this daemon's state, part of the id. `now` in seconds since 1970 is signed too.
Post webhook_post(const Message& message, std::string_view sender, std::string_view secret,
                  std::int64_t now);
Post ntfy_post(const Message& message, std::string_view token);

// base64 of HMAC-SHA256
std::string sign(std::string_view secret, std::string_view text);

}  // namespace lazaret::notify
