#include "auth/still_good.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using namespace std::chrono_literals;
using model::principal_kind;

namespace {

constexpr wall_time now{std::chrono::sys_days{std::chrono::year{2027} / 3 / 1}};
const ulid id = ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV").value();

struct rows {
    std::optional<model::token> token;
    bool is_silent = false;
    int reads = 0;

    result<std::optional<model::token>> find_token(const ulid& wanted) {
        ++reads;
        CHECK(wanted == id);
        if (is_silent) return failure(errc::store_unavailable);
        return token;
    }
};

model::token living() {
    model::token t;
    t.id = id;
    t.expires_at = now + 1h;
    return t;
}

}  // namespace

TEST_CASE("A token is looked up, and must neither be gone, revoked nor at its end") {
    auto revoked = living();
    revoked.revoked_at = now;
    const auto who = model::principal_of(living());
    const struct {
        const char* name;
        rows in;
        wall_time at;
        std::optional<errc> refused;
    } table[] = {
        {"alive", {.token = living()}, now, {}},
        {"in its last moment", {.token = living()}, now + 1h - 1ns, {}},
        {"expired", {.token = living()}, now + 1h, errc::unauthenticated},
        {"revoked", {.token = revoked}, now, errc::unauthenticated},
        {"gone", {.token = {}}, now, errc::unauthenticated},
        {"of a store that does not answer", {.token = {}, .is_silent = true}, now, errc::store_unavailable},
    };
    for (const auto& row : table) {
        CAPTURE(row.name);
        auto in = row.in;
        const auto said = auth::still_good(who, in, row.at);
        CHECK(said.has_value() == !row.refused);
        if (said.has_error()) CHECK(said.error().code == *row.refused);
        CHECK(in.reads == 1);
    }
}

TEST_CASE("The server and its machine need nothing, and nobody is let in as what cannot be looked up") {
    const struct {
        principal_kind kind;
        bool is_good;
    } table[] = {
        {principal_kind::server, true},       {principal_kind::machine, true},   {principal_kind::oidc_session, false},
        {principal_kind::certificate, false}, {principal_kind::platform, false},
    };
    for (const auto& row : table) {
        CAPTURE(to_text(row.kind));
        rows none;
        const auto said = auth::still_good({.kind = row.kind, .id = id}, none, now);
        CHECK(said.has_value() == row.is_good);
        CHECK(none.reads == 0);
    }
}

TEST_CASE("A principal of which nothing is said is refused") {
    struct {
        result<std::optional<model::token>> find_token(const ulid& wanted) const {
            CHECK(wanted.is_nil());
            return std::optional<model::token>();
        }
    } none;
    CHECK(auth::still_good({}, none, now).has_error());
}
