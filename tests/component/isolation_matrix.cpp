#include "live_server.hpp"

#include "server/mounts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::test {
namespace {

using policy::right;

const std::string own_role = "arn:aws:iam::444455556666:role/own",
                  foreign_role = "arn:aws:iam::777788889999:role/foreign-secret-role";
const std::string own_tenant = "acme", foreign_tenant = "rival", ghost_tenant = "ghost";
const std::string foreign_app = "rival-app", ghost_app = "ghost-app", foreign_link = "rival-link",
                  ghost_link = "ghost-link";

/// What a permitted caller gets for a route. A route without a row here has no test, and that fails.
struct row {
    std::string_view route;
    int done;                    ///< on something that is there
    int missing = 0;  ///< on a name of the own tenant that is not there; 0: the route names nothing within the tenant
    std::string_view body = {};  ///< @ stands for a name never used before, {connection} for the one of the path
    int unknown_caller = 401;  ///< what this protocol's clients know a token by that is none
};

constexpr std::array rows{
    row{"GET /livez", 200},
    row{"GET /readyz", 200},
    row{"GET /openapi.json", 200},
    row{"GET /v1/whoami", 200},
    row{"GET /v1/credentials/{connection}", 200, 403},
    row{"POST /v1/credentials/{connection}", 200, 403, R"({"duration_seconds":900})"},
    row{"GET /v1/environment/{connection}", 200, 403},
    row{"POST /v1/resolve", 200, 403, R"({"refs":["secrets:{connection}"]})"},
    row{"POST /tenants/{tenant}/secrets/access", 200, 403,
        R"({"secretName":"{connection}","appName":"deploy","serviceName":"s","stageName":"dev"})"},
    row{"GET /v1/aws/creds/{connection}", 200, 403, {}, 403},
    row{"PUT /v1/aws/creds/{connection}", 200, 403, "{}", 403},
    row{"POST /v1/aws/creds/{connection}", 200, 403, "{}", 403},
    row{"GET /v1/aws/sts/{connection}", 200, 403, {}, 403},
    row{"PUT /v1/aws/sts/{connection}", 200, 403, "{}", 403},
    row{"POST /v1/aws/sts/{connection}", 200, 403, R"({"ttl":"900s"})", 403},
    row{"GET /v1/auth/token/lookup-self", 200, 0, {}, 403},
    row{"GET /v1/sys/internal/ui/mounts", 200, 0, {}, 403},
    row{"GET /v1/sys/internal/ui/mounts/aws", 200, 0, {}, 403},
    row{"GET /v1/sys/internal/ui/mounts/aws/creds/{connection}", 200, 0, {}, 403},
    row{"GET /v1/sys/internal/ui/mounts/aws/sts/{connection}", 200, 0, {}, 403},
    row{"GET /v1/tenants", 200},
    row{"POST /v1/tenants", 201, 0, R"({"name":"new-@"})"},
    row{"GET /v1/tenants/{tenant}", 200},
    row{"DELETE /v1/tenants/{tenant}", 409},  // it has apps
    row{"GET /v1/tenants/{tenant}/apps", 200},
    row{"GET /v1/tenants/{tenant}/apps/{app}", 200, 404},
    row{"PUT /v1/tenants/{tenant}/apps/{app}", 200, 201, "{}"},
    row{"DELETE /v1/tenants/{tenant}/apps/{app}", 204, 404},
    row{"GET /v1/tenants/{tenant}/connections", 200},
    row{"GET /v1/tenants/{tenant}/connections/{connection}", 200, 404},
    row{"PUT /v1/tenants/{tenant}/connections/{connection}", 200, 201,
        R"({"kind":"role","role_arn":"arn:aws:iam::444455556666:role/own"})"},
    row{"DELETE /v1/tenants/{tenant}/connections/{connection}", 204, 404},
    row{"POST /v1/tenants/{tenant}/connections/{connection}/verify", 200, 404},
    row{"GET /v1/tenants/{tenant}/connections/{connection}/grants", 200, 404},
    row{"GET /v1/tenants/{tenant}/connections/{connection}/grants/{app}", 200, 404},
    row{"PUT /v1/tenants/{tenant}/connections/{connection}/grants/{app}", 200, 404, "{}"},
    row{"DELETE /v1/tenants/{tenant}/connections/{connection}/grants/{app}", 204, 404},
    row{"GET /v1/tenants/{tenant}/tokens", 200},
    row{"POST /v1/tenants/{tenant}/tokens", 201, 0, R"({"role":"auditor"})"},
    row{"GET /v1/tenants/{tenant}/tokens/{id}", 200, 404},
    row{"DELETE /v1/tenants/{tenant}/tokens/{id}", 204, 404},
    row{"GET /v1/tenants/{tenant}/audit", 200},
};

std::string name_of(const server::route& r) { return std::string(to_text(r.verb)) + " " + std::string(r.path); }

const row* row_of(const server::route& r) {
    const auto at = std::ranges::find(rows, name_of(r), &row::route);
    return at == rows.end() ? nullptr : &*at;
}

/// Whose things a request names. In the last two the tenant is the caller's own, the things in it are not.
enum class aim { own, foreign, ghost, foreign_within_own, ghost_within_own };
constexpr std::array aims{aim::own, aim::foreign, aim::ghost, aim::foreign_within_own, aim::ghost_within_own};

enum class life { good, missing, revoked, expired };
struct visitor {
    std::string_view name;
    std::optional<model::role> role;
    life token_is;
    std::string token;
};

bool is_there(aim a) { return a == aim::own || a == aim::foreign; }
bool is_own_tenant(aim a) { return a == aim::own || a == aim::foreign_within_own || a == aim::ghost_within_own; }

/// The rules of DESIGN's roles, once more and independently of policy/access.cpp.
int expected_status(const server::route& r, const row& what, const visitor& who, aim at) {
    using enum model::role;
    if (r.needs == right::anyone) return what.done;
    if (who.token_is != life::good) return what.unknown_caller;
    const auto within_own = what.missing != 0 && at != aim::own ? what.missing : what.done;
    const bool is_operator = who.role == operator_, is_admin = who.role == admin,
               reads = is_admin || who.role == auditor;
    // An operator has no tenant of its own: each that exists is the same to it.
    const auto of_operator = at == aim::ghost ? 404 : is_there(at) ? what.done : within_own;
    const auto of_member = is_own_tenant(at) ? within_own : 404;
    switch (r.needs) {
        case right::anyone:
        case right::any_caller: return what.done;
        case right::manage_tenants:
            return !is_operator ? 403 : r.path.find("{tenant}") == std::string_view::npos ? what.done : of_operator;
        case right::see_tenant: return is_operator ? of_operator : reads ? of_member : 403;
        case right::read_tenant: return reads ? of_member : 403;
        case right::change_tenant: return is_admin ? of_member : 403;
        case right::manage_tokens: return is_operator ? of_operator : is_admin ? of_member : 403;
        case right::vend: return who.role == app && at == aim::own ? what.done : 403;
    }
    return 0;
}

void replace_all(std::string& in, std::string_view what, std::string_view with) {
    for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + with.size()))
        in.replace(at, what.size(), with);
}

std::string without_text_field(std::string body, std::string_view name) {
    const auto start = '"' + std::string(name) + "\":\"";
    for (auto at = body.find(start); at != std::string::npos; at = body.find(start, at))
        body.erase(at, body.find('"', at + start.size()) + 1 - at);
    return body;
}

class world {
public:
    world() {
        own_admin_ = on_.add_tenant(own_tenant, {"deploy"});
        foreign_admin_ = on_.add_tenant(foreign_tenant, {foreign_app});
        foreign_external_id_ = on_.add_connection(foreign_admin_, foreign_tenant, foreign_link, foreign_role);
        on_.expect(201, "PUT", "/v1/tenants/rival/connections/rival-link/grants/rival-app", "{}", foreign_admin_);
        on_.add_connection(own_admin_, own_tenant, "prod", own_role);
        on_.expect(201, "PUT", "/v1/tenants/acme/connections/prod/grants/deploy", "{}", own_admin_);
        foreign_token_ = on_.token(model::role::app, foreign_tenant, foreign_app);
        ghost_id_ = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

        auto revoked = on_.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"admin"})", own_admin_);
        on_.expect(204, "DELETE", "/v1/tenants/acme/tokens/" + field(revoked, "id"), "", own_admin_);
        visitors_ = {
            {"operator", model::role::operator_, life::good, on_.operator_token()},
            {"admin", model::role::admin, life::good, own_admin_},
            {"app", model::role::app, life::good, on_.token(model::role::app, own_tenant, "deploy")},
            {"auditor", model::role::auditor, life::good, on_.token(model::role::auditor, own_tenant)},
            {"none", std::nullopt, life::missing, ""},
            {"revoked", model::role::admin, life::revoked, field(revoked, "token")},
        };
        visitors_.push_back(
            {"expired", model::role::admin, life::expired, on_.expired_token(model::role::admin, own_tenant)});
        replant();
    }

    [[nodiscard]] const std::vector<visitor>& visitors() const { return visitors_; }

    [[nodiscard]] std::string target(const server::route& r, aim at) const {
        auto path = filled(std::string(r.path), r, at);
        REQUIRE_MESSAGE(!contains(path, "{"), "the matrix does not know a parameter of ", path);
        return path;
    }
    [[nodiscard]] std::string body(const server::route& r, aim at) {
        auto text = filled(std::string(row_of(r)->body), r, at);
        replace_all(text, "@", std::to_string(++asked_));
        return text;
    }
    [[nodiscard]] std::string filled(std::string path, const server::route& r, aim at) const {
        const bool foreign = at == aim::foreign || at == aim::foreign_within_own, own = at == aim::own;
        const bool vends = r.needs == right::vend;
        replace_all(path, "{tenant}",
                    is_own_tenant(at)    ? own_tenant
                    : at == aim::foreign ? foreign_tenant
                                         : ghost_tenant);
        replace_all(path, "{app}", own ? "scratch" : foreign ? foreign_app : ghost_app);
        replace_all(path, "{connection}", own ? vends ? "prod" : "scratch" : foreign ? foreign_link : ghost_link);
        replace_all(path, "{id}", own ? own_id_ : foreign ? foreign_id_ : ghost_id_);
        return path;
    }

    reply ask(const server::route& r, const std::string& target, const std::string& body, const visitor& who) {
        auto got = on_.send(to_text(r.verb), target, body, who.token);
        if (got.status >= 200 && got.status < 300 && r.verb != http::method::get) replant();
        return got;
    }

    /// The foreign tenant's own words for everything that it has, its audit included.
    [[nodiscard]] std::string foreign_data() {
        std::string all;
        for (const std::string list :
             {"", "/apps", "/connections", "/connections/rival-link/grants", "/tokens", "/audit"})
            all += on_.expect(200, "GET", "/v1/tenants/rival" + std::string(list), "", foreign_admin_);
        return without_text_field(all, "last_used_at");  // asking is a use
    }

    /// What nobody outside the foreign tenant may learn.
    [[nodiscard]] std::vector<std::string> foreign_secrets() const {
        return {foreign_external_id_, foreign_role, "777788889999", foreign_token_, foreign_tenant_id_};
    }
    /// What this test's own questions name, so that their echo is no leak.
    [[nodiscard]] std::vector<std::string> foreign_names() const { return {foreign_id_, foreign_app, foreign_link}; }

    /// The same question about something that does not exist must have had this answer.
    [[nodiscard]] std::string as_if_ghost(std::string body) const {
        replace_all(body, field(body, "request_id"), "");  // some errors have it in their words too
        replace_all(body, foreign_app, ghost_app);
        replace_all(body, foreign_link, ghost_link);
        replace_all(body, foreign_id_, ghost_id_);
        return body;
    }

private:
    /// Puts back what a permitted request took away, and away what it made.
    void replant() {
        on_.send("PUT", "/v1/tenants/acme/apps/scratch", "{}", own_admin_);
        on_.send("PUT", "/v1/tenants/acme/connections/scratch", R"({"kind":"role","role_arn":")" + own_role + R"("})",
                 own_admin_);
        on_.send("PUT", "/v1/tenants/acme/connections/scratch/grants/scratch", "{}", own_admin_);
        for (const auto& name : {foreign_app, ghost_app})
            on_.send("DELETE", "/v1/tenants/acme/apps/" + name, "", own_admin_);
        for (const auto& name : {foreign_link, ghost_link})
            on_.send("DELETE", "/v1/tenants/acme/connections/" + name, "", own_admin_);
        own_id_ = field(on_.expect(201, "POST", "/v1/tenants/acme/tokens", R"({"role":"auditor"})", own_admin_), "id");
        if (foreign_id_.empty()) {
            foreign_id_ = field(
                on_.expect(201, "POST", "/v1/tenants/rival/tokens", R"({"role":"auditor"})", foreign_admin_), "id");
            foreign_tenant_id_ = field(on_.expect(200, "GET", "/v1/tenants/rival", "", foreign_admin_), "id");
        }
    }

    live_server on_;
    std::string own_admin_, foreign_admin_, foreign_external_id_, foreign_token_, own_id_, foreign_id_, ghost_id_,
        foreign_tenant_id_;
    std::vector<visitor> visitors_;
    std::size_t asked_ = 0;
};

void check_route(world& w, const server::route& r, const visitor& who, std::map<aim, reply>& answers) {
    const auto* what = row_of(r);
    for (const auto at : aims) {
        const auto target = w.target(r, at);
        CAPTURE(target);
        const auto body = w.body(r, at);
        auto got = w.ask(r, target, body, who);
        INFO(got.body.substr(0, 500));
        CHECK(got.status == expected_status(r, *what, who, at));
        if (who.role != model::role::operator_) {  // an operator lists tenants by right
            for (const auto& word : w.foreign_secrets())
                CHECK_MESSAGE(!contains(got.body, word), "the answer tells ", word);
            // The own audit repeats what the own tokens asked for.
            if (!r.path.ends_with("/audit"))
                for (const auto& name : w.foreign_names())
                    CHECK_MESSAGE(!(contains(got.body, name) && !contains(target + body, name)), "the answer tells ",
                                  name);
        }
        answers[at] = std::move(got);
    }
}

}  // namespace

TEST_CASE("The matrix has a row for every route of the main opening, and no other") {
    std::vector<std::string> routes;
    for (const auto& r : server::routes_of(server::opening::main)) {
        routes.push_back(name_of(r));
        CHECK_MESSAGE(row_of(r) != nullptr, "add an expectation to the isolation matrix for ", routes.back());
    }
    for (const auto& known : rows)
        CHECK_MESSAGE(std::ranges::find(routes, known.route) != routes.end(), std::string(known.route),
                      " is no route any more");
}

TEST_CASE("The openings without tokens answer nothing but health, metrics and the local commands") {
    std::vector<std::string> open;
    for (const auto o : {server::opening::admin, server::opening::control})
        for (const auto& r : server::routes_of(o)) open.push_back(name_of(r));
    CHECK(open == std::vector<std::string>{"GET /livez", "GET /readyz", "GET /metrics", "POST /control/tokens",
                                           "DELETE /control/tokens/{id}", "POST /control/keys",
                                           "DELETE /control/keys/{id}", "POST /control/copy", "GET /control/copy/{id}",
                                           "DELETE /control/copy/{id}"});
    for (const auto& r : server::routes_of(server::opening::main))
        if (r.needs == right::anyone) CHECK(!contains(r.path, "/v1"));
}

TEST_CASE("Every route answers each role only what is its own, and foreign things like things that do not exist") {
    world w;
    std::string before;
    for (const auto& who : w.visitors()) {
        // An operator may make and revoke tokens in any tenant; from here on nobody has a right to the foreign one.
        if (who.role != model::role::operator_ && before.empty()) before = w.foreign_data();
        CAPTURE(who.name);
        for (const auto& r : server::routes_of(server::opening::main)) {
            REQUIRE(row_of(r) != nullptr);
            const auto route = name_of(r);
            CAPTURE(route);
            std::map<aim, reply> answers;
            check_route(w, r, who, answers);
            for (const auto& [foreign, ghost] :
                 {std::pair{aim::foreign, aim::ghost}, std::pair{aim::foreign_within_own, aim::ghost_within_own}}) {
                const bool comparable = answers[foreign].status >= 400 && who.role != model::role::operator_;
                if (comparable) CHECK(w.as_if_ghost(answers[foreign].body) == w.as_if_ghost(answers[ghost].body));
            }
        }
    }
    CHECK(w.foreign_data() == before);
}

}  // namespace hourkey::test
