#include "cli/client.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/http_answer.h"
#include "cli/keeper_record.h"

namespace lazaret::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view away = "daemon";  // the place of an error that means: nobody answers
constexpr int most_attempts = 200;           // of one request, over restarts; time ends it sooner

std::string fresh_key() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return "";
  std::string key;
  for (unsigned char byte : bytes) key += fmt::format("{:02x}", byte);
  return key;
}

void sleep_a_moment(int attempt) { poll(nullptr, 0, std::min(20 << std::min(attempt, 4), 250)); }

ErrorCode code_of_status(unsigned status) {
  switch (status) {
    case 400:
    case 405:
    case 415:
    case 422:
    case 428:
      return ErrorCode::invalid_input;
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::refused;
    case 404:
    case 410:
      return ErrorCode::not_found;
    case 409:
    case 412:
      return ErrorCode::conflict;
    case 413:
    case 431:
      return ErrorCode::too_large;
    case 429:
      return ErrorCode::too_many;
    case 501:
      return ErrorCode::unsupported;
    case 502:
    case 503:
    case 504:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::internal;
  }
}

std::string text_of(const boost::json::object& object, std::string_view name) {
  const auto* found = object.if_contains(name);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

// HarborForge's own routes and FastAPI answer with a list of faults instead of a sentence.
std::string sentence_of_list(const boost::json::object& object) {
  const auto* list = object.if_contains("detail");
  if (list == nullptr || !list->is_array()) return "";
  std::string all;
  for (const auto& one : list->get_array()) {
    if (!one.is_object()) continue;
    if (!all.empty()) all += "; ";
    all += text_of(one.get_object(), "msg");
  }
  return all;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Error error_of(const Answer& answer) {
  Error error;
  error.code = code_of_status(answer.status);
  boost::system::error_code bad;
  const auto value = boost::json::parse(answer.body, bad);
  if (!bad && value.is_object()) {
    const auto& problem = value.get_object();
    error.message = text_of(problem, "detail");
    if (error.message.empty()) error.message = sentence_of_list(problem);
    if (error.message.empty()) error.message = text_of(problem, "title");
    error.place = text_of(problem, "place");
    error.remedy = text_of(problem, "remedy");
    const std::string type = text_of(problem, "type");
    constexpr std::string_view ours = "urn:lazaret:";
    if (type.starts_with(ours)) {
      if (auto code = from_word<ErrorCode>(type.substr(ours.size()))) error.code = *code;
    }
  }
  if (error.message.empty()) error.message = fmt::format("the daemon answered {}", answer.status);
  return error;
}

bool is_daemon_away(const Error& error) {
  return error.code == ErrorCode::unavailable && error.place == away;
}

Client::Client(Endpoint endpoint, ClientTimes times)
    : endpoint_(std::move(endpoint)), times_(times) {}

// In /tmp anybody could have put a socket there before us.
Result<void> Client::trust_run_directory() const {
  if (endpoint_.run_directory.empty()) return {};
  struct stat found{};
  if (lstat(endpoint_.run_directory.c_str(), &found) != 0) return {};  // connecting says why
  const bool ours = found.st_uid == geteuid() || geteuid() == 0;
  if (S_ISDIR(found.st_mode) && ours && (found.st_mode & 022) == 0) return {};
  return fail(
      ErrorCode::refused, fmt::format("{} does not belong to you alone", endpoint_.run_directory),
      endpoint_.run_directory, "remove it, or point XDG_RUNTIME_DIR to a directory of yours");
}

milliseconds Client::patience() const {
  if (!endpoint_.state.empty() && living_keeper(endpoint_.state + "/keeper") != 0) {
    return times_.restart;
  }
  if (endpoint_.socket_path.empty()) return times_.maybe_restart;
  return access(endpoint_.socket_path.c_str(), F_OK) == 0 ? times_.maybe_restart : milliseconds(0);
}

Result<void> Client::connect(Deadline deadline) {
  if (socket_.open()) return {};
  if (auto trusted = trust_run_directory(); !trusted) return trusted;
  const auto began = steady_clock::now();
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    auto made = endpoint_.socket_path.empty()
                    ? Socket::to_host(endpoint_.host, endpoint_.port, deadline)
                    : Socket::to_path(endpoint_.socket_path, deadline);
    if (made) {
      socket_ = std::move(*made);
      return {};
    }
    const auto now = steady_clock::now();
    if (now >= deadline || now - began >= patience()) break;
    sleep_a_moment(attempt);
  }
  return fail(ErrorCode::unavailable, fmt::format("no daemon on {}", endpoint_.name()),
              std::string(away), "start one with `lazaret up`");
}

Result<void> Client::reach() {
  socket_.close();
  return connect(steady_clock::now() + times_.answer);
}

std::string Client::head(std::string_view method, std::string_view target) const {
  std::string host = endpoint_.socket_path.empty() ? endpoint_.name().substr(7) : "localhost";
  std::string text =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: lazaret\r\n", method, target, host);
  if (!endpoint_.key.empty()) text += fmt::format("Authorization: Bearer {}\r\n", endpoint_.key);
  return text;
}

Result<Answer> Client::exchange(const std::string& request, Deadline deadline) {
  Error last;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    if (auto connected = connect(deadline); !connected) return std::unexpected(connected.error());
    auto sent = socket_.send(request, deadline);
    AnswerReading reading;
    reading.deadline = [deadline] { return deadline; };
    // Even when sending failed the daemon may have said why before it closed.
    auto answer = read_answer(socket_, reading);
    if (!answer || !reading.keep_alive) socket_.close();
    if (answer) return answer;
    last = sent ? answer.error() : sent.error();
    if (last.place == "answer" || steady_clock::now() >= deadline) break;
    sleep_a_moment(attempt);
  }
  if (last.place == "time-out") {
    last.message = fmt::format("the daemon on {} does not answer", endpoint_.name());
    last.remedy =
        "look into its log; one that hangs is ended and replaced by `lazaret up --detach "
        "--take-over`, "
        "and its agents run on";
  }
  return std::unexpected(last);
}

Result<Answer> Client::fetch(std::string_view method, std::string_view target,
                             const std::optional<boost::json::value>& body) {
  if (!target.starts_with('/') || target.find_first_of(" \r\n") != std::string_view::npos) {
    return fail(ErrorCode::invalid_input, fmt::format("'{}' is no request target", target));
  }
  std::string request = head(method, target);
  request += "Accept: application/json\r\n";
  if (method == "POST") request += fmt::format("Idempotency-Key: {}\r\n", fresh_key());
  if (body) {
    const std::string text = boost::json::serialize(*body);
    request += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                           text.size(), text);
  } else {
    request += method == "POST" ? "Content-Length: 0\r\n\r\n" : "\r\n";
  }
  return exchange(request, steady_clock::now() + times_.answer);
}

Result<boost::json::value> Client::call(std::string_view method, std::string_view target,
                                        const std::optional<boost::json::value>& body) {
  auto answer = fetch(method, target, body);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status < 200 || answer->status >= 300) return std::unexpected(error_of(*answer));
  if (answer->body.empty()) return boost::json::value(nullptr);
  boost::system::error_code bad;
  auto value = boost::json::parse(answer->body, bad);
  if (bad) {
    return fail(ErrorCode::internal,
                fmt::format("{} {} was answered with something that is no JSON", method, target));
  }
  return value;
}

Result<void> Client::stream_once(std::string_view target, SseReader& reader, std::string& last_id,
                                 const std::function<bool(const StreamEvent&)>& on_event,
                                 const Cancelled& cancelled, bool& ended) {
  socket_.close();
  if (auto connected = connect(steady_clock::now() + times_.restart); !connected) return connected;
  std::string request = head("GET", target) + "Accept: text/event-stream\r\n";
  if (!last_id.empty()) request += fmt::format("Last-Event-ID: {}\r\n", last_id);
  auto sent = socket_.send(request + "\r\n", steady_clock::now() + times_.answer);
  if (!sent) return {};  // to be taken up again
  AnswerReading reading;
  reading.deadline = [this] { return steady_clock::now() + times_.stream_silence; };
  reading.cancelled = cancelled;
  reading.on_body = [&](const Answer&, std::string_view piece) {
    reader.feed(piece);
    while (auto event = reader.next()) {
      last_id = event->id;
      if (!on_event(*event)) return false;
    }
    return !reader.overflown();
  };
  auto answer = read_answer(socket_, reading);
  socket_.close();
  if (reader.overflown()) return fail(ErrorCode::too_large, "a line of the stream has no end");
  if (reading.stopped || (cancelled && cancelled())) ended = true;
  if (!answer) return {};
  if (answer->status < 200 || answer->status >= 300) return std::unexpected(error_of(*answer));
  return {};
}

Result<void> Client::stream(std::string_view target,
                            const std::function<bool(const StreamEvent&)>& on_event,
                            const Cancelled& cancelled, std::string last_id) {
  bool ended = false;
  for (int quick = 0; !ended; ++quick) {
    SseReader reader;
    const std::string before = last_id;
    if (auto done = stream_once(target, reader, last_id, on_event, cancelled, ended); !done) {
      return done;
    }
    if (last_id != before) quick = 0;
    if (!ended) sleep_a_moment(quick);
  }
  return {};
}

}  // namespace lazaret::cli
