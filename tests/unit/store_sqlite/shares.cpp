#include "store_sqlite/disk_space.hpp"
#include "temporary_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace hourkey {
namespace {

using store::purpose;

/// Work that holds the writer until it is told to go on.
class held_writer {
public:
    explicit held_writer(test::temporary_store& s)
        : thread_([this, &s] {
              test::must(s.write([this](store::transaction&) {
                  entered_ = true;
                  while (!go_) std::this_thread::yield();
                  return result<>();
              }));
          }) {
        while (!entered_) std::this_thread::yield();
    }
    void release() {
        go_ = true;
        if (thread_.joinable()) thread_.join();
    }
    ~held_writer() { release(); }
    held_writer(const held_writer&) = delete;
    held_writer& operator=(const held_writer&) = delete;

private:
    std::atomic<bool> entered_{false}, go_{false};
    std::thread thread_;
};

/// Writes that change nothing, each from a thread of its own.
struct crowd {
    test::temporary_store& on;
    std::atomic<std::size_t> done{0}, refused{0};
    std::vector<std::thread> threads{};

    void send(const ulid& whose, purpose what_for = purpose::ordinary) {
        threads.emplace_back([this, from = store::origin{.whose = whose, .what_for = what_for}] {
            const auto written = on.db->write_now<void>([](store::transaction&) { return result<>(); }, from);
            ++(written ? done : refused);
        });
    }
    ~crowd() {
        for (auto& t : threads) t.join();
    }
};

ulid tenant(unsigned char n) {
    return ulid::make(wall_time{std::chrono::seconds(1)}, std::array<unsigned char, 10>{n});
}

TEST_CASE("A tenant that has filled the queue keeps no other out, and takes rights away itself") {
    constexpr std::size_t places = 8;
    test::temporary_store s;
    auto settings = s.settings();
    settings.max_queue = places;
    s.db = test::must(store::sqlite_database::open(settings));
    crowd all{.on = s};
    held_writer held(s);
    for (std::size_t n = 0; n < places; ++n) all.send(tenant(1));
    while (s.db->is_writable()) std::this_thread::yield();
    CHECK_FALSE(s.db->is_writable_for(tenant(1)));
    CHECK(s.db->is_writable_for(tenant(2)));

    all.send(tenant(1));
    while (all.refused < 1) std::this_thread::yield();  // the tenant's own
    all.send(tenant(2));
    while (all.refused < 2) std::this_thread::yield();  // the first tenant's newest gives way
    all.send(tenant(1), purpose::takes_rights_away);
    while (all.refused < 3) std::this_thread::yield();
    held.release();
    while (all.done < places) std::this_thread::yield();
    CHECK(all.refused == 3);
    CHECK(s.db->figures().refused == 3);
}

TEST_CASE("A group has a bound, and all of a longer queue is committed in several") {
    test::temporary_store s;
    auto settings = s.settings();
    settings.most_in_group = 4;
    settings.max_queue = 10;
    s.db = test::must(store::sqlite_database::open(settings));
    std::mutex guard;
    std::vector<std::size_t> sizes;
    s.db->on_commit([&](double, std::size_t members) {
        const std::lock_guard lock(guard);
        sizes.push_back(members);
    });
    {
        crowd all{.on = s};
        held_writer held(s);
        for (int n = 0; n < 10; ++n) all.send(tenant(1));
        while (s.db->is_writable()) std::this_thread::yield();
        held.release();
    }
    s.close();
    const std::lock_guard lock(guard);
    CHECK(sizes == std::vector<std::size_t>{1, 4, 4, 2});
}

TEST_CASE("Below the disk's floor only what takes rights away is written, with its record; below the reserve nothing") {
    test::temporary_store s;
    s.open();
    const auto t = s.add_tenant("acme");
    s.close();
    const auto free = store::free_bytes_beside(s.path).value();
    auto settings = s.settings();
    settings.min_free_bytes = free * 2;
    s.db = test::must(store::sqlite_database::open(settings));
    CHECK_FALSE(s.db->is_writable());
    CHECK_FALSE(s.db->is_writable_for(t.id));
    CHECK(s.db->can_take_rights_away());
    CHECK(s.db->figures().disk_free_bytes > 0);
    CHECK(s.db->figures().store_bytes > 0);

    const auto put_app = [&](const char* name, purpose what_for) {
        const model::app a{t.id, test::must(app_name::parse(name)), s.clock.now()};
        return s.db->write_now<void>(
            [&](store::transaction& tx) -> result<> {
                HK_CHECK(tx.put_app(a, {}));
                model::audit_record record;
                record.tenant_id = t.id;
                record.action = model::audit_action::app_delete;
                HK_CHECK(tx.append_audit(record));
                return {};
            },
            {.whose = t.id, .what_for = what_for});
    };
    CHECK_FALSE(put_app("ordinary", purpose::ordinary).has_value());
    CHECK(put_app("away", purpose::takes_rights_away).has_value());
    CHECK(test::must(s.reader()->read_head()).seq == 1);
    CHECK(s.db->figures().refused == 1);
    s.close();

    settings.min_free_bytes = UINT64_MAX;
    s.db = test::must(store::sqlite_database::open(settings));
    CHECK_FALSE(s.db->can_take_rights_away());
    CHECK_FALSE(put_app("away", purpose::takes_rights_away).has_value());
}

}  // namespace
}  // namespace hourkey
