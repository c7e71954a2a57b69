#include "sealing/key_ring.hpp"

#include "crypto/key_derivation.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace hourkey;

TEST_CASE("Each purpose has a key of its own, and the check tells none of them") {
    sealing::key_ring ring;
    ring.add(1, secret(std::string(32, 'k')));
    std::set<std::string> seen;
    for (const auto& keys : {ring.token_keys(), ring.row_keys(), ring.head_keys(), ring.audit_keys()}) {
        const auto key = keys->find(1);
        REQUIRE(key.has_value());
        CHECK(key->size() == 32);
        CHECK(seen.insert(std::string(key->expose())).second);
    }
    CHECK(seen.insert(std::string(crypto::as_text(ring.checks().at(1)))).second);
}

TEST_CASE("A new key makes what is new once it is active, and the old one goes on telling its own") {
    sealing::key_ring ring;
    ring.add(1, secret("one"));
    ring.add(2, secret("two"));
    ring.activate(1);
    CHECK(ring.active() == 1);
    ring.activate(2);
    for (const auto& keys : {ring.token_keys(), ring.row_keys(), ring.head_keys(), ring.audit_keys()}) {
        CHECK(keys->active() == 2);
        CHECK(keys->find(1).has_value());
    }
    ring.activate(3);
    CHECK(ring.active() == 2);
    ring.add(3, secret("three"));  // it waits for the store to know of it
    CHECK(ring.active() == 2);
    for (const auto& keys : {ring.token_keys(), ring.row_keys(), ring.head_keys(), ring.audit_keys()})
        CHECK(keys->active() == 2);
}

TEST_CASE("Of a retired key only its records are told") {
    sealing::key_ring ring, later;
    ring.add(1, secret("one"));
    const auto audit_key = ring.audit_keys()->find(1)->clone();
    ring.add(2, secret("two"));
    ring.retire(1);
    later.add_retired(1, audit_key);
    later.add(2, secret("two"));
    for (const auto* r : {&ring, &later}) {
        for (const auto& keys : {r->token_keys(), r->row_keys(), r->head_keys()}) CHECK_FALSE(keys->find(1));
        CHECK(r->audit_keys()->find(1)->expose() == sealing::derive_audit_key(secret("one")).expose());
        CHECK(r->checks().size() == 1);
        CHECK(r->active() == 2);
    }
}

TEST_CASE("An id has its key for good: another is not taken, and a retired one does not come back") {
    sealing::key_ring ring;
    CHECK(ring.add(1, secret("one")));
    CHECK(ring.add(1, secret("one")));
    const auto checks = ring.checks();
    CHECK_FALSE(ring.add(1, secret("two")));
    CHECK(ring.checks() == checks);
    ring.add(2, secret("two"));
    ring.retire(1);
    CHECK_FALSE(ring.add(1, secret("one")));
    ring.activate(1);
    CHECK(ring.active() == 2);
    for (const auto& keys : {ring.token_keys(), ring.row_keys(), ring.head_keys()}) {
        CHECK_FALSE(keys->find(1));
        CHECK_FALSE(keys->has(1));
        CHECK(keys->has(2));
    }
    CHECK(ring.audit_keys()->has(1));
}
