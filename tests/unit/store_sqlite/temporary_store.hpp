#pragma once

#include "conformance/store/tested_store.hpp"
#include "core/encoding.hpp"
#include "store_sqlite/sqlite_database.hpp"
#include "support/mac_keys.hpp"
#include "support/scratch_folder.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace hourkey::test {

/// SQLite in a directory of its own.
class temporary_store : public tested_store {
public:
    scratch_folder directory;
    std::shared_ptr<crypto::mac_keys> row_ring = ring_of("the row key of this test");
    std::shared_ptr<store::row_keys> row_keys = std::make_shared<store::row_keys>(row_ring);
    std::string path = directory.file("hourkey.db");
    store::known_keys keys{{1, check_of(1)}};
    std::unique_ptr<store::sqlite_database> db;

    store::settings settings() {
        store::settings s;
        s.path = path;
        s.sealer.link = [c = chain](const auto& previous, const auto& record) { return c->link(previous, record); };
        s.sealer.seal_head = [c = chain](const auto& head) { return c->seal_head(head); };
        s.sealer.key = [c = chain] { return c->key(); };
        s.row_keys = row_keys;
        s.keys = keys;
        s.follow = [rings = std::array{row_ring, audit_ring}](const store::key_states& told) {
            for (const auto& ring : rings) ring->activate(told.active);
            for (const auto key : told.retired) rings[0]->remove(key);
        };
        s.min_free_bytes = 0;
        s.stall_limit = std::chrono::hours(1);  // a slow disk is no part of a test that does not ask for one
        s.clock = &clock;
        s.patience = std::chrono::minutes(2);  // a loaded machine's pause is no failure
        return s;
    }
    void open() override { db = must(store::sqlite_database::open(settings())); }
    void close() override { db.reset(); }
    void add_key(std::uint8_t id) override {
        row_ring->add(id, secret("row key " + std::to_string(id)));
        audit_ring->add(id, secret("audit key " + std::to_string(id)));
        keys[id] = check_of(id);
    }
    [[nodiscard]] store::database& database() override { return *db; }
    std::unique_ptr<store::reader> reader() override { return must(db->open_reader()); }
};

}  // namespace hourkey::test
