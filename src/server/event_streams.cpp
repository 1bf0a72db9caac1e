#include "server/event_streams.h"

#include <algorithm>

#include "core/fact_words.h"
#include "wire/api_render.h"
#include "wire/fact_text.h"
#include "wire/journal_rows.h"
#include "wire/json_document.h"

namespace lazaret::server {
namespace {

constexpr std::size_t page_rows = 500;
constexpr std::size_t enough_unsent = 64 * 1024;  // catching up goes on when less is unsent

std::string as_event(std::uint64_t number, std::string_view kind, const json::object& event) {
  std::string out = "id: " + std::to_string(number) + "\nevent: ";
  out += kind;
  out += "\ndata: ";
  out += wire::json_document(event);  // one line: JSON escapes line feeds
  out += "\n\n";
  return out;
}

bool is_listed(std::string_view kinds, std::string_view kind) {
  for (std::size_t from = 0; from <= kinds.size();) {
    const std::size_t end = std::min(kinds.find(',', from), kinds.size());
    if (kinds.substr(from, end - from) == kind) return true;
    from = end + 1;
  }
  return false;
}

// All but the text.
bool fits(const ports::FactQuery& filter, const Stamp& at, std::string_view kind,
          const core::FactSubject& subject) {
  return (filter.kind.empty() || is_listed(filter.kind, kind)) &&
         (filter.cell.empty() || filter.cell == subject.cell.value) &&
         (filter.agent.empty() || filter.agent == subject.agent.value) &&
         (filter.task.empty() || filter.task == subject.task.value) &&
         (!filter.from || at.wall >= *filter.from) && (!filter.until || at.wall <= *filter.until);
}

}  // namespace

bool matches(const ports::FactQuery& filter, const ports::FactRow& row) {
  return fits(filter, row.at, row.kind, {CellId(row.cell), AgentId(row.agent), TaskId(row.task)}) &&
         (filter.text.empty() ||
          wire::row_says(row.kind, row.agent, row.task, row.body, filter.text));
}

json::object event_of_row(const ports::FactRow& row) {
  const auto fact = wire::read_fact(row.kind, row.body);
  return wire::event_json({row.number, row.at, row.kind, row.cell, row.agent, row.task},
                          fact ? &*fact : nullptr, row.body);
}

EventStreams::EventStreams(runtime::Loop& loop, ports::FactReader* facts, const Bounds& bounds)
    : loop_(loop), facts_(facts), bounds_(bounds) {
  loop_.observe([this](const std::vector<runtime::RecordedFact>& recorded) { on_facts(recorded); });
}

Result<void> EventStreams::open(const Reply& reply, ports::FactQuery filter, std::uint64_t after) {
  if (clients_.size() >= bounds_.streams) {
    return fail(ErrorCode::too_many,
                "there are " + std::to_string(clients_.size()) + " event streams already");
  }
  auto client = std::make_shared<Client>();
  client->filter = std::move(filter);
  client->filter.limit = page_rows;
  client->last = std::min(after, loop_.recorded_facts());
  client->stream = reply.begin_stream("text/event-stream");
  if (!client->stream) return {};
  clients_.push_back(client);
  const std::weak_ptr<Client> weak = client;
  client->stream->on_gone = [this, weak] {
    std::erase_if(clients_, [&](const ClientPtr& one) { return one == weak.lock(); });
  };
  client->stream->on_drained = [this, weak] {
    if (const auto one = weak.lock()) pump(one);
  };
  client->stream->write("retry: 1000\n\n");
  pump(client);
  return {};
}

void EventStreams::pulse() {
  const auto clients = clients_;  // a write may end a client
  for (const ClientPtr& client : clients) client->stream->write(": \n\n");
}

bool EventStreams::send_gap(Client& client, std::uint64_t to) {
  const std::string data = "id: " + std::to_string(to) +
                           "\nevent: gap\ndata: {\"from\":" + std::to_string(client.last + 1) +
                           ",\"to\":" + std::to_string(to) + "}\n\n";
  client.last = to;
  return client.stream->write(data);
}

// Sends what the client missed, page by page, as fast as it takes it.
void EventStreams::pump(const ClientPtr& client) {
  if (client->pumping || client->stream->gone()) return;
  const std::uint64_t recorded = loop_.recorded_facts();
  if (client->last >= recorded || client->stream->unsent() > enough_unsent) return;
  if (!facts_) {
    send_gap(*client, recorded);
    return;
  }
  client->pumping = true;
  ports::FactQuery query = client->filter;
  query.since = client->last;
  facts_->read(query, [this, client, recorded](Result<ports::FactPage> page) {
    on_page(client, recorded, std::move(page));
  });
}

void EventStreams::on_page(const ClientPtr& client, std::uint64_t up_to,
                           Result<ports::FactPage> page) {
  Client& it = *client;
  if (!page || it.stream->gone()) {
    it.pumping = false;
    return;  // the client resumes when the journal can be read again
  }
  if (page->oldest_kept > it.last + 1) send_gap(it, page->oldest_kept - 1);
  for (const ports::FactRow& row : page->rows) {
    if (row.number <= it.last) continue;
    it.last = row.number;
    if (!it.stream->write(as_event(row.number, row.kind, event_of_row(row)))) break;
  }
  if (page->searched_to > 0) {
    it.last = std::max(it.last, page->searched_to);
  } else if (page->rows.size() < page_rows) {
    it.last = std::max(it.last, up_to);
  }
  it.pumping = false;
  pump(client);
}

void EventStreams::on_facts(const std::vector<runtime::RecordedFact>& facts) {
  if (clients_.empty() || facts.empty()) return;
  std::vector<std::string> rendered(facts.size());
  const auto clients = clients_;
  for (const ClientPtr& client : clients) {
    if (client->pumping || client->stream->gone()) continue;
    if (client->last + 1 < facts.front().number) {  // behind: gets these with the rest
      pump(client);
      continue;
    }
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const auto& [number, at, fact] = facts[i];
      if (number <= client->last) continue;
      client->last = number;
      const auto subject = core::subject_of(*fact);
      const auto kind = core::kind_of(*fact);
      if (!fits(client->filter, at, kind, subject)) continue;
      const std::string& text = client->filter.text;
      if (!text.empty() && !wire::fact_says(kind, subject.agent.value, subject.task.value,
                                            core::sentence_of(*fact), text)) {
        continue;
      }
      if (rendered[i].empty()) {
        const wire::EventHead head{
            number, at, kind, subject.cell.value, subject.agent.value, subject.task.value};
        rendered[i] = as_event(number, kind, wire::event_json(head, fact, {}));
      }
      if (!client->stream->write(rendered[i])) break;
    }
  }
}

}  // namespace lazaret::server
