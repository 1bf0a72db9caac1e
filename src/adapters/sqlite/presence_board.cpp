#include "adapters/sqlite/presence_board.h"

#include <utility>

namespace lazaret::sqlite {

PresenceBoard::PresenceBoard(Journal& journal, Journal::Post post,
                             std::vector<ports::PresenceEntry> known)
    : journal_(journal), post_(std::move(post)) {
  for (ports::PresenceEntry& one : known) {
    const std::string id = one.fabric_user_id;
    entries_->emplace(id, std::move(one));
  }
}

const ports::PresenceEntry* PresenceBoard::find(const std::string& fabric_user_id) const {
  const auto found = entries_->find(fabric_user_id);
  return found == entries_->end() ? nullptr : &found->second;
}

void PresenceBoard::put(ports::PresenceEntry entry, Done done) {
  if (entries_->size() >= presences_most && !find(entry.fabric_user_id)) {
    return post_([done = std::move(done)] {
      done(fail(ErrorCode::too_many,
                "the board holds " + std::to_string(presences_most) + " presences already"));
    });
  }
  journal_.run([entry = std::move(entry), done = std::move(done), post = post_,
                entries = std::weak_ptr(entries_)](JournalStore& store) {
    const Result<void> written = store.put_presence(entry);
    post([entry, done, written, entries] {
      const auto all = entries.lock();
      if (!all) return;
      if (written) all->insert_or_assign(entry.fabric_user_id, entry);
      done(written);
    });
  });
}

}  // namespace lazaret::sqlite
