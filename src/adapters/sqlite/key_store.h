// Keys in the journal's file, written by its one writing connection.
#pragma once

#include "adapters/sqlite/journal.h"
#include "ports/key_store.h"

namespace lazaret::sqlite {

class KeyStore : public ports::KeyStore {
 public:
  explicit KeyStore(Journal& journal) : journal_(journal) {}
  // Each waits for the journal's thread: keys are made and revoked by people, rarely.
  Result<std::vector<ports::KeyRecord>> list() override;
  Result<void> add(const ports::KeyRecord& key) override;
  Result<void> remove(const std::string& id) override;

 private:
  Journal& journal_;
};

}  // namespace lazaret::sqlite
