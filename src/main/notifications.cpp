#include "main/notifications.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "base/typo.h"

namespace lazaret::main {
namespace {

constexpr std::string_view webhook_secret = "LAZARET_WEBHOOK_SECRET";
constexpr std::string_view ntfy_token = "LAZARET_NTFY_TOKEN";

Result<std::map<std::string, std::string>> read_secrets(const std::string& file) {
  std::map<std::string, std::string> secrets;
  if (file.empty()) return secrets;
  struct stat about{};
  std::ifstream in(file);
  if (stat(file.c_str(), &about) != 0 || !in) {
    return fail(ErrorCode::invalid_input, "the file of secrets cannot be read", file,
                "notify.secrets names a file that this user can read");
  }
  if ((about.st_mode & 077) != 0) {
    return fail(ErrorCode::invalid_input, "the file of secrets can be read by others", file,
                "chmod 600 " + file);
  }
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const auto equals = line.find('=');
    const std::string name = line.substr(0, equals);
    if (equals == std::string::npos || (name != webhook_secret && name != ntfy_token)) {
      return fail(ErrorCode::invalid_input, "expected NAME=value",
                  fmt::format("{}:{}", file, number),
                  fmt::format("the names are {} and {}", webhook_secret, ntfy_token));
    }
    secrets[name] = line.substr(equals + 1);
  }
  return secrets;
}

Result<std::set<notify::Topic>> read_topics(const Config& config) {
  std::set<notify::Topic> topics;
  std::vector<std::string> known;
  for (const auto word : enum_words(notify::Topic{})) known.emplace_back(word);
  for (const std::string& word : config.words("notify.events")) {
    const auto topic = from_word<notify::Topic>(word);
    if (!topic) {
      return fail(ErrorCode::invalid_input, fmt::format("notify.events names \"{}\"", word),
                  config.value("notify.events").place, one_of(word, known));
    }
    topics.insert(*topic);
  }
  return topics;
}

Result<void> add(const Config& config, notify::Kind kind, const std::string& secret,
                 std::vector<notify::Receiver>& all) {
  const std::string setting = notify::Outbox::name_of(kind);
  const std::string& address = config.text(setting);
  if (address.empty()) return {};
  const auto place = [&](Error error, const std::string& where) {
    error.place = where;
    return std::unexpected(std::move(error));
  };
  auto url = wire::read_url(address);
  if (!url) return place(url.error(), config.value(setting).place);
  auto topics = read_topics(config);
  if (!topics) return std::unexpected(topics.error());
  notify::Receiver receiver{kind, address, *url, secret, *topics};
  if (kind == notify::Kind::webhook && !secret.empty()) {
    auto bytes = notify::read_secret(secret);
    if (!bytes) return place(bytes.error(), config.text("notify.secrets"));
    receiver.secret = *bytes;
  }
  const bool odd = std::ranges::any_of(
      secret, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
  if (odd) {
    return fail(ErrorCode::invalid_input, "a secret contains a blank or a control character",
                config.text("notify.secrets"));
  }
  all.push_back(std::move(receiver));
  return {};
}

}  // namespace

Result<std::vector<notify::Receiver>> read_receivers(const Config& config) {
  auto secrets = read_secrets(config.text("notify.secrets"));
  if (!secrets) return std::unexpected(secrets.error());
  std::vector<notify::Receiver> all;
  auto webhook = add(config, notify::Kind::webhook, (*secrets)[std::string(webhook_secret)], all);
  if (!webhook) return std::unexpected(webhook.error());
  auto ntfy = add(config, notify::Kind::ntfy, (*secrets)[std::string(ntfy_token)], all);
  if (!ntfy) return std::unexpected(ntfy.error());
  return all;
}

Notifications::Notifications(boost::asio::io_context& io, const notify::Outbox::World& world,
                             std::vector<notify::Receiver> receivers, const KeptValues& kept,
                             std::uint64_t begin, Links& links) {
  for (notify::Receiver& one : receivers) {
    const auto found = kept.find(notify::Outbox::name_of(one.kind));
    // There is one of each kind. Who knows the path may post there: it is not shown.
    const std::string kind(to_word(one.kind));
    Links::Link& link = links.add(kind + "-1", kind, one.address, true);
    const notify::Outbox::World own{
        world.facts, world.now, world.log, world.keep, links.watch(link, world.http), world.sender};
    notify::Outbox& outbox = *outboxes_.emplace_back(std::make_unique<notify::Outbox>(
        io, own, std::move(one), found == kept.end() ? std::string() : found->second, begin));
    link.test = [&outbox] { outbox.test(); };
    link.off = [&outbox] { return outbox.off(); };
    link.waiting = [&outbox] { return outbox.waiting(); };
  }
}

void Notifications::note(const std::vector<runtime::RecordedFact>& facts) {
  if (outboxes_.empty() || facts.empty()) return;
  const bool interesting = std::ranges::any_of(facts, [](const runtime::RecordedFact& one) {
    return notify::message_of(one.number, one.at.wall, *one.fact).has_value();
  });
  for (const auto& outbox : outboxes_) outbox->note(facts.back().number, interesting);
}

}  // namespace lazaret::main
