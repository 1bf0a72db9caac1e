// One JSON-RPC 2.0 message out of one line of bytes. Input is hostile: every line gives a message
// or a fault that can be answered.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "base/fields.h"

namespace lazaret::mcp {

namespace json = boost::json;

// JSON-RPC's own, and those that the Model Context Protocol reserves.
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
inline constexpr int missing_client_capability = -32021;
inline constexpr int unsupported_version = -32022;
// Ours, of the part that is left to implementations.
inline constexpr int too_many_calls = -32000;

inline constexpr std::size_t most_depth = 64;  // levels of JSON in one message

LAZARET_ENUM(MessageKind, request, notification, answer)

// The pointers stand into `root` and live as long as it; moving the message keeps them.
struct Message {
  MessageKind kind = MessageKind::request;
  json::value root;
  const json::value* id = nullptr;       // request, answer: a string or a number
  std::string_view method;               // request, notification
  const json::object* params = nullptr;  // request, notification; null = left out
  const json::value* result = nullptr;   // answer: this or `error`
  const json::object* error = nullptr;
};

struct Fault {
  int code = invalid_request;
  std::string message;
  json::value id;  // null where it could not be read
};

// `storage` outlives the message.
std::expected<Message, Fault> read_message(std::string_view line, json::storage_ptr storage = {});

// {"jsonrpc":"2.0","id":…,"error":{…}} in one line.
std::string error_line(const json::value& id, int code, std::string_view message,
                       const json::value& data = nullptr);

}  // namespace lazaret::mcp
