// A rotation and a retirement, cut off wherever they can be.

#include "server/store_files/key_change.hpp"

#include "server/store_files/audit_check.hpp"
#include "server/store_files/store_opening.hpp"
#include "store_sqlite/partial_file.hpp"
#include "support/results.hpp"
#include "support/scratch_folder.hpp"
#include "tenancy/change.hpp"
#include "tenancy/tokens.hpp"

#include <algorithm>
#include <filesystem>

namespace hourkey::server {
namespace {

using test::code_of;
using test::scratch_folder;

model::audit_record local_record() {
    const auto now = system_clock().now();
    return tenancy::begin_record(tenancy::local_operator(now), {}, now);
}

/// An installation in a folder, and what a process makes of it.
struct installation {
    scratch_folder folder;
    config c;

    installation() {
        c.store.path = folder.file("hourkey.db");
        c.store.min_free_mib = 0;
    }
    [[nodiscard]] std::string key_text() const { return folder.read("hourkey.db.key"); }
};

struct process {
    const installation& of;
    server_keys keys = load_server_keys(of.c.server_key_file(), of.c.store.path).value();
    std::unique_ptr<store::sqlite_database> database;
    key_place place = place_of(of.c, keys);

    explicit process(const installation& in) : of(in) {}
    process& open() {
        database = open_database(of.c, keys).value();
        return *this;
    }
    result<> write(std::function<result<>(store::transaction&)> work) {
        return database->write_now<void>(std::move(work));
    }
    std::uint8_t rotate() {
        const auto id = prepare_next_key(place).value();
        CHECK(write(rotation_work(place, id, local_record())).has_value());
        return id;
    }
    result<> retire(std::uint8_t id) {
        HK_CHECK(write(retirement_work(id, local_record())));
        return forget_key(place, *database, id);
    }
    model::server_key_state state_of(std::uint8_t id) {
        const auto keys_there = database->open_reader().value()->list_keys(system_clock().now()).value();
        return keys_there.at(id - 1U).state;
    }
    std::uint64_t last_seq() { return database->open_reader().value()->read_head().value().seq; }
    bool has_reseal_job() {
        const model::job_key key{.kind = model::job_kind::key_reseal, .tenant_id = {}, .target = "keys"};
        return database->open_reader().value()->find_job(key).value().has_value();
    }
};

}  // namespace

TEST_CASE("A rotation makes the new key the active one, here and for whoever opens the store later") {
    const installation in;
    {
        process p(in);
        p.open();
        CHECK(p.rotate() == 2);
        CHECK(p.keys.ring->active() == 2);
        CHECK(p.has_reseal_job());
        CHECK(p.state_of(1) == model::server_key_state::old);
    }
    CHECK(process(in).open().keys.ring->active() == 2);
    const process reader(in);
    CHECK(check_audit(in.c.store.path, reader.keys)->is_good());
}

TEST_CASE("A rotation that was cut off goes on with the key that is in the file") {
    const installation in;
    process p(in);
    p.open();
    CHECK(prepare_next_key(p.place).value() == 2);
    const auto text = in.key_text();
    CHECK(prepare_next_key(p.place).value() == 2);
    CHECK(in.key_text() == text);
    CHECK(p.rotate() == 2);
}

TEST_CASE("A rotation to what is the active key already is done, and has no second record") {
    const installation in;
    process p(in);
    p.open();
    p.rotate();
    const auto last = p.last_seq();
    CHECK(p.write(rotation_work(p.place, 2, local_record())).has_value());
    CHECK(p.last_seq() == last);
    CHECK(p.keys.ring->active() == 2);
}

TEST_CASE("A key file with another key than this process has under its id is refused") {
    const installation in;
    process p(in);
    p.open();
    CHECK(prepare_next_key(p.place).value() == 2);
    auto lines = read_key_file(in.c.server_key_file()).value();
    lines.back().bytes = sealing::make_server_key();
    CHECK(write_key_file(lines, in.c.server_key_file(), in.c.store.path, os::private_file_mode::replace).has_value());
    const auto refused = prepare_next_key(p.place);
    REQUIRE(code_of(refused) == errc::invalid_configuration);
    CHECK(refused.error().message.find("another server key 2") != std::string::npos);
}

TEST_CASE("Where rows are still under an older key a job is put, and nowhere else") {
    const installation in;
    process p(in);
    p.open();
    const auto end_job = [&] {
        CHECK(p.write([](store::transaction& tx) -> result<> {
                   const model::job_key key{.kind = model::job_kind::key_reseal, .tenant_id = {}, .target = "keys"};
                   HK_TRY(const auto found, tx.find_job(key));
                   return found ? tx.end_job(*found) : result<>();
               }).has_value());
    };
    CHECK(p.write(go_on_resealing).has_value());
    CHECK_FALSE(p.has_reseal_job());
    tenancy::token_request wanted;
    wanted.role = model::role::operator_;
    wanted.life = tenancy::default_token_life;
    CHECK(tenancy::issue_token_now(*p.database, auth::authenticator(p.keys.ring->token_keys()), wanted,
                                   system_clock().now())
              .has_value());
    p.rotate();
    end_job();
    CHECK(p.write(go_on_resealing).has_value());
    CHECK(p.has_reseal_job());
}

TEST_CASE("A retirement leaves what verifies records, and each of its steps can be done again") {
    const installation in;
    process p(in);
    p.open();
    p.rotate();
    const auto before = in.key_text();
    CHECK(p.retire(1).has_value());
    CHECK(p.keys.ring->checks().size() == 1);
    CHECK(in.key_text().starts_with("1:audit:"));
    CHECK(p.retire(1).has_value());
    CHECK(check_audit(in.c.store.path, p.keys)->is_good());

    // Cut off between its two steps, or an old key file put back: the key is in the file, and makes nothing.
    p.database.reset();
    in.folder.put("hourkey.db.key", before);
    process later(in);
    CHECK(later.keys.ring->checks().size() == 2);
    later.open();
    CHECK(later.keys.ring->checks().size() == 1);
    CHECK(list_undead(later.keys).value() == std::vector<std::uint8_t>{1});
    CHECK(later.retire(1).has_value());
    CHECK(list_undead(later.keys)->empty());
    CHECK(in.key_text().starts_with("1:audit:"));
}

TEST_CASE("Keys that were read before another process rotated are read again") {
    const installation in;
    process first(in);
    first.open();
    process second(in), third(in);
    CHECK(first.rotate() == 2);
    CHECK(check_audit(in.c.store.path, third.keys)->is_good());
    first.database.reset();
    second.open();
    CHECK(second.keys.ring->active() == 2);
    CHECK(second.rotate() == 3);
}

TEST_CASE("A key file that is a link stays one, and what a killed writer has left of it goes") {
    const installation in;
    process(in).open();
    std::filesystem::rename(in.folder.file("hourkey.db.key"), in.folder.file("elsewhere"));
    std::filesystem::create_symlink("elsewhere", in.folder.file("hourkey.db.key"));
    const auto left = store::name_of_partial_file(in.folder.file("elsewhere"));
    in.folder.put(std::filesystem::path(left).filename().string(), "1:aaaa");
    process p(in);
    p.open();
    p.rotate();
    CHECK(p.retire(1).has_value());
    CHECK(std::filesystem::is_symlink(in.folder.file("hourkey.db.key")));
    CHECK(in.folder.read("elsewhere").starts_with("1:audit:"));
    CHECK(in.folder.mode_of("elsewhere") == 0600);
    CHECK_FALSE(std::filesystem::exists(left));
    for (const auto& name : in.folder.names()) CHECK(name.find(".partial-") == std::string::npos);
}

}  // namespace hourkey::server
