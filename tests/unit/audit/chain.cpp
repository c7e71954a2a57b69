#include "audit/chain.hpp"

#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include "support/mac_keys.hpp"

#include <functional>
#include <set>

using namespace hourkey;

namespace {

std::string canonical(const model::audit_record& r) {
    std::string out;
    REQUIRE(audit::append_canonical(out, r));
    return out;
}

ulid id(unsigned char last) {
    std::array<unsigned char, 16> bytes{};
    bytes[15] = last;
    return ulid::from_bytes(bytes);
}

struct row {
    const char* name;
    std::function<void(model::audit_record&)> change;
};

/// One change for every field but hash.
const row changes[] = {
    {"seq", [](auto& r) { r.seq = 2; }},
    {"tenant_seq", [](auto& r) { r.tenant_seq = 2; }},
    {"time", [](auto& r) { r.time += std::chrono::nanoseconds(1); }},
    {"request_id", [](auto& r) { r.request_id = "x"; }},
    {"action", [](auto& r) { r.action = model::audit_action::key_rotate; }},
    {"outcome", [](auto& r) { r.outcome = model::audit_outcome::granted; }},
    {"reason", [](auto& r) { r.reason = "x"; }},
    {"tenant_id", [](auto& r) { r.tenant_id = id(1); }},
    {"tenant", [](auto& r) { r.tenant = "x"; }},
    {"app", [](auto& r) { r.app = "x"; }},
    {"writer", [](auto& r) { r.writer = 1; }},
    {"actor", [](auto& r) { r.actor = model::audit_actor::machine; }},
    {"actor_role", [](auto& r) { r.actor_role = model::role::admin; }},
    {"token_id", [](auto& r) { r.token_id = id(1); }},
    {"client_address", [](auto& r) { r.client_address = "x"; }},
    {"connection", [](auto& r) { r.connection = "x"; }},
    {"role_arn", [](auto& r) { r.role_arn = "x"; }},
    {"session_name", [](auto& r) { r.session_name = "x"; }},
    {"access_key_id", [](auto& r) { r.access_key_id = "x"; }},
    {"sts_request_id", [](auto& r) { r.sts_request_id = "x"; }},
    {"aws_code", [](auto& r) { r.aws_code = "x"; }},
    {"requested_seconds", [](auto& r) { r.requested_seconds = 1; }},
    {"expiration at 1970", [](auto& r) { r.expiration = wall_time{}; }},
    {"expiration later", [](auto& r) { r.expiration = wall_time{std::chrono::seconds(1)}; }},
    {"target", [](auto& r) { r.target = "x"; }},
    {"before", [](auto& r) { r.detail.before.text(model::audit_field::name, "x"); }},
    {"after", [](auto& r) { r.detail.after.text(model::audit_field::name, "x"); }},
    {"after in another field", [](auto& r) { r.detail.after.text(model::audit_field::reason, "x"); }},
    {"after as a number", [](auto& r) { r.detail.after.integer(model::audit_field::name, 7); }},
    {"after as a time",
     [](auto& r) { r.detail.after.time(model::audit_field::name, wall_time{std::chrono::nanoseconds(7)}); }},
    {"context", [](auto& r) { r.detail.context.text(model::audit_field::name, "x"); }},
    {"count", [](auto& r) { r.count = 2; }},
};

}  // namespace

TEST_CASE("Records that differ in one field have different bytes, hashes and places") {
    const audit::chain chain(test::ring_of("key"));
    std::set<std::string> seen{canonical({})};
    std::set<model::audit_hash> links{chain.link({}, {}).value()};
    for (const auto& c : changes) {
        CAPTURE(c.name);
        model::audit_record r;
        c.change(r);
        CHECK(seen.insert(canonical(r)).second);
        CHECK(links.insert(chain.link({}, r).value()).second);
    }
}

TEST_CASE("Text cannot move from one field into the next") {
    model::audit_record a, b;
    a.tenant = "ab";
    a.app = "c";
    b.tenant = "a";
    b.app = "bc";
    CHECK(canonical(a) != canonical(b));
}

TEST_CASE("The canonical form is fixed: stored chains depend on it") {
    model::audit_record r;
    r.seq = 1;
    r.tenant_seq = 2;
    r.time = wall_time{std::chrono::nanoseconds(3)};
    r.request_id = "id";
    r.expiration = wall_time{std::chrono::nanoseconds(4)};
    r.detail.before.text(model::audit_field::app, "x");
    r.detail.after.time(model::audit_field::created_at, wall_time{std::chrono::nanoseconds(-5)});
    const auto time = [](char last) { return std::string(7, '\0') + last; };
    const std::string none(1, '\0'), nil(16, '\0');
    std::string expected{'\x01', '\0', '\x01', '\x02', '\x01'};  // format, writer, seq, tenant_seq, key
    expected += time(3) + "\x02id";
    expected += '\x01';  // vend
    expected += '\x03';  // error
    expected += none + nil + none + none;  // reason, tenant id, tenant, app
    expected += '\x01';                    // the server
    expected += none + nil;                // no role, no id
    for (int i = 0; i < 8; ++i) expected += none;  // client address to aws_code, requested seconds
    expected += '\x01' + time(4) + none;           // expiration, target
    const std::string detail = "b9:app:s1:x,,a15:created_at:t-5,,";
    expected += static_cast<char>(detail.size()) + detail;
    expected += '\x01';
    CHECK(to_hex({reinterpret_cast<const unsigned char*>(canonical(r).data()), canonical(r).size()}) ==
          to_hex({reinterpret_cast<const unsigned char*>(expected.data()), expected.size()}));
}

TEST_CASE("Numbers of more than seven bits have one form each") {
    std::set<std::string> seen;
    for (const std::uint64_t n :
         {0ULL, 1ULL, 127ULL, 128ULL, 255ULL, 256ULL, 16'383ULL, 16'384ULL, 1ULL << 63U, ~0ULL}) {
        model::audit_record record;
        record.seq = n;
        CHECK(seen.insert(canonical(record)).second);
    }
}

TEST_CASE("A link depends on the key and on the record before; a seal on all of the head") {
    const audit::chain chain(test::ring_of("key")), other(test::ring_of("another"));
    const model::audit_record r;
    model::audit_hash previous{};
    previous[31] = 1;
    CHECK(chain.link({}, r) == audit::chain(test::ring_of("key")).link({}, r));
    CHECK(chain.link({}, r) != chain.link(previous, r));
    CHECK(chain.link({}, r) != other.link({}, r));
    const auto seal = [](const audit::chain& c, std::uint64_t seq, const model::audit_hash& hash, std::uint8_t writer) {
        model::audit_head head;
        head.seq = seq;
        head.hash = hash;
        head.writer = writer;
        return c.seal_head(head).value();
    };
    CHECK(seal(chain, 1, {}, 0) != seal(chain, 2, {}, 0));
    CHECK(seal(chain, 1, {}, 0) != seal(chain, 1, previous, 0));
    CHECK(seal(chain, 1, {}, 0) != seal(chain, 1, {}, 1));
    CHECK(seal(chain, 1, {}, 0) != seal(other, 1, {}, 0));
    CHECK(chain.link({}, r) == crypto::hmac_sha256("key", std::string(32, '\0') + canonical(r)));
    CHECK(seal(chain, 1, {}, 0) == crypto::hmac_sha256("key", std::string("head\0\x01", 6) + std::string(32, '\0')));
}

TEST_CASE("Each record and head is held to the key that it names, and none to a key that is not there") {
    const auto ring = test::ring_of("first");
    const audit::chain chain(ring);
    model::audit_record r;
    const auto old = chain.link({}, r);
    ring->add(2, secret("second"));
    CHECK(chain.key() == 2);
    CHECK(chain.link({}, r) == old);
    r.key = 2;
    CHECK(chain.link({}, r) == crypto::hmac_sha256("second", std::string(32, '\0') + canonical(r)));
    r.key = 3;
    CHECK_FALSE(chain.link({}, r));
    model::audit_head head;
    head.key = 3;
    CHECK_FALSE(chain.seal_head(head));
}

TEST_CASE("A record in a form of later is not verified by another") {
    model::audit_record r;
    r.format = 2;
    std::string out;
    CHECK_FALSE(audit::append_canonical(out, r));
    CHECK_FALSE(audit::chain(test::ring_of("key")).link({}, r));
}
