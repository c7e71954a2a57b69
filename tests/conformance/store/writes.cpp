#include "conformance/store/engine.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <stdexcept>
#include <thread>

using namespace hourkey;
using test::code_of;
using test::must;

namespace {

class deciding final : public store::append_submission {
public:
    using decision = result<> (*)();
    /// Its basis is older than anything that was ever read, so it is decided again.
    deciding(model::audit_record record, decision made)
        : append_submission(std::move(record),
                            store::vend_basis{.token = {}, .connection = {}, .seen = {}, .until = wall_time::min()}),
          made_(made) {}

private:
    result<> decide_again(const result<model::vend_view>&, wall_time, model::audit_record&) override { return made_(); }
    decision made_;
};

task<> append_throwing(test::tested_store& s, result<std::uint64_t>& out) {
    auto submitted =
        std::make_shared<deciding>(s.make_record({}, "r"), []() -> result<> { throw std::runtime_error("oops"); });
    out = co_await s.database().append(std::move(submitted));
}

task<> decline_then_read(test::tested_store& s, tenant_name tenant) {
    auto submitted =
        std::make_shared<deciding>(s.make_record({}, "r"), []() -> result<> { return failure(errc::app_not_allowed); });
    const auto declined = co_await s.database().append(std::move(submitted));
    CHECK(code_of(declined) == errc::app_not_allowed);
    std::function<result<std::string>(store::transaction&)> work =
        [&tenant](store::transaction& tx) -> result<std::string> {
        HK_TRY(const auto found, tx.find_tenant(tenant));
        return found->name.str();
    };
    const auto name = co_await s.database().write<std::string>(std::move(work));
    CHECK(must(name) == tenant.str());
}

}  // namespace

TEST_CASE("A failed or throwing work undoes only itself, its audit records too") {
    test::open_store opened;
    auto& s = opened.s;
    const auto t = s.add_tenant("acme");
    const auto tried = must(app_name::parse("tried"));
    must(s.append(t.id, "before"));
    const auto spoil = [&](store::transaction& tx) {
        must(tx.put_app({t.id, tried, {}}, {}));
        must(tx.append_audit(s.make_record(t.id, "undone")));
    };
    CHECK(code_of(s.write([&](auto& tx) { return spoil(tx), result<>(failure(errc::in_use)); })) == errc::in_use);
    CHECK(code_of(s.write([&](auto& tx) -> result<> {
              spoil(tx);
              throw std::runtime_error("oops");
          })) == errc::internal);
    CHECK(must(s.append(t.id, "after")) == 2);

    const auto r = s.reader();
    CHECK_FALSE(must(r->find_app(t.id, tried)));
    CHECK(must(r->list_audit(t.id, {})).items.at(1).tenant_seq == 2);
    CHECK_FALSE(test::verify(*r, *s.chain).first);
    CHECK(s.database().figures().healthy);
}

TEST_CASE("A write that was acknowledged is seen by every reader at once") {
    test::open_store opened;
    auto& s = opened.s;
    const auto r = s.reader();
    for (int i = 0; i < 50; ++i) {
        const auto t = s.add_tenant("t" + std::to_string(i));
        CHECK(must(r->find_tenant(t.name)));
        must(s.change([&](auto& tx) { return tx.delete_tenant(t.id, {}); }));
        CHECK_FALSE(must(r->find_tenant(t.name)));
    }
}

TEST_CASE("A vend's decision can decline, and the coroutine form of write hands its value back") {
    test::open_store opened;
    auto& s = opened.s;
    const auto t = s.add_tenant("acme");
    boost::asio::io_context context(1);
    boost::asio::co_spawn(context, decline_then_read(s, t.name), boost::asio::detached);
    context.run();
    CHECK(must(s.reader()->read_head()).seq == 0);
    s.close();
}

TEST_CASE("A decision that throws takes its group with it, and the store opens anew") {
    test::open_store opened;
    auto& s = opened.s;
    must(s.append({}, "before"));
    boost::asio::io_context context(1);
    result<std::uint64_t> thrown = std::uint64_t{0};
    boost::asio::co_spawn(context, append_throwing(s, thrown), boost::asio::detached);
    context.run();
    CHECK(code_of(thrown) == errc::store_unavailable);
    while (!s.database().is_writable()) std::this_thread::yield();
    CHECK(must(s.append({}, "after")) == 2);
    s.close();
}
