#include "adapters/notify/outbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/rfc3339.h"
#include "wire/journal_rows.h"

namespace lazaret::notify {
namespace {

constexpr std::string_view gone_mark = "gone ";
constexpr int gone_status = 410;

std::int64_t unix_seconds(WallTime at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
}

}  // namespace

Duration pause_before(int attempts) {
  Duration pause = pause_first;
  for (int i = 1; i < attempts && pause < pause_most; ++i) pause *= 2;
  return std::min(pause, pause_most);
}

// Kept is "<number>", and " gone <address>" after it where that address wanted no more.
Outbox::Outbox(boost::asio::io_context& io, World world, Receiver receiver, const std::string& kept,
               std::uint64_t begin)
    : world_(std::move(world)), receiver_(std::move(receiver)), timer_(io), cursor_(begin) {
  const auto blank = kept.find(' ');
  const std::string number = kept.substr(0, blank);
  std::from_chars(number.data(), number.data() + number.size(), cursor_);
  gone_ = blank != std::string::npos &&
          kept.substr(blank + 1) == std::string(gone_mark) + receiver_.address;
  if (kept.empty()) keep_cursor();
  look();
}

void Outbox::note(std::uint64_t last, bool interesting) {
  if (gone_) return;
  if (interesting || looking_ || at_hand_) return look();
  cursor_ = std::max(cursor_, last);  // it was at the end, and there is nothing new for it
}

void Outbox::look() {
  if (gone_ || at_hand_) return;
  if (looking_) {
    look_again_ = true;
    return;
  }
  looking_ = true;
  ports::FactQuery query;
  query.since = cursor_;
  query.limit = facts_a_look;
  world_.facts.read(query, [this](Result<ports::FactPage> page) {
    looking_ = false;
    if (page) return found(*page);
    say("cannot read the journal: " + page.error().message);
    pause(pause_most);
  });
}

void Outbox::found(const ports::FactPage& page) {
  const bool again = std::exchange(look_again_, false);
  if (!page.rows.empty() && page.oldest_kept > cursor_ + 1) {
    say(fmt::format("events {} to {} were trimmed before they could be told", cursor_ + 1,
                    page.oldest_kept - 1));
  }
  for (std::size_t i = 0; i < page.rows.size(); ++i) {
    if (auto message = wanted(page, i)) {
      at_hand_ = std::move(message);
      attempts_ = 0;
      return attempt();
    }
    cursor_ = page.rows[i].number;
  }
  if (again || page.rows.size() == facts_a_look) look();
}

std::optional<Message> Outbox::wanted(const ports::FactPage& page, std::size_t row) const {
  const ports::FactRow& one = page.rows[row];
  const auto fact = wire::read_fact(one.kind, one.body);
  if (!fact) return std::nullopt;
  auto message = message_of(one.number, one.at.wall, *fact);
  if (!message || !receiver_.topics.contains(message->topic)) return std::nullopt;
  if (message->topic != Topic::quarantine || !receiver_.topics.contains(Topic::approval)) {
    return message;
  }
  // Asking whether to revive it says that it is quarantined: one cause, one message.
  for (std::size_t i = row + 1; i < page.rows.size(); ++i) {
    const ports::FactRow& next = page.rows[i];
    if (next.at != one.at) break;
    if (next.kind == "approval_opened" && next.agent == one.agent && next.cell == one.cell) {
      return std::nullopt;
    }
  }
  return message;
}

void Outbox::attempt() {
  if (world_.now() - at_hand_->at > age_most) return settle("is too old to be told");
  ++attempts_;
  send(*at_hand_, [this, alive = std::weak_ptr(alive_)](const Result<ports::HttpAnswer>& answer) {
    if (!alive.expired()) delivered(answer);
  });
}

void Outbox::send(const Message& message, ports::HttpClient::Done done) {
  const bool webhook = receiver_.kind == Kind::webhook;
  Post post =
      webhook ? webhook_post(message, world_.sender, receiver_.secret, unix_seconds(world_.now()))
              : ntfy_post(message, receiver_.secret);
  world_.http.send({.method = "POST",
                    .url = receiver_.address,
                    .headers = std::move(post.headers),
                    .body = std::move(post.body)},
                   exchange_most, std::move(done));
}

// Its number is the time in milliseconds: no fact has it, and no other test.
void Outbox::test() {
  Message message;
  message.at = world_.now();
  message.number = static_cast<std::uint64_t>(message.at.time_since_epoch() / 1ms);
  message.topic = Topic::mission;
  message.type = "link.test";
  message.title = "Lazaret: a test";
  message.text = "Somebody tests whether this arrives. Nothing has happened.";
  message.data = R"({"test":true})";
  send(message, [](const Result<ports::HttpAnswer>&) {});
}

std::string Outbox::off() const {
  return gone_ ? "it answered HTTP 410: nothing is sent to this address any more" : "";
}

void Outbox::delivered(const Result<ports::HttpAnswer>& answer) {
  const int status = answer ? answer->status : 0;
  const std::string detail = answer ? fmt::format("HTTP {}", status) : answer.error().message;
  if (status >= 200 && status < 300) return settle({});
  if (status == gone_status) {
    gone_ = true;
    return settle("is not wanted (HTTP 410): nothing is sent to this address any more");
  }
  if (attempts_ >= attempts_most) {
    return settle(fmt::format("is given up after {} attempts: {}", attempts_, detail));
  }
  if (attempts_ == 1) say("will be tried again: " + detail);
  pause(pause_before(attempts_));
}

void Outbox::settle(const std::string& how) {
  if (!how.empty()) say(fmt::format("event {} ({}) {}", at_hand_->number, at_hand_->type, how));
  cursor_ = at_hand_->number;
  at_hand_.reset();
  keep_cursor();
  look();
}

void Outbox::keep_cursor() {
  std::string value = std::to_string(cursor_);
  if (gone_) value += " " + std::string(gone_mark) + receiver_.address;
  world_.keep(name_of(receiver_.kind), value);
}

void Outbox::pause(Duration time) {
  timer_.expires_after(time);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    if (at_hand_) return attempt();
    look();
  });
}

void Outbox::say(const std::string& text) const {
  world_.log(fmt::format("{} {}: {}", to_word(receiver_.kind), receiver_.url.authority(), text));
}

}  // namespace lazaret::notify
