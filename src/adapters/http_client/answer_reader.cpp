#include "adapters/http_client/answer_reader.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "adapters/http_client/header_text.h"

namespace lazaret::http_client {
namespace {

constexpr int interim_most = 16;               // 1xx answers before the answer
constexpr std::size_t chunk_line_most = 1024;  // a chunk's size and extensions

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return made;
}

std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool has_word(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (lower(trim(list.substr(0, comma))) == word) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

bool AnswerReader::refuse(ErrorCode code, std::string why) {
  phase_ = Phase::refused;
  keeps_alive_ = false;
  error_ = {code, std::move(why), {}, {}};
  return false;
}

bool AnswerReader::too_large() {
  return refuse(ErrorCode::too_large,
                "the answer is larger than " + std::to_string(limits_.body_bytes) + " bytes");
}

AnswerReader::Step AnswerReader::feed(std::string_view bytes) {
  begun_ = begun_ || !bytes.empty();
  in_.append(bytes);
  const Step reached = step();
  in_.erase(0, std::exchange(at_, 0));
  return reached;
}

AnswerReader::Step AnswerReader::end() {
  if (phase_ == Phase::until_end) phase_ = Phase::done;
  if (phase_ != Phase::done && phase_ != Phase::refused) {
    bad(begun_ ? "the answer broke off" : "the connection was closed before any answer");
  }
  keeps_alive_ = false;
  return phase_ == Phase::done ? Step::done : Step::refused;
}

AnswerReader::Step AnswerReader::step() {
  while (phase_ != Phase::done && phase_ != Phase::refused) {
    if (phase_ == Phase::body || phase_ == Phase::chunk || phase_ == Phase::until_end) {
      if (!take_body()) break;
      continue;
    }
    const auto feed_at = in_.find('\n', at_ + searched_);
    const bool in_chunks = phase_ == Phase::chunk_size || phase_ == Phase::chunk_end;
    const std::size_t room = in_chunks ? chunk_line_most : limits_.head_bytes - head_used_;
    if (std::min(feed_at, in_.size()) - at_ >= room) {
      if (in_chunks) {
        bad("the answer is no HTTP: the line of a chunk is too long");
      } else {
        refuse(ErrorCode::too_large,
               "the answer's head is larger than " + std::to_string(limits_.head_bytes) + " bytes");
      }
      break;
    }
    if (feed_at == std::string::npos) {
      searched_ = in_.size() - at_;
      break;
    }
    searched_ = 0;
    if (!in_chunks) head_used_ += feed_at + 1 - at_;
    if (feed_at == at_ || in_[feed_at - 1] != '\r') {
      bad("the answer is no HTTP: a line ends with a line feed alone");
      break;
    }
    const auto line = std::string_view(in_).substr(at_, feed_at - 1 - at_);
    at_ = feed_at + 1;
    if (!on_line(line)) break;
  }
  if (phase_ == Phase::done) return Step::done;
  return phase_ == Phase::refused ? Step::refused : Step::need_more;
}

bool AnswerReader::on_line(std::string_view line) {
  switch (phase_) {
    case Phase::status_line:
      return on_status_line(line);
    case Phase::head:
      return line.empty() ? on_head() : on_field(line);
    case Phase::chunk_size:
      return on_chunk_size(line);
    case Phase::chunk_end:
      if (!line.empty()) return bad("the answer is no HTTP: a chunk is longer than announced");
      phase_ = Phase::chunk_size;
      return true;
    case Phase::trailers:  // they say nothing that anybody here would act on
      if (line.empty()) phase_ = Phase::done;
      return true;
    case Phase::body:
    case Phase::chunk:
    case Phase::until_end:
    case Phase::done:
    case Phase::refused:
      break;
  }
  return false;
}

// "HTTP/1.1 204 No Content"
bool AnswerReader::on_status_line(std::string_view line) {
  const bool well_formed = line.size() >= 12 && line.starts_with("HTTP/1.") && is_digit(line[7]) &&
                           line[8] == ' ' && line[9] >= '1' && line[9] <= '9' &&
                           is_digit(line[10]) && is_digit(line[11]) &&
                           (line.size() == 12 || line[12] == ' ') && is_printable(line);
  if (!well_formed) return bad("the answer is no HTTP/1.1");
  is_old_ = line[7] == '0';
  keeps_alive_ = !is_old_;
  answer_ = {};
  answer_.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
  has_length_ = is_chunked_ = false;
  remaining_ = 0;
  phase_ = Phase::head;
  return true;
}

bool AnswerReader::on_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon)) || !is_printable(line)) {
    return bad("the answer is no HTTP: a line of its head is none");
  }
  std::string name = lower(line.substr(0, colon));
  const std::string_view value = trim(line.substr(colon + 1));
  if (!on_framing(name, value)) return false;
  answer_.headers.emplace_back(std::move(name), value);
  return true;
}

bool AnswerReader::on_framing(std::string_view name, std::string_view value) {
  if (name == "content-length") {
    const char* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, remaining_);
    if (std::exchange(has_length_, true) || value.empty() || !is_digit(value.front()) ||
        read.ec != std::errc() || read.ptr != end) {
      return bad("the answer is no HTTP: its Content-Length is no number, or there are two");
    }
  } else if (name == "transfer-encoding") {
    if (std::exchange(is_chunked_, true) || lower(value) != "chunked" || is_old_) {
      return bad("the answer's Transfer-Encoding is not \"chunked\" alone");
    }
  } else if (name == "connection") {
    if (has_word(value, "close")) {
      keeps_alive_ = false;
    } else if (is_old_ && has_word(value, "keep-alive")) {
      keeps_alive_ = true;
    }
  }
  return true;
}

bool AnswerReader::on_head() {
  if (has_length_ && is_chunked_) {
    return bad("the answer has both Content-Length and Transfer-Encoding");
  }
  if (answer_.status < 200) {
    if (answer_.status == 101) return bad("the server wants another protocol, unasked");
    if (++interim_ > interim_most) return bad("the server answers \"go on\" without end");
    phase_ = Phase::status_line;
    return true;
  }
  if (to_head_ || answer_.status == 204 || answer_.status == 304) {
    phase_ = Phase::done;
  } else if (is_chunked_) {
    phase_ = Phase::chunk_size;
  } else if (has_length_) {
    if (remaining_ > limits_.body_bytes) return too_large();
    phase_ = remaining_ == 0 ? Phase::done : Phase::body;
  } else {
    keeps_alive_ = false;
    phase_ = Phase::until_end;
  }
  return true;
}

bool AnswerReader::on_chunk_size(std::string_view line) {
  const std::string_view size = trim(line.substr(0, line.find(';')));
  const char* end = size.data() + size.size();
  const auto read = std::from_chars(size.data(), end, remaining_, 16);
  if (size.empty() || size.front() == '-' || read.ec != std::errc() || read.ptr != end) {
    return bad("the answer is no HTTP: a chunk has no size");
  }
  if (remaining_ > limits_.body_bytes - answer_.body.size()) return too_large();
  phase_ = remaining_ == 0 ? Phase::trailers : Phase::chunk;
  return true;
}

// False: more bytes are needed.
bool AnswerReader::take_body() {
  const std::size_t here = in_.size() - at_;
  if (here == 0) return false;
  if (phase_ == Phase::until_end) {
    if (here > limits_.body_bytes - answer_.body.size()) return too_large();
    remaining_ = here;
  }
  const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, here));
  answer_.body.append(in_, at_, piece);
  at_ += piece;
  remaining_ -= piece;
  if (remaining_ > 0 || phase_ == Phase::until_end) return true;
  phase_ = phase_ == Phase::body ? Phase::done : Phase::chunk_end;
  return true;
}

}  // namespace lazaret::http_client
