#include "server/page.h"

#include <fmt/format.h>

#include "base/rfc3339.h"
#include "server/names.h"
#include "server/summary.h"

namespace lazaret::server {
namespace {

constexpr std::size_t rows_most = 500;

constexpr std::string_view style = R"(
:root{color-scheme:light dark;--ink:#1b1f24;--faint:#6a737d;--paper:#fbfbfa;--line:#e4e4e0;
--good:#1a7f4b;--warn:#9a6700;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6e6e3;--faint:#9aa0a6;
--paper:#16181b;--line:#2c3036;
--good:#5cc98d;--warn:#e0b04c;--bad:#f28b82}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}main{max-width:64rem;margin:0 auto;padding:2.5rem 1.25rem}
h1{font-size:1.5rem;font-weight:600;margin:0 0 .25rem}p{margin:.25rem 0}.faint{color:var(--faint)}
section{margin-top:2rem}h2{font-size:1rem;font-weight:600;margin:0 0 .5rem}
.table{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:500;color:var(--faint);font-size:.85rem}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
code{font:.875em ui-monospace,monospace;overflow-wrap:anywhere}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
)";

std::string_view tone_of(core::ProcessState state) {
  switch (state) {
    case core::ProcessState::running:
    case core::ProcessState::external:
      return "good";
    case core::ProcessState::starting:
    case core::ProcessState::stopping:
    case core::ProcessState::backoff:
    case core::ProcessState::awaiting_approval:
      return "warn";
    case core::ProcessState::quarantined:
      return "bad";
    case core::ProcessState::stopped:
      return "faint";
  }
  return "faint";
}

std::string needs_section(const Summary& summary) {
  if (summary.needs.empty()) return {};
  std::string out = "<section><h2>Needs you</h2>";
  for (const Need& need : summary.needs) {
    out += fmt::format("<p class=\"warn\">{}</p><p><code>{}</code></p>", html_escaped(need.text),
                       html_escaped(need.command));
  }
  return out + "</section>";
}

std::string agents_section(const core::Fleet& fleet, WallTime now) {
  const Addresses addresses(fleet);
  std::string rows;
  std::size_t count = 0;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (++count > rows_most) break;
      const auto& mission = cell.definition.mission_name;
      rows += fmt::format(
          "<tr><th scope=\"row\">{}</th><td class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td>"
          "<td>{}</td></tr>",
          html_escaped(addresses.of({cell_id, id})), tone_of(agent.process), to_word(agent.process),
          to_human(now - agent.since.wall), to_word(agent.health),
          agent.task ? html_escaped(agent.task->value) : "",
          html_escaped(mission.empty() ? cell_id.value : mission));
    }
  }
  if (rows.empty()) {
    return "<section><p>No agents yet. Any program becomes one:</p>"
           "<p><code>lazaret run -- PROGRAM</code></p></section>";
  }
  return "<section><h2>Agents</h2><div class=\"table\"><table><thead><tr><th "
         "scope=\"col\">Agent</th>"
         "<th scope=\"col\">State</th><th scope=\"col\">Since</th><th scope=\"col\">Health</th>"
         "<th scope=\"col\">Task</th><th scope=\"col\">Mission</th></tr></thead><tbody>" +
         rows + "</tbody></table></div></section>";
}

std::string whole_page(std::string_view main) {
  std::string out =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Lazaret</title>"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>";
  out += style;
  out += "</style></head><body><main>";
  out += main;
  return out + "</main></body></html>\n";
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

Answer html_answer(std::string body, int status) {
  return {.status = status,
          .body = std::move(body),
          .content_type = "text/html; charset=utf-8",
          .headers =
              "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
              "form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"
              "Referrer-Policy: no-referrer\r\n"};
}

Answer sign_in_answer(SignInOutcome outcome) {
  switch (outcome) {
    case SignInOutcome::in:
      return html_answer(whole_page(
          "<h1>You are signed in</h1><p>This browser may see and do everything on this daemon for "
          "12 hours.</p><p><a href=\"/\">See how the fleet is</a></p>"));
    case SignInOutcome::stale:
      return html_answer(
          whole_page("<h1>This link is over</h1><p>It was used already, or is older than ten "
                     "minutes. Another one:</p><p><code>lazaret sign-in</code></p>"),
          401);
    case SignInOutcome::out:
      return html_answer(
          whole_page("<h1>You are signed out</h1><p>The way back in:</p>"
                     "<p><code>lazaret sign-in</code></p>"));
  }
  return html_answer({}, 500);
}

std::string status_page(const core::Fleet& fleet, const PageView& view) {
  const Summary summary = summary_of(fleet);
  std::string out = "<h1>" + html_escaped(summary.sentence);
  out += fmt::format("</h1><p class=\"faint\">Lazaret {} · {}</p>", html_escaped(view.version),
                     to_rfc3339(view.now));
  if (view.in_full) {
    if (view.trouble) {
      out += fmt::format(
          "<section><h2>Nothing can be recorded</h2><p class=\"bad\">{}</p><p>{}</p>"
          "<p><code>{}</code></p></section>",
          html_escaped(view.trouble->message), html_escaped(view.trouble->remedy),
          html_escaped(view.trouble->place));
    }
    out += needs_section(summary) + agents_section(fleet, view.now);
  } else {
    out +=
        "<section><p>Names and details are shown to who is signed in:</p>"
        "<p><code>lazaret sign-in</code></p></section>";
  }
  if (view.signed_in) {
    out +=
        "<section><form method=\"post\" action=\"/sign-out\"><button>Sign out</button></form>"
        "</section>";
  }
  return whole_page(out);
}

}  // namespace lazaret::server
