#include "clients/cli/commands/commands.hpp"

#include "clients/cli/caller_identity.hpp"
#include "clients/cli/output/report.hpp"
#include "clients/cli/output/secret_output.hpp"
#include "clients/cli/output/table.hpp"
#include "clients/cli/vend_or_kept.hpp"
#include "core/time_text.hpp"
#include "json/writer.hpp"

#include <memory>

namespace hourkey::cli {
namespace {

struct print_options {
    server_flags server;
    vend_flags vend;
    std::string sts_endpoint;
    bool reveal = false, check = false, json = false;
};

constexpr std::string_view hidden = "****";

/// Enough to know it again by: `ASIA...S34`.
std::string masked(const std::string& access_key_id) {
    constexpr std::size_t front = 4, back = 3;
    if (access_key_id.size() <= front + back) return std::string(hidden);
    return access_key_id.substr(0, front) + "..." + access_key_id.substr(access_key_id.size() - back);
}

std::string_view shown(const secret& s, bool reveal) { return reveal ? s.expose() : hidden; }

std::string left_until(wall_time end) {
    const auto left = std::chrono::floor<std::chrono::minutes>(end - system_clock().now());
    return left.count() < 0 ? "past, by this machine's clock" : "in " + std::to_string(left.count()) + " min";
}

/// What AWS says of them. Neither: it was not asked.
struct verdict {
    std::optional<aws::caller_identity> who{};
    std::optional<failure> problem{};
    [[nodiscard]] bool is_there() const noexcept { return who || problem; }
};

bool is_right(const verdict& checked, const api::credentials& vended) {
    return checked.who && is_of_role(*checked.who, vended.role_arn);
}

std::string as_json(const print_options& options, const api::credentials& c, const verdict& checked) {
    json::writer w(8192);
    w.begin_object()
        .string("connection", options.vend.connection)
        .string("account_id", c.account_id)
        .string("role_arn", c.role_arn)
        .string("access_key_id", options.reveal ? c.access_key_id : masked(c.access_key_id))
        .string("secret_access_key", shown(c.secret_access_key, options.reveal))
        .string("session_token", shown(c.session_token, options.reveal))
        .string("expiration", to_rfc3339(c.expiration));
    if (checked.is_there()) {
        w.key("check").begin_object().boolean("ok", is_right(checked, c));
        if (checked.who) w.string("arn", checked.who->arn);
        if (checked.problem) w.string("problem", checked.problem->text());
        w.end_object();
    }
    w.end_object();
    return w.take() + "\n";
}

std::string as_listing(const print_options& options, const api::credentials& c, const verdict& checked) {
    const auto region = region_for(options.vend, c);
    return listing({{"Connection", options.vend.connection},
                    {"Account", c.account_id},
                    {"Role", c.role_arn},
                    {"Region", region.value_or("")},
                    {"Access key", options.reveal ? c.access_key_id : masked(c.access_key_id)},
                    {"Secret key", std::string(shown(c.secret_access_key, options.reveal))},
                    {"Session token", std::string(shown(c.session_token, options.reveal))},
                    {"Expires", to_rfc3339(c.expiration) + ", " + left_until(c.expiration)},
                    {"Signs as", checked.who ? checked.who->arn : ""}}) +
           "\n";
}

result<verdict> check(const print_options& options, const api::credentials& vended) {
    if (!options.check) return verdict();
    HK_TRY(const auto at,
           choose_sts(options.sts_endpoint, region_for(options.vend, vended), vended.role_arn, process_environment));
    auto who = ask_who_signs(vended, at, std::chrono::seconds(options.server.timeout_seconds));
    if (!who) return verdict{.problem = std::move(who).error()};
    return verdict{.who = *std::move(who)};
}

/// Standard output has the credentials; what is wrong with them goes where errors go.
int tell(const api::credentials& vended, const verdict& checked) {
    if (checked.problem) {
        const int code = report(*checked.problem);
        return checked.problem->code == errc::sts_rejected ? static_cast<int>(exit_found_wrong) : code;
    }
    if (!checked.who || is_right(checked, vended)) return exit_ok;
    note("AWS says that they are " + checked.who->arn + "'s, which is not the role.");
    return exit_found_wrong;
}

result<int> print_credentials(const print_options& options) {
    HK_CHECK(connection_of(options.vend));
    HK_TRY(const auto vended, vend_or_kept(options.server, options.vend));
    HK_TRY(const auto checked, check(options, vended));
    auto text = options.json ? as_json(options, vended, checked) : as_listing(options, vended, checked);
    const secret sealed(text);
    wipe_container(text);
    HK_CHECK(print_secret(sealed));
    return tell(vended, checked);
}

}  // namespace

command::spec print_command() {
    auto o = std::make_shared<print_options>();
    return {
        .path = "print",
        .summary = "Show what a connection's credentials are, with the secrets hidden",
        .text = "It vends, as every other command does.",
        .options = with_vend_options(
            o->vend, o->server,
            {{.name = "--reveal", .text = "show the secrets too", .target = &o->reveal},
             {.name = "--check", .text = "ask AWS whose they are (GetCallerIdentity)", .target = &o->check},
             {.name = "--sts-endpoint",
              .value = "URL",
              .text = "where; else AWS_ENDPOINT_URL_STS's, else the region's own",
              .target = &o->sts_endpoint,
              .needs = {"--check"}},
             {.name = "--json", .text = "for programs", .target = &o->json}}),
        .examples = {{"hourkey print demo --check", "Do they work, and in which account"}},
        .exit_codes = {{exit_found_wrong, "AWS does not know them, or as somebody else's"}},
        .run = ordinary_command([o] { return print_credentials(*o); }),
    };
}

}  // namespace hourkey::cli
