#include <fmt/format.h>

#include <array>
#include <cstring>

#include "cli/json_view.h"
#include "cli/render.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t usual_kind = 19;  // columns

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name == nullptr ? fmt::format("signal {}", number) : fmt::format("SIG{}", name);
}

// Fields that are not worth their place in a line, or stand elsewhere in it.
bool is_left_out(std::string_view name) {
  for (std::string_view one : {"agent", "cell", "task", "exit", "definition", "evidence"}) {
    if (name == one) return true;
  }
  return false;
}

// The daemon's own sentence; for a fact that it does not know (an older journal's), its fields.
std::string what_happened(const json::value& event) {
  const std::string sentence = text_at(event, "text");
  if (!sentence.empty() && sentence != text_at(event, "kind")) return plain(sentence);
  std::string text;
  if (const auto* exit = find(event, "body.exit")) text = render_exit(*exit);
  const auto* body = find(event, "body");
  if (body == nullptr || !body->is_object()) return text;
  for (const auto& field : body->get_object()) {
    const std::string value = in_words(field.value());
    if (is_left_out(field.key()) || value.empty() || value == "no") continue;
    const char* space = text.empty() ? "" : " ";
    text += fmt::format("{}{}={}", space, std::string_view(field.key()), plain(value, 120));
  }
  return text;
}

}  // namespace

std::string render_exit(const json::value& exit) {
  const std::string kind = text_at(exit, "kind");
  const auto code = number_at(exit, "code");
  const auto signal = number_at(exit, "signal");
  const std::string detail = text_at(exit, "detail");
  if (kind == "signalled" && signal) return signal_name(static_cast<int>(*signal));
  if (kind == "exited" && code) return fmt::format("exit {}", static_cast<int>(*code));
  if (kind == "out_of_memory") return "out of memory";
  const std::string words = kind == "never_started" ? "never started" : kind;
  return detail.empty() ? words : fmt::format("{}: {}", words, plain(detail));
}

std::string render_event(const json::value& event, const Look& look) {
  std::string at = text_at(event, "at");
  if (at.size() >= 19) at = at.substr(0, 10) + " " + at.substr(11, 8);
  const std::string kind = text_at(event, "kind");
  std::string line = fmt::format("{:>6}  {}  {:<22}", text_at(event, "number"),
                                 inked(look, Ink::faint, at), plain(kind));
  std::string who = text_at(event, "agent");
  const std::string task = text_at(event, "task");
  if (!task.empty()) who += (who.empty() ? "" : " ") + task;
  if (who.empty()) who = text_at(event, "cell").substr(0, 8);
  line += " " + inked(look, Ink::strong, fmt::format("{:<16}", plain(who)));
  line += " " + what_happened(event);
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

std::string render_why(const json::value& why, const Look& look, WallTime now) {
  const std::string state = text_at(why, "state");
  const std::string sentence = text_at(why, "sentence");
  std::string out =
      sentence.empty() ? fmt::format("{} is {}", text_at(why, "agent"), state) : sentence;
  out = inked(look, ink_of_state(state), plain(out)) + "\n";
  const auto& evidence = list_at(why, "evidence");
  if (!evidence.empty()) {
    out += "\n" + inked(look, Ink::faint, "EVIDENCE, oldest first") + "\n";
  }
  std::size_t widest = usual_kind;
  for (const auto& one : evidence) widest = std::max(widest, text_at(one, "kind").size());
  for (const auto& one : evidence) {
    const std::string age = age_at(one, "at", now);
    out += fmt::format("  {:>5} {}  {:<{}}  {}\n", age, age.empty() ? "   " : "ago",
                       plain(text_at(one, "kind")), widest, plain(text_at(one, "text")));
  }
  std::string setting = text_at(why, "setting");
  const std::string place = text_at(why, "setting_place");
  if (!setting.empty() && !place.empty()) setting += "   in " + place;
  const std::pair<std::string_view, std::string> ends[] = {
      {"RULE", text_at(why, "rule")}, {"SETTING", setting}, {"NEXT", text_at(why, "next")}};
  out += "\n";
  for (const auto& [name, text] : ends) {
    if (text.empty()) continue;
    out +=
        fmt::format("{}  {}\n", inked(look, Ink::faint, fmt::format("{:<7}", name)), plain(text));
  }
  return out;
}

}  // namespace lazaret::cli
