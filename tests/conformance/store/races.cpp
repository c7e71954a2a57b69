#include "conformance/store/engine.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <deque>
#include <latch>
#include <thread>
#include <vector>

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

/// A vend's record that stands only while its app has a grant.
class granted_record final : public store::append_submission {
public:
    granted_record(model::audit_record record, store::vend_basis basis)
        : append_submission(std::move(record), std::move(basis)) {}

private:
    result<> decide_again(const result<model::vend_view>& fresh, wall_time, model::audit_record&) override {
        HK_TRY(const auto facts, fresh->facts);
        if (!facts.app_grant) return failure(errc::app_not_allowed);
        return {};
    }
};

struct vend_of {
    test::tested_store& s;
    model::token token;
    connection_name connection;
};

/// Reads, and records when it is allowed, again and again until it is not: then how many records there are is told.
task<> vend_until_refused(const vend_of& what, std::atomic<int>& granted) {
    for (;;) {
        const auto view = must(co_await what.s.database().read_vend(what.token.id, what.connection));
        if (!must(view.facts).app_grant) co_return;
        store::vend_basis basis{
            .token = what.token.id, .connection = what.connection, .seen = view.seen, .until = wall_time::max()};
        auto record = what.s.make_record(what.token.tenant_id, "vend");
        auto submitted = std::make_shared<granted_record>(std::move(record), std::move(basis));
        if (!co_await what.s.database().append(std::move(submitted))) co_return;
        ++granted;
    }
}

/// How many of a tenant's records stand behind the one of `request_id`.
std::size_t behind(store::reader& from, const ulid& tenant, const std::string& request_id) {
    std::size_t count = 0;
    bool is_behind = false;
    store::page_request next{.cursor = {}, .limit = 1000};
    do {
        const auto page = must(from.list_audit(tenant, next));
        for (const auto& r : page.items) {
            if (is_behind) ++count;
            is_behind = is_behind || r.request_id == request_id;
        }
        next.cursor = page.next;
    } while (!next.cursor.empty());
    return count;
}

}  // namespace

TEST_CASE("A revocation's answer comes after the last record that it does not stop") {
    constexpr int rounds = 20;
    constexpr std::size_t threads = 3;
    std::deque<boost::asio::io_context> contexts;  // they outlive the store, whose writer posts to them
    test::open_store opened;
    auto& s = opened.s;
    const auto acme = s.add_tenant("acme");
    const auto web = s.add_app(acme, "web");
    const auto prod = s.add_connection(acme, "prod");
    const auto token = s.add_token(model::role::app, acme, web.name);
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        s.add_grant(prod, web.name);
        const vend_of vend{.s = s, .token = token, .connection = prod.name};
        std::atomic<int> granted{0};
        std::latch begun(threads);
        std::vector<std::thread> running;
        running.reserve(threads);
        for (std::size_t n = 0; n < threads; ++n) {
            running.emplace_back([&, &context = contexts.emplace_back(1)] {
                for (int i = 0; i < 8; ++i)
                    boost::asio::co_spawn(context, vend_until_refused(vend, granted), boost::asio::detached);
                begun.count_down();
                context.run();
            });
        }
        begun.wait();
        while (granted.load() < 50) std::this_thread::yield();
        const auto id = "revoked-" + std::to_string(round);
        must(s.write([&](store::transaction& tx) -> result<> {
            HK_CHECK(tx.delete_grant(acme.id, prod.name, web.name, {}));
            HK_CHECK(tx.append_audit(s.make_record(acme.id, id)));
            return {};
        }));
        for (auto& t : running) t.join();
        CHECK(behind(*s.reader(), acme.id, id) == 0);
    }
}

TEST_CASE("Of changes to one thing at once, each is answered with what its own transaction left") {
    constexpr int threads = 4, rounds = 50;
    test::open_store opened;
    auto& s = opened.s;
    const auto acme = s.add_tenant("acme");
    const auto web = s.add_app(acme, "web");
    const auto prod = s.add_connection(acme, "prod");
    std::vector<std::thread> running;
    running.reserve(threads);
    std::atomic<int> wrong{0};
    for (int n = 0; n < threads; ++n) {
        running.emplace_back([&, n] {
            for (int i = 0; i < rounds; ++i) {
                auto g = s.make_grant(prod, web.name);
                g.reason = std::to_string(n) + "/" + std::to_string(i);
                const auto done = s.change([&](store::transaction& tx) { return tx.put_grant(g, {}); });
                if (!done || done->after->reason != g.reason) ++wrong;
            }
        });
    }
    for (auto& t : running) t.join();
    CHECK(wrong.load() == 0);
    CHECK(must(s.reader()->find_grant(acme.id, prod.name, web.name))->revision >= threads * rounds);
}

TEST_CASE("Reads and lists hand back what they read, and what they could not") {
    test::open_store opened;
    auto& s = opened.s;
    const auto acme = s.add_tenant("acme");
    boost::asio::io_context context(1);
    int done = 0;
    const auto read = [](store::database& from, model::tenant t, int& count) -> task<> {
        std::function<result<std::optional<model::tenant>>(store::reader&)> find = [name = t.name](store::reader& r) {
            return r.find_tenant(name);
        };
        const auto found = must(co_await from.read<std::optional<model::tenant>>(std::move(find)));
        CHECK(found->id == t.id);
        std::function<result<int>(store::reader&)> fail = [](store::reader&) {
            return result<int>(failure(errc::not_found));
        };
        CHECK(code_of(co_await from.read<int>(fail)) == errc::not_found);
        CHECK(code_of(co_await from.list<int>(t.id, std::move(fail))) == errc::not_found);
        std::function<result<std::size_t>(store::reader&)> names = [](store::reader& r) -> result<std::size_t> {
            HK_TRY(const auto page, r.list_tenants({}));
            return page.items.size();
        };
        const ulid nobody;
        CHECK(must(co_await from.list<std::size_t>(nobody, std::move(names))) == 1);
        ++count;
    };
    boost::asio::co_spawn(context, read(s.database(), acme, done), boost::asio::detached);
    context.run();
    CHECK(done == 1);
    s.close();
}
