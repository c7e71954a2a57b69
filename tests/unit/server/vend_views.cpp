#include "server/adapters/vend_views.hpp"

#include "unit/store_sqlite/tampering.hpp"
#include "unit/store_sqlite/temporary_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <utility>

namespace hourkey::server {
namespace {

using test::code_of;
using test::must;

/// A tenant whose app may use one connection.
struct shelf {
    test::temporary_store store;
    linking::open_findings findings;
    std::optional<vend_views> views;
    std::optional<model::tenant> acme;
    std::optional<model::connection> prod;
    model::token token;

    shelf() {
        store.open();
        acme = store.add_tenant("acme");
        const auto web = store.add_app(*acme, "web");
        prod = store.add_connection(*acme, "prod");
        store.add_grant(*prod, web.name);
        token = store.add_token(model::role::app, acme, web.name);
        views.emplace(*store.db, findings);
    }
    authorization_basis read() { return read(token.id, prod->name); }
    /// As a request does.
    authorization_basis read(const ulid& of, const connection_name& connection) {
        if (const auto* kept = views->find_kept(of, connection)) return {.view = kept->view, .is_kept = true};
        boost::asio::io_context io;
        std::optional<result<vend_views::view_ptr>> out;
        boost::asio::co_spawn(io, views->read_anew(of, connection),
                              [&](const std::exception_ptr& e, result<vend_views::view_ptr> r) {
                                  CHECK_FALSE(e);
                                  out.emplace(std::move(r));
                              });
        io.run();
        return {.view = must(*std::move(out)), .is_kept = false};
    }
};

}  // namespace

TEST_CASE("A view is kept until authorisation changes, whatever has changed") {
    shelf s;
    CHECK_FALSE(s.read().is_kept);
    const auto again = s.read();
    CHECK(again.is_kept);
    CHECK(again.view->token->id == s.token.id);
    CHECK(again.view->facts->app_grant);
    s.store.add_connection(*s.acme, "other");
    CHECK_FALSE(s.read().is_kept);
    CHECK(s.read().is_kept);
}

TEST_CASE("A print stays beside the view that it was made by, and goes with it") {
    shelf s;
    static_cast<void>(s.read());
    const auto kept = [&s] { return s.views->find_kept(s.token.id, s.prod->name); };
    CHECK(kept()->print.empty());
    kept()->print = secret("a print");
    for (std::size_t n = 0; n < vend_views::most_of_a_generation; ++n)
        static_cast<void>(s.read(s.token.id, must(connection_name::parse("c" + std::to_string(n)))));
    CHECK(kept()->print.expose() == "a print");  // also from one generation to the next
    s.store.add_connection(*s.acme, "other");
    static_cast<void>(s.read());
    CHECK(kept()->print.empty());
}

TEST_CASE("What is taken away is gone with the answer that says so") {
    shelf s;
    static_cast<void>(s.read());
    SUBCASE("a grant") {
        must(s.store.change(
            [&](store::transaction& tx) { return tx.delete_grant(s.acme->id, s.prod->name, s.token.app, {}); }));
        CHECK_FALSE(s.read().view->facts->app_grant);
    }
    SUBCASE("a token") {
        must(s.store.change(
            [&](store::transaction& tx) { return tx.revoke_token(s.acme->id, s.token.id, s.store.clock.now()); }));
        CHECK(s.read().view->token->revoked_at);
    }
    SUBCASE("a connection") {
        must(
            s.store.change([&](store::transaction& tx) { return tx.delete_connection(s.acme->id, s.prod->name, {}); }));
        CHECK_FALSE(s.read().view->facts->connection);
    }
}

TEST_CASE("A finding that is not stored yet counts at once, and is never kept") {
    shelf s;
    static_cast<void>(s.read());
    const auto seen = *s.read().view->facts->connection;
    const auto finding = s.findings.add(
        {.seen = seen, .state = model::connection_state::insecure_trust, .at = s.store.clock.now(), .records = {}});
    CHECK(s.read().view->facts->connection->state == model::connection_state::insecure_trust);
    CHECK_FALSE(s.read().is_kept);
    s.findings.settle(finding);
    CHECK(s.read().view->facts->connection->state == seen.state);
}

TEST_CASE("A token that is not there, and a row of somebody else's making, are asked for each time") {
    shelf s;
    CHECK_FALSE(s.read(s.acme->id, s.prod->name).view->token);
    CHECK_FALSE(s.read(s.acme->id, s.prod->name).is_kept);
    s.store.close();
    test::run_without_triggers(s.store.path, "UPDATE grants SET reason = 'longer'");
    s.store.open();
    s.views.emplace(*s.store.db, s.findings);
    CHECK(code_of(s.read().view->facts) == errc::broken_seal);
    CHECK_FALSE(s.read().is_kept);
}

TEST_CASE("Of many, those that are used stay, and there are never more than two generations of them") {
    shelf s;
    const auto name = [](std::size_t n) { return must(connection_name::parse("c" + std::to_string(n))); };
    for (std::size_t n = 0; n < 3 * vend_views::most_of_a_generation; ++n) {
        static_cast<void>(s.read(s.token.id, name(n)));
        CHECK(s.read().is_kept == (n != 0));
    }
    CHECK(s.read(s.token.id, name(3 * vend_views::most_of_a_generation - 1)).is_kept);
    CHECK_FALSE(s.read(s.token.id, name(0)).is_kept);
}

TEST_CASE("A token whose last use is to be written is read anew at its next one") {
    shelf s;
    static_cast<void>(s.read());
    s.views->forget(s.token.id, s.prod->name);
    CHECK_FALSE(s.read().is_kept);
}

}  // namespace hourkey::server
