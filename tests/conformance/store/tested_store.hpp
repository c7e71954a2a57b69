#pragma once

#include "audit/chain.hpp"
#include "audit/verification.hpp"
#include "crypto/random.hpp"
#include "store/database.hpp"
#include "support/mac_keys.hpp"
#include "support/results.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace hourkey::test {

/// A clock that stands until it is moved.
class set_clock final : public clock_source {
public:
    [[nodiscard]] wall_time now() const noexcept override { return now_; }
    [[nodiscard]] steady_time steady_now() const noexcept override { return std::chrono::steady_clock::now(); }
    void move(std::chrono::nanoseconds by) noexcept { now_ += by; }

private:
    wall_time now_{std::chrono::seconds(1'800'000'000)};
};

inline audit::report verify(store::reader& from, const audit::chain& chain) {
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return from.read_chain(after, limit); };
    source.head = [&] { return from.read_head(); };
    return must(audit::verify(source, chain));
}

/// A store of some engine in a place of its own, and short ways to fill it.
class tested_store {
public:
    set_clock clock;
    std::shared_ptr<crypto::mac_keys> audit_ring = ring_of("the audit key of this test");
    std::shared_ptr<audit::chain> chain = std::make_shared<audit::chain>(audit_ring);

    virtual ~tested_store() = default;
    /// An empty one the first time, the same again after close().
    virtual void open() = 0;
    virtual void close() = 0;
    [[nodiscard]] virtual store::database& database() = 0;
    /// A server key that the store has not heard of yet.
    virtual void add_key(std::uint8_t id) = 0;
    [[nodiscard]] static model::audit_hash check_of(std::uint8_t key) {
        model::audit_hash check;
        check.fill(static_cast<unsigned char>(6 + key));
        return check;
    }
    void rotate_to(std::uint8_t key) {
        must(write<void>([key](store::transaction& tx) { return tx.rotate_key(key, check_of(key)); }));
    }
    /// A blocking handle for one thread.
    [[nodiscard]] virtual std::unique_ptr<store::reader> reader() = 0;

    template <class T = void, class Work>
    result<T> write(Work work) {
        return database().write_now<T>(std::function<result<T>(store::transaction&)>(std::move(work)));
    }

    /// An administrative change, without a record.
    template <class Work>
    auto change(Work work) {
        using outcome = std::invoke_result_t<Work, store::transaction&>;
        return database().write_now<typename outcome::value_type>(
            std::function<outcome(store::transaction&)>(std::move(work)));
    }

    model::tenant add_tenant(const std::string& name) {
        const model::tenant t{crypto::make_ulid(clock.now()), must(tenant_name::parse(name)), clock.now()};
        return *must(change([&](store::transaction& tx) { return tx.create_tenant(t); })).after;
    }
    model::app add_app(const model::tenant& t, const std::string& name) {
        const model::app a{t.id, must(app_name::parse(name)), clock.now()};
        must(change([&](store::transaction& tx) { return tx.put_app(a, {}); }));
        return a;
    }
    model::connection make_connection(const ulid& tenant, const std::string& name) const {
        return {.tenant_id = tenant,
                .name = must(connection_name::parse(name)),
                .state = model::connection_state::pending,
                .role_arn = must(aws::role_arn::parse("arn:aws:iam::123456789012:role/hourkey")),
                .account_id = must(aws::account_id::parse("123456789012")),
                .region = {},
                .external_id = aws::make_external_id(),
                .created_at = clock.now(),
                .verified_at = {}};
    }
    model::connection add_connection(const model::tenant& t, const std::string& name) {
        const auto c = make_connection(t.id, name);
        must(change([&](store::transaction& tx) { return tx.put_connection(c, {}); }));
        return c;
    }
    model::grant make_grant(const model::connection& c, const std::optional<app_name>& app) const {
        return {.tenant_id = c.tenant_id,
                .connection = c.name,
                .app = app,
                .max_duration = {},
                .expires_at = {},
                .reason = "",
                .created_at = clock.now()};
    }
    void add_grant(const model::connection& c, const std::optional<app_name>& app) {
        const auto g = make_grant(c, app);
        must(change([&](store::transaction& tx) { return tx.put_grant(g, {}); }));
    }
    model::token make_token(model::role role, const std::optional<model::tenant>& t,
                            const std::optional<app_name>& app) const {
        model::token made;
        made.id = crypto::make_ulid(clock.now());
        made.role = role;
        if (t) {
            made.tenant_id = t->id;
            made.tenant = t->name;
        }
        made.app = app;
        crypto::fill_random(made.mac);
        made.created_at = clock.now();
        made.expires_at = clock.now() + std::chrono::hours(24 * 90);
        return made;
    }
    model::token add_token(model::role role, const std::optional<model::tenant>& t,
                           const std::optional<app_name>& app) {
        const auto made = make_token(role, t, app);
        must(change([&](store::transaction& tx) { return tx.create_token(made); }));
        return made;
    }
    model::audit_record make_record(const ulid& tenant, const std::string& request_id) const {
        model::audit_record r;
        r.time = clock.now();
        r.request_id = request_id;
        r.action = model::audit_action::vend;
        r.outcome = model::audit_outcome::granted;
        r.tenant_id = tenant;
        r.tenant = "acme";
        r.app = "web";
        r.actor = model::audit_actor::token;
        r.actor_role = model::role::app;
        r.client_address = "192.0.2.7";
        r.connection = "prod";
        r.role_arn = "arn:aws:iam::123456789012:role/hourkey";
        r.session_name = "hk-acme-web-0123456789abcdef";
        r.access_key_id = "ASIAIOSFODNN7EXAMPLE";
        r.sts_request_id = "c6104cbe-af31-11e0-8154-cbc7ccf896c7";
        r.requested_seconds = 3600;
        r.expiration = clock.now() + std::chrono::hours(1);
        return r;
    }
    result<std::uint64_t> append(const ulid& tenant, const std::string& request_id) {
        return write<std::uint64_t>(
            [r = make_record(tenant, request_id)](store::transaction& tx) { return tx.append_audit(r); });
    }
};

}  // namespace hourkey::test
