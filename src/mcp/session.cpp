#include "mcp/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <map>

#include "base/typo.h"
#include "base/utf8.h"
#include "mcp/schema.h"
#include "wire/json_document.h"

namespace lazaret::mcp {
namespace {

constexpr std::string_view version_key = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view capabilities_key = "io.modelcontextprotocol/clientCapabilities";
constexpr std::size_t most_repeated = 120;  // bytes of a client's word in a message

const json::object none;

const json::object& object_in(const json::object& from, std::string_view name) {
  const json::value* found = from.if_contains(name);
  const json::object* object = found != nullptr ? found->if_object() : nullptr;
  return object != nullptr ? *object : none;
}

// Under `extensions`, where the modern protocol has them, or under `experimental`.
const json::object* extension_in(const json::object& capabilities, std::string_view name) {
  for (const std::string_view place : {"extensions", "experimental"}) {
    const json::value* found = object_in(capabilities, place).if_contains(name);
    if (found != nullptr && found->is_object()) return &found->get_object();
  }
  return nullptr;
}

// For whoever reads the answer: what, where, and what to do.
std::string sentence(const Error& error) {
  std::string out = error.message;
  if (!error.place.empty()) out += " (" + error.place + ")";
  if (!error.remedy.empty()) out += ": " + error.remedy;
  return out;
}

int code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::internal:
      return internal_error;
    case ErrorCode::unavailable:
    case ErrorCode::too_many:
      return too_many_calls;
    case ErrorCode::invalid_input:
    case ErrorCode::not_found:
    case ErrorCode::conflict:
    case ErrorCode::refused:
    case ErrorCode::fenced:
    case ErrorCode::unauthenticated:
    case ErrorCode::too_large:
    case ErrorCode::unsupported:
    case ErrorCode::needs_person:
      return invalid_params;
  }
  return internal_error;
}

std::string text_content(std::string_view text) {
  const json::string_view view(text.data(), text.size());
  return R"("content":[{"type":"text","text":)" + json::serialize(view) + "}]";
}

std::string shown(std::string_view word) {
  const std::string_view cut = utf8_cut(word, most_repeated);
  return cut.size() < word.size() ? std::string(cut) + "…" : std::string(word);
}

}  // namespace

struct Session::Asked {
  const json::value& id;
  Era era = Era::legacy;
  const json::object& meta;
};

struct Session::State {
  const Server& server;
  Send send;
  bool ready = false;
  json::object capabilities;                   // of a legacy client
  std::map<std::uint64_t, json::value> calls;  // their ids
  std::map<std::uint64_t, Answered> requests;
  std::uint64_t next_call = 1;
  std::uint64_t next_request = 1;

  void send_result(const json::value& id, Era era, std::string_view members) const {
    std::string line = R"({"jsonrpc":"2.0","id":)";
    line.reserve(members.size() + 384);
    line.append(wire::json_document(id)).append(R"(,"result":{)").append(members);
    if (era == Era::modern) {
      if (!members.empty()) line.push_back(',');
      line.append(server.modern_text());
    }
    line.append("}}");
    send(line);
  }

  void send_object(const json::value& id, Era era, const json::object& result) const {
    const std::string text = wire::json_document(result);
    send_result(id, era, std::string_view(text).substr(1, text.size() - 2));
  }

  // The id of a call that ends now; nothing where the client has cancelled it.
  std::optional<json::value> end_call(std::uint64_t number) {
    const auto found = calls.find(number);
    if (found == calls.end()) return std::nullopt;
    json::value id = std::move(found->second);
    calls.erase(found);
    return id;
  }

  void end_tool(std::uint64_t number, Era era, const Result<json::object>& result) {
    const auto id = end_call(number);
    if (!id) return;
    if (!result) {
      send_result(*id, era, text_content(sentence(result.error())) + ",\"isError\":true");
      return;
    }
    const std::string text = wire::json_document(*result);
    send_result(*id, era,
                text_content(text) + ",\"structuredContent\":" + text + ",\"isError\":false");
  }

  void end_method(std::uint64_t number, Era era, const Result<json::object>& result) {
    const auto id = end_call(number);
    if (!id) return;
    if (result) {
      send_object(*id, era, *result);
    } else {
      send(error_line(*id, code_of(result.error().code), sentence(result.error())));
    }
  }
};

Session::Session(const Server& server, Send send)
    : server_(server),
      state_(std::make_shared<State>(State{.server = server, .send = std::move(send)})) {}

Session::~Session() {
  state_->calls.clear();
  state_->requests.clear();
}

const json::object* Session::declared(std::string_view extension) const {
  return extension_in(state_->capabilities, extension);
}

std::size_t Session::calls() const { return state_->calls.size(); }

void Session::take(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.find_first_not_of(" \t") == std::string_view::npos) return;
  json::monotonic_resource storage(scratch_.data(), scratch_.size());
  const auto message = read_message(line, &storage);
  if (!message) {
    const Fault& fault = message.error();
    state_->send(error_line(fault.id, fault.code, fault.message));
    return;
  }
  switch (message->kind) {
    case MessageKind::request:
      return answer(*message);
    case MessageKind::notification:
      return take_notification(*message);
    case MessageKind::answer:
      return take_answer(*message);
  }
}

void Session::refuse_long_line(std::size_t most) {
  state_->send(error_line(nullptr, invalid_request,
                          fmt::format("a line of more than {} bytes was left out", most)));
}

void Session::refuse(const Asked& asked, int code, std::string_view message,
                     const json::value& data) {
  state_->send(error_line(asked.id, code, message, data));
}

void Session::answer(const Message& message) {
  const json::object& params = message.params != nullptr ? *message.params : none;
  const json::value* meta = params.if_contains("_meta");
  if (meta != nullptr && !meta->is_object()) {
    return refuse({.id = *message.id, .meta = none}, invalid_params,
                  "params._meta has to be an object");
  }
  Asked asked{.id = *message.id, .meta = meta != nullptr ? meta->get_object() : none};
  if (asked.meta.contains(version_key)) {
    asked.era = Era::modern;
    if (is_version_right(asked)) answer_modern(asked, message.method, params);
  } else {
    answer_legacy(asked, message.method, params);
  }
}

bool Session::is_version_right(const Asked& asked) {
  const json::value& version = asked.meta.at(version_key);
  if (!version.is_string()) {
    refuse(asked, invalid_params, fmt::format("_meta[\"{}\"] has to be a string", version_key));
    return false;
  }
  if (version.get_string() != modern_version) {
    json::array known = {modern_version};
    for (const std::string_view one : legacy_versions) known.emplace_back(one);
    refuse(asked, unsupported_version, "unsupported protocol version",
           json::object{{"supported", std::move(known)}, {"requested", version}});
    return false;
  }
  const json::value* capabilities = asked.meta.if_contains(capabilities_key);
  if (capabilities != nullptr && capabilities->is_object()) return true;
  refuse(asked, invalid_params,
         fmt::format("_meta[\"{}\"] has to be there, and an object", capabilities_key));
  return false;
}

void Session::answer_modern(const Asked& asked, std::string_view method,
                            const json::object& params) {
  if (method == "server/discover") {
    return state_->send_object(asked.id, Era::modern, server_.discovered());
  }
  if (method == "initialize") {
    return refuse(asked, method_not_found,
                  fmt::format("revision {} has no initialize: leave it out, or leave out the "
                              "version in _meta",
                              modern_version));
  }
  answer_either(asked, method, params);
}

void Session::answer_legacy(const Asked& asked, std::string_view method,
                            const json::object& params) {
  if (method == "initialize") return initialize(asked, params);
  if (method == "ping") return state_->send_result(asked.id, Era::legacy, "");
  if (method == "server/discover") {
    return refuse(asked, invalid_params,
                  fmt::format("server/discover needs _meta with \"{}\" and \"{}\"", version_key,
                              capabilities_key));
  }
  answer_either(asked, method, params);
}

void Session::answer_either(const Asked& asked, std::string_view method,
                            const json::object& params) {
  if (method == "tools/call") return call_tool(asked, params);
  if (method == "tools/list") return list_tools(asked, params);
  if (const Method* found = server_.method(method)) return call_method(asked, *found, params);
  refuse(asked, method_not_found, fmt::format("there is no method \"{}\"", shown(method)));
}

void Session::initialize(const Asked& asked, const json::object& params) {
  const json::value* version = params.if_contains("protocolVersion");
  if (version == nullptr || !version->is_string()) {
    return refuse(asked, invalid_params, "params.protocolVersion has to be a string");
  }
  std::string_view agreed = legacy_versions[0];
  for (const std::string_view one : legacy_versions) {
    if (version->get_string() == one) agreed = one;
  }
  // Copied: the message's storage ends with it.
  state_->capabilities = json::object(object_in(params, "capabilities"), json::storage_ptr());
  state_->send_object(asked.id, Era::legacy, server_.initialized(agreed));
}

void Session::list_tools(const Asked& asked, const json::object& params) {
  if (const json::value* cursor = params.if_contains("cursor"); cursor && !cursor->is_null()) {
    return refuse(asked, invalid_params, "unknown cursor: the list has one page");
  }
  if (asked.era == Era::legacy) {
    return state_->send_result(asked.id, Era::legacy, server_.tools_text());
  }
  state_->send_result(asked.id, Era::modern,
                      fmt::format(R"({},"ttlMs":{},"cacheScope":"private")", server_.tools_text(),
                                  Server::list_lifetime / 1ms));
}

std::uint64_t Session::open_call(const Asked& asked) {
  if (state_->calls.size() >= most_calls) {
    refuse(asked, too_many_calls,
           fmt::format("{} calls wait for their answer already: try again later", most_calls));
    return 0;
  }
  const std::uint64_t number = state_->next_call++;
  state_->calls.emplace(number, json::value(asked.id, json::storage_ptr()));
  return number;
}

namespace {

Request request_of(Era era, const json::object& params, const json::object& meta,
                   const json::object& capabilities) {
  return {.era = era, .params = params, .meta = meta, .declared = [&](std::string_view extension) {
            return extension_in(capabilities, extension);
          }};
}

}  // namespace

void Session::call_tool(const Asked& asked, const json::object& params) {
  const json::value* name = params.if_contains("name");
  if (name == nullptr || !name->is_string()) {
    return refuse(asked, invalid_params, "params.name has to be a string: the tool's name");
  }
  const Tool* tool = server_.tool(name->get_string());
  if (tool == nullptr) {
    std::vector<std::string> known;
    for (const Tool& one : server_.tools()) known.push_back(one.name);
    const std::string near = nearest(shown(name->get_string()), known);
    return refuse(asked, invalid_params,
                  fmt::format("Unknown tool: {}{}", shown(name->get_string()),
                              near.empty() ? "" : "; did you mean " + near + "?"));
  }
  const json::value* given = params.if_contains("arguments");
  if (given != nullptr && !given->is_object() && !given->is_null()) {
    return refuse(asked, invalid_params, "params.arguments has to be an object");
  }
  const json::object& arguments =
      given != nullptr && given->is_object() ? given->get_object() : none;
  const std::uint64_t number = open_call(asked);
  if (number == 0) return;
  // A model that mistakes an argument can be told, and do better: a result, not a protocol error.
  if (auto good = check_object(tool->input, arguments, "arguments"); !good) {
    return state_->end_tool(number, asked.era, std::unexpected(good.error()));
  }
  const json::object& capabilities =
      asked.era == Era::modern ? object_in(asked.meta, capabilities_key) : state_->capabilities;
  tool->call(request_of(asked.era, arguments, asked.meta, capabilities),
             [weak = std::weak_ptr(state_), number, era = asked.era](Result<json::object> result) {
               if (const auto state = weak.lock()) state->end_tool(number, era, result);
             });
}

void Session::call_method(const Asked& asked, const Method& method, const json::object& params) {
  const json::object& capabilities =
      asked.era == Era::modern ? object_in(asked.meta, capabilities_key) : state_->capabilities;
  if (extension_in(capabilities, method.extension) == nullptr) {
    const json::object wanted = {{method.extension, json::object()}};
    if (asked.era == Era::legacy) {
      return refuse(asked, method_not_found,
                    fmt::format("{} belongs to the extension {}, which the client did not declare "
                                "in capabilities.experimental",
                                method.name, method.extension));
    }
    return refuse(asked, missing_client_capability,
                  fmt::format("{} needs the extension {}", method.name, method.extension),
                  json::object{{"requiredCapabilities", json::object{{"extensions", wanted}}}});
  }
  json::object own(params, json::storage_ptr());
  own.erase("_meta");
  if (auto good = check_object(method.input, own, "params"); !good) {
    return refuse(asked, invalid_params, sentence(good.error()));
  }
  const std::uint64_t number = open_call(asked);
  if (number == 0) return;
  method.call(request_of(asked.era, own, asked.meta, capabilities),
              [weak = std::weak_ptr(state_), number, era = asked.era](Result<json::object> result) {
                if (const auto state = weak.lock()) state->end_method(number, era, result);
              });
}

void Session::take_notification(const Message& message) {
  const json::object& params = message.params != nullptr ? *message.params : none;
  if (message.method == "notifications/initialized") {
    if (!std::exchange(state_->ready, true) && on_ready) on_ready();
  } else if (message.method == "notifications/cancelled") {
    const json::value* id = params.if_contains("requestId");
    if (id == nullptr) return;
    std::erase_if(state_->calls, [&](const auto& call) { return call.second == *id; });
  }
}

void Session::take_answer(const Message& message) {
  if (!message.id->is_int64() && !message.id->is_uint64()) return;
  const auto found = state_->requests.find(message.id->to_number<std::uint64_t>());
  if (found == state_->requests.end()) return;
  const Answered answered = std::move(found->second);
  state_->requests.erase(found);
  if (message.result != nullptr) {
    return answered(json::value(*message.result, json::storage_ptr()));
  }
  const json::value* code = message.error->if_contains("code");
  const json::value* text = message.error->if_contains("message");
  answered(fail(ErrorCode::invalid_input,
                fmt::format("{} {}", code != nullptr ? shown(wire::json_document(*code)) : "0",
                            text != nullptr && text->is_string() ? shown(text->get_string())
                                                                 : "no reason given")));
}

std::uint64_t Session::request(std::string_view method, const json::object& params,
                               Answered answered) {
  const std::uint64_t number = state_->next_request++;
  if (state_->requests.size() >= most_requests) {
    answered(fail(ErrorCode::unavailable, "the client owes too many answers already"));
    return number;
  }
  state_->requests.emplace(number, std::move(answered));
  state_->send(wire::json_document(
      json::object{{"jsonrpc", "2.0"}, {"id", number}, {"method", method}, {"params", params}}));
  return number;
}

void Session::give_up(std::uint64_t number) {
  const auto found = state_->requests.find(number);
  if (found == state_->requests.end()) return;
  const Answered answered = std::move(found->second);
  state_->requests.erase(found);
  answered(fail(ErrorCode::unavailable, "the client does not answer"));
}

}  // namespace lazaret::mcp
