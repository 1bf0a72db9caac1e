#include "mcp/message.h"

#include <boost/json/parse.hpp>

#include "wire/json_document.h"

namespace lazaret::mcp {
namespace {

std::unexpected<Fault> fault(int code, std::string message, const json::value* id = nullptr) {
  Fault out{.code = code, .message = std::move(message), .id = nullptr};
  // Copied into storage of its own: the message's may be gone when the fault is read.
  if (id != nullptr && (id->is_string() || id->is_number())) out.id = json::value(*id, {});
  return std::unexpected(std::move(out));
}

bool is_id(const json::value& value) { return value.is_string() || value.is_number(); }

std::expected<Message, Fault> read_answer(Message message, const json::object& object) {
  message.kind = MessageKind::answer;
  message.result = object.if_contains("result");
  const json::value* error = object.if_contains("error");
  if (message.id == nullptr) return fault(invalid_request, "an answer without \"id\"");
  if ((message.result == nullptr) == (error == nullptr)) {
    return fault(invalid_request, "an answer has either \"result\" or \"error\"", message.id);
  }
  if (error != nullptr) {
    message.error = error->if_object();
    if (message.error == nullptr) {
      return fault(invalid_request, "\"error\" of an answer is an object", message.id);
    }
  }
  return message;
}

std::expected<Message, Fault> read_object(Message message) {
  const json::object& object = message.root.get_object();
  const json::value* id = object.if_contains("id");
  const json::value* version = object.if_contains("jsonrpc");
  const json::value* method = object.if_contains("method");
  if (version == nullptr || *version != "2.0") {
    return fault(invalid_request, R"("jsonrpc" has to be "2.0")", id);
  }
  if (id != nullptr && !is_id(*id)) {
    return fault(invalid_request, "\"id\" has to be a string or a number");
  }
  message.id = id;
  if (method == nullptr && (object.contains("result") || object.contains("error"))) {
    return read_answer(std::move(message), object);
  }
  if (method == nullptr || !method->is_string()) {
    return fault(invalid_request, "\"method\" has to be a string", id);
  }
  message.method = method->get_string();
  message.kind = id == nullptr ? MessageKind::notification : MessageKind::request;
  if (const json::value* params = object.if_contains("params")) {
    message.params = params->if_object();
    if (message.params == nullptr) {
      return fault(invalid_params, "\"params\" has to be an object", id);
    }
  }
  return message;
}

}  // namespace

std::expected<Message, Fault> read_message(std::string_view line, json::storage_ptr storage) {
  json::parse_options options;
  options.max_depth = most_depth;
  boost::system::error_code error;
  Message message;
  message.root = json::parse({line.data(), line.size()}, error, std::move(storage), options);
  if (error) return fault(parse_error, "this line is no JSON: " + error.message());
  if (message.root.is_array()) {
    return fault(invalid_request, "batches are no part of this protocol: one message a line");
  }
  if (!message.root.is_object()) {
    return fault(invalid_request, "a message is a JSON object");
  }
  return read_object(std::move(message));
}

std::string error_line(const json::value& id, int code, std::string_view message,
                       const json::value& data) {
  json::object error = {{"code", code}, {"message", message}};
  if (!data.is_null()) error["data"] = data;
  return wire::json_document(
      json::object{{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(error)}});
}

}  // namespace lazaret::mcp
