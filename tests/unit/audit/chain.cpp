#include "audit/chain.hpp"

#include "core/encoding.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <set>

using namespace hourkey;

namespace {

std::string canonical(const model::audit_record& r) {
    std::string out;
    audit::append_canonical(out, r);
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
    {"action", [](auto& r) { r.action = "x"; }},
    {"outcome", [](auto& r) { r.outcome = model::audit_outcome::granted; }},
    {"reason", [](auto& r) { r.reason = "x"; }},
    {"tenant_id", [](auto& r) { r.tenant_id = id(1); }},
    {"tenant", [](auto& r) { r.tenant = "x"; }},
    {"app", [](auto& r) { r.app = "x"; }},
    {"actor_role", [](auto& r) { r.actor_role = "x"; }},
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
    {"before", [](auto& r) { r.before.text(model::audit_field::name, "x"); }},
    {"after", [](auto& r) { r.after.text(model::audit_field::name, "x"); }},
    {"after in another field", [](auto& r) { r.after.text(model::audit_field::reason, "x"); }},
    {"after as a number", [](auto& r) { r.after.integer(model::audit_field::name, 7); }},
    {"after as a time",
     [](auto& r) { r.after.time(model::audit_field::name, wall_time{std::chrono::nanoseconds(7)}); }},
    {"count", [](auto& r) { r.count = 2; }},
};

}  // namespace

TEST_CASE("Records that differ in one field have different bytes, hashes and places") {
    const audit::chain chain(secret("key"));
    std::set<std::string> seen{canonical({})};
    std::set<model::audit_hash> links{chain.link({}, {})};
    for (const auto& c : changes) {
        CAPTURE(c.name);
        model::audit_record r;
        c.change(r);
        CHECK(seen.insert(canonical(r)).second);
        CHECK(links.insert(chain.link({}, r)).second);
    }
}

TEST_CASE("Text cannot move from one field into the next") {
    model::audit_record a, b;
    a.request_id = "ab";
    a.action = "c";
    b.request_id = "a";
    b.action = "bc";
    CHECK(canonical(a) != canonical(b));
}

TEST_CASE("The canonical form is fixed: stored chains depend on it") {
    model::audit_record r;
    r.seq = 1;
    r.tenant_seq = 2;
    r.time = wall_time{std::chrono::nanoseconds(3)};
    r.request_id = "id";
    r.expiration = wall_time{std::chrono::nanoseconds(4)};
    r.before.text(model::audit_field::app, "x");
    r.after.time(model::audit_field::created_at, wall_time{std::chrono::nanoseconds(-5)});
    const std::string eight(8, '\0'), empty_text(4, '\0'), sixteen(16, '\0');
    std::string expected("\x01");
    const auto number = [&](char last) { expected += eight.substr(1) + last; };
    number(1);
    number(2);
    number(3);
    expected += std::string("\0\0\0\x02id", 6) + empty_text;
    number(2);  // outcome: error
    expected += empty_text + sixteen + empty_text + empty_text + empty_text + sixteen;
    for (int i = 0; i < 7; ++i) expected += empty_text;
    number(0);
    expected += '\x01';
    number(4);
    expected += empty_text;
    expected += std::string("\0\0\0\x09", 4) + "app:s1:x," + std::string("\0\0\0\x0f", 4) + "created_at:t-5,";
    number(1);
    CHECK(to_hex({reinterpret_cast<const unsigned char*>(canonical(r).data()), canonical(r).size()}) ==
          to_hex({reinterpret_cast<const unsigned char*>(expected.data()), expected.size()}));
}

TEST_CASE("A link depends on the key and on the record before; a seal on key, seq and hash") {
    const audit::chain chain(secret("key")), other(secret("another"));
    const model::audit_record r;
    model::audit_hash previous{};
    previous[31] = 1;
    CHECK(chain.link({}, r) == audit::chain(secret("key")).link({}, r));
    CHECK(chain.link({}, r) != chain.link(previous, r));
    CHECK(chain.link({}, r) != other.link({}, r));
    CHECK(chain.seal_head(1, {}) != chain.seal_head(2, {}));
    CHECK(chain.seal_head(1, {}) != chain.seal_head(1, previous));
    CHECK(chain.seal_head(1, {}) != other.seal_head(1, {}));
    CHECK(chain.link({}, r) == crypto::hmac_sha256("key", std::string(32, '\0') + canonical(r)));
    CHECK(chain.seal_head(1, {}) ==
          crypto::hmac_sha256("key", std::string("head\0\0\0\0\0\0\0\x01", 12) + std::string(32, '\0')));
}
