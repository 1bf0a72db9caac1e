#include "adapters/notify/message.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <boost/json.hpp>

#include "base/rfc3339.h"
#include "core/called.h"
#include "core/fact_words.h"
#include "wire/json_document.h"

namespace lazaret::notify {
namespace {

namespace json = boost::json;

constexpr std::size_t secret_least = 24;  // bytes, as the specification has it
constexpr std::size_t secret_most = 64;
constexpr std::size_t header_most = 200;

std::string base64(const unsigned char* bytes, std::size_t size) {
  std::string out(4 * ((size + 2) / 3) + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes, static_cast<int>(size));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// One line, and not endless: names and reasons come from agents.
std::string header_text(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, header_most)) {
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }
  return out;
}

// As the command line takes it: facts tell of no other agents, so its cell is always named.
std::string address_of(const AgentRef& agent) {
  if (agent.cell.value == "external") return agent.agent.value;
  return core::short_id(agent.cell) + "." + agent.agent.value;
}

// Facts of older builds do not say what people call it.
std::string owner_of(const core::fact::BudgetReached& f) {
  if (!f.about.empty()) return f.about;
  switch (f.scope) {
    case core::BudgetScope::agent:
      return "agent " + address_of({f.cell, f.agent});
    case core::BudgetScope::task:
      return "task " + f.task.value;
    case core::BudgetScope::mission:
      return "mission " + core::short_id(f.cell);
  }
  return {};
}

std::string name_of(const core::fact::MissionStatusChanged& f) {
  const std::string id = core::short_id(f.cell);
  return f.mission.empty() ? "mission " + id : fmt::format("mission {} ({})", f.mission, id);
}

struct Telling {
  std::optional<Message> operator()(const core::fact::ApprovalOpened& f) {
    if (f.kind == core::ApprovalKind::budget) return std::nullopt;
    Message one;
    one.topic = Topic::approval;
    one.type = "approval.opened";
    one.title = "Lazaret asks: " + f.approval.value;
    one.text = fmt::format("{}\ndefault {} at {}\nlazaret inbox approve {}", f.question,
                           to_word(f.fallback), to_rfc3339(f.deadline), f.approval.value);
    one.data = wire::json_document(json::object{{"approval", f.approval.value},
                                                {"kind", to_word(f.kind)},
                                                {"question", f.question},
                                                {"deadline", to_rfc3339(f.deadline)},
                                                {"default", to_word(f.fallback)}});
    return one;
  }
  std::optional<Message> operator()(const core::fact::BudgetReached& f) {
    Message one;
    one.topic = Topic::budget;
    one.type = "budget.reached";
    one.title = fmt::format("Lazaret: the budget of {} is used up", owner_of(f));
    one.text = fmt::format("{}\nlazaret inbox approve {}", core::sentence_of(f), f.approval.value);
    one.data = wire::json_document(json::object{{"approval", f.approval.value},
                                                {"scope", to_word(f.scope)},
                                                {"kind", to_word(f.kind)},
                                                {"text", core::sentence_of(f)}});
    return one;
  }
  std::optional<Message> operator()(const core::fact::AgentQuarantined& f) {
    Message one;
    one.topic = Topic::quarantine;
    one.type = "agent.quarantined";
    one.title = fmt::format("Lazaret: {} is quarantined", address_of(f.agent));
    one.text = f.reason;
    one.data = wire::json_document(json::object{{"reason", f.reason}});
    one.urgent = true;
    return one;
  }
  std::optional<Message> operator()(const core::fact::HangDeclared& f) {
    Message one;
    one.topic = Topic::hang;
    one.type = "agent.hangs";
    one.title = fmt::format("Lazaret: {} hangs", address_of(f.agent));
    one.text = f.rule;
    one.data = wire::json_document(json::object{{"rule", f.rule}});
    return one;
  }
  std::optional<Message> operator()(const core::fact::MissionStatusChanged& f) {
    const bool failed = f.status == core::MissionStatus::failed;
    if (!failed && f.status != core::MissionStatus::completed) return std::nullopt;
    Message one;
    one.topic = Topic::mission;
    one.type = failed ? "mission.failed" : "mission.completed";
    one.title = fmt::format("Lazaret: {} is {}", name_of(f), to_word(f.status));
    one.text = f.reason;
    one.data = wire::json_document(json::object{
        {"status", to_word(f.status)}, {"reason", f.reason}, {"mission_name", f.mission}});
    one.urgent = failed;
    return one;
  }
  template <class Other>
  std::optional<Message> operator()(const Other&) {
    return std::nullopt;
  }
};

}  // namespace

std::optional<Message> message_of(std::uint64_t number, WallTime at, const core::Fact& fact) {
  auto message = std::visit(Telling{}, fact);
  if (!message) return std::nullopt;
  message->number = number;
  message->at = at;
  const core::FactSubject subject = core::subject_of(fact);
  json::object data = wire::json_of(message->data).as_object();
  data["event"] = number;
  if (!subject.cell.empty()) data["cell"] = subject.cell.value;
  if (!subject.agent.empty()) data["agent"] = subject.agent.value;
  if (!subject.task.empty()) data["task"] = subject.task.value;
  message->data = wire::json_document(data);
  return message;
}

Result<std::string> read_secret(std::string_view text) {
  const auto wrong = [](std::string why) {
    return fail(ErrorCode::invalid_input, "the webhook's secret " + std::move(why), {},
                "whsec_ and the base64 of 24 to 64 random bytes: "
                "echo whsec_$(openssl rand -base64 32)");
  };
  if (!text.starts_with("whsec_")) return wrong("does not begin with whsec_");
  text.remove_prefix(6);
  if (text.empty() || text.size() % 4 != 0 || text.size() > 2 * secret_most) {
    return wrong("is not base64");
  }
  std::string bytes(3 * text.size() / 4, '\0');
  const int read = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (read < 0) return wrong("is not base64");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(read) - padding);
  if (bytes.size() < secret_least || bytes.size() > secret_most) {
    return wrong(fmt::format("has {} bytes", bytes.size()));
  }
  return bytes;
}

std::string sign(std::string_view secret, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return base64(digest, size);
}

Post webhook_post(const Message& message, std::string_view sender, std::string_view secret,
                  std::int64_t now) {
  Post post;
  post.body = fmt::format(R"({{"type":"{}","timestamp":"{}","data":{}}})", message.type,
                          to_rfc3339(message.at), message.data);
  const std::string id = fmt::format("msg_{}_{}", sender, message.number);
  post.headers = {{"Content-Type", "application/json"},
                  {"webhook-id", id},
                  {"webhook-timestamp", std::to_string(now)}};
  if (!secret.empty()) {
    const std::string text = fmt::format("{}.{}.{}", id, now, post.body);
    post.headers.emplace_back("webhook-signature", "v1," + sign(secret, text));
  }
  return post;
}

Post ntfy_post(const Message& message, std::string_view token) {
  Post post;
  post.body = message.text.empty() ? message.title : message.text;
  post.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                  {"Title", header_text(message.title)},
                  {"Priority", message.urgent ? "high" : "default"},
                  {"Tags", header_text("lazaret," + std::string(to_word(message.topic)))}};
  if (!token.empty()) post.headers.emplace_back("Authorization", "Bearer " + std::string(token));
  return post;
}

}  // namespace lazaret::notify
