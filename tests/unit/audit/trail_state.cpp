#include "audit/trail_state.hpp"

#include "core/time_text.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace hourkey;
using audit::trail_state;
using enum model::state_table;

namespace {

ulid id(unsigned char last) {
    std::array<unsigned char, 16> bytes{};
    bytes[15] = last;
    return ulid::from_bytes(bytes);
}

const ulid acme = id(1), other = id(2);
const ulid web_token = id(10), admin_token = id(11), operator_token = id(12);
const wall_time later{std::chrono::seconds(99)};

model::audit_fields named(std::string_view value) {
    model::audit_fields out;
    out.text(model::audit_field::name, value);
    return out;
}

model::audit_fields token_of(std::string_view app) {
    model::audit_fields out;
    out.filled(model::audit_field::app, app).time(model::audit_field::created_at, wall_time{});
    return out;
}

model::audit_record record(const ulid& tenant, std::string target, model::audit_fields before,
                           model::audit_fields after) {
    model::audit_record r;
    r.time = later;
    r.tenant_id = tenant;
    r.target = std::move(target);
    r.detail.before = std::move(before);
    r.detail.after = std::move(after);
    return r;
}

std::string token_target(const ulid& token) { return model::target_of_token(token); }

/// Two tenants with the same names in them, and an operator's token.
trail_state told() {
    trail_state out;
    for (const auto& t : {acme, other}) {
        out.apply(record(t, "tenants/acme", {}, named("acme")));
        out.apply(record(t, "apps/web", {}, named("web")));
        out.apply(record(t, "connections/prod", {}, named("prod")));
        out.apply(record(t, "connections/prod/grants/web", {}, named("web")));
        out.apply(record(t, "connections/prod-2/grants/web", {}, named("web")));
        out.apply(record(t, "connections/prod/grants/*", {}, named("*")));
    }
    out.apply(record(acme, token_target(web_token), {}, token_of("web")));
    out.apply(record(acme, token_target(admin_token), {}, token_of("")));
    out.apply(record({}, token_target(operator_token), {}, token_of("")));
    return out;
}

/// What must live after told(), by table.
std::map<model::state_table, std::vector<model::state_row>> living() {
    std::map<model::state_table, std::vector<model::state_row>> out;
    for (const auto& t : {acme, other}) {
        out[tenants].push_back({t, "tenants/acme", named("acme")});
        out[apps].push_back({t, "apps/web", named("web")});
        out[connections].push_back({t, "connections/prod", named("prod")});
        out[grants].push_back({t, "connections/prod/grants/*", named("*")});
        out[grants].push_back({t, "connections/prod/grants/web", named("web")});
        out[grants].push_back({t, "connections/prod-2/grants/web", named("web")});
    }
    out[tokens] = {{acme, token_target(web_token), token_of("web")},
                   {acme, token_target(admin_token), token_of("")},
                   {{}, token_target(operator_token), token_of("")}};
    return out;
}

/// Each difference as "kind target", in the order found; pages of `page_size` rows.
std::vector<std::string> differences(const trail_state& trail,
                                     const std::map<model::state_table, std::vector<model::state_row>>& rows,
                                     std::size_t page_size = 2) {
    std::vector<audit::difference> found;
    for (std::size_t t = 0; t < model::state_tables; ++t) {
        const auto table = static_cast<model::state_table>(t);
        const auto at = rows.find(table);
        const auto all = at == rows.end() ? std::vector<model::state_row>() : at->second;
        std::string after;
        for (std::size_t i = 0;; i += page_size) {
            model::state_page page;
            for (std::size_t k = i; k < std::min(i + page_size, all.size()); ++k) page.rows.push_back(all[k]);
            const bool more = page.rows.size() == page_size;
            trail.compare(table, after, page,
                          more ? trail_state::page_kind::more_follow : trail_state::page_kind::last_page, found);
            if (!more) break;
            after = model::key_of(page.rows.back().tenant_id, page.rows.back().target)->bytes;
        }
    }
    std::vector<std::string> out;
    for (const auto& d : found) out.push_back(std::string(to_text(d.kind)) + " " + d.target);
    return out;
}

}  // namespace

TEST_CASE("A state that is what the records tell has no difference, whatever the pages' size") {
    for (const std::size_t size : {1U, 2U, 3U, 1000U}) {
        CAPTURE(size);
        CHECK(differences(told(), living(), size).empty());
    }
    CHECK(differences({}, {}).empty());
}

TEST_CASE("Whatever differs from the records is found, and named") {
    using rows_of = std::map<model::state_table, std::vector<model::state_row>>;
    struct row {
        const char* name;
        std::function<void(rows_of&)> change;
        std::vector<std::string> found;
    };
    const row rows[] = {
        {"a token put in",
         [](rows_of& r) { r[tokens].push_back({acme, token_target(id(13)), token_of("")}); },
         {"unrecorded " + token_target(id(13))}},
        {"a grant put in before all",
         [](rows_of& r) { r[grants].insert(r[grants].begin(), {acme, "connections/a/grants/web", named("web")}); },
         {"unrecorded connections/a/grants/web"}},
        {"a grant made longer",
         [](rows_of& r) { r[grants][1].fields = named("longer"); },
         {"differs connections/prod/grants/web"}},
        {"a token of another tenant",
         [](rows_of& r) { r[tokens][0].tenant_id = other; },
         {"differs " + token_target(web_token)}},
        {"an app gone", [](rows_of& r) { r[apps].erase(r[apps].begin()); }, {"vanished apps/web"}},
        {"the last token gone", [](rows_of& r) { r[tokens].pop_back(); }, {"vanished " + token_target(operator_token)}},
        {"all connections gone",
         [](rows_of& r) { r.erase(connections); },
         {"vanished connections/prod", "vanished connections/prod"}},
        {"a seal that is not ours",
         [](rows_of& r) { r[connections][1].is_sealed = false; },
         {"unsealed connections/prod"}},
        {"a tenant renamed",
         [](rows_of& r) { r[tenants][0] = {acme, "tenants/evil", named("evil")}; },
         {"differs tenants/evil"}},
    };
    for (const auto& r : rows) {
        for (const std::size_t size : {1U, 2U, 1000U}) {
            CAPTURE(r.name);
            CAPTURE(size);
            auto state = living();
            r.change(state);
            CHECK(differences(told(), state, size) == r.found);
        }
    }
}

TEST_CASE("What the trail has ended must not live, and takes with it what the store takes") {
    struct row {
        const char* name;
        model::audit_record end;
        std::vector<std::string> found;  ///< when the state is as before
    };
    const std::string web = token_target(web_token), admin = token_target(admin_token);
    const row rows[] = {
        {"a grant",
         record(acme, "connections/prod/grants/web", named("web"), {}),
         {"unrecorded connections/prod/grants/web"}},
        {"a connection",
         record(acme, "connections/prod", named("prod"), {}),
         {"unrecorded connections/prod", "unrecorded connections/prod/grants/*",
          "unrecorded connections/prod/grants/web"}},
        {"an app",
         record(acme, "apps/web", named("web"), {}),
         {"unrecorded apps/web", "unrecorded connections/prod/grants/web", "unrecorded connections/prod-2/grants/web",
          "differs " + web}},
        {"a tenant",
         record(acme, "tenants/acme", named("acme"), {}),
         {"unrecorded tenants/acme", "unrecorded " + web, "unrecorded " + admin}},
        {"a token revoked",
         record(acme, admin, token_of(""), token_of("").time(model::audit_field::revoked_at, later)),
         {"differs " + admin}},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        auto trail = told();
        trail.apply(r.end);
        CHECK(differences(trail, living()) == r.found);
    }
}

TEST_CASE("A token that ended with its app is revoked at the time of that record") {
    auto trail = told();
    trail.apply(record(acme, "apps/web", named("web"), {}));
    auto state = living();
    state[apps].erase(state[apps].begin());
    state[grants].erase(state[grants].begin() + 1, state[grants].begin() + 3);
    state[tokens][0].fields.time(model::audit_field::revoked_at, later);
    CHECK(differences(trail, state).empty());
}

TEST_CASE("A record that tells of no change changes nothing") {
    auto trail = told();
    trail.apply(record(acme, "connections/prod", {}, {}));
    trail.apply(record(acme, "more of this token in this hour are only counted", named("x"), named("x")));
    CHECK(differences(trail, living()).empty());
}
