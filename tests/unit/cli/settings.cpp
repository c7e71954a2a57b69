#include "clients/cli/settings.hpp"

#include "support/results.hpp"
#include "variables.hpp"

#include <doctest/doctest.h>

namespace hourkey::cli {
namespace {

using variables = std::map<std::string, std::string>;

context_list two_contexts() {
    context_list list;
    list.current = "acme";
    list.contexts.emplace(
        "acme",
        context{
            .url = "https://one.example", .tenant = "acme", .token = secret("of-acme"), .ca_file = "/etc/acme.pem"});
    list.contexts.emplace("lab", context{.url = "https://two.example:8443", .token = secret("of-lab")});
    return list;
}

/// URL, token or its file, where that comes from, CA and tenant: or the error's code.
std::string sketch(const server_flags& flags, variables with) {
    const auto chosen = choose_server(flags, variables_of(std::move(with)), two_contexts());
    if (!chosen) return std::string(describe(chosen.error().code).api);
    auto out = chosen->url.value + " ";
    out += chosen->token_file.empty() ? std::string(chosen->token.expose()) : "file " + chosen->token_file;
    if (!chosen->token_from.empty()) out += " (" + chosen->token_from + ")";
    if (!chosen->ca_file.value.empty()) out += " ca " + chosen->ca_file.value;
    if (chosen->tenant) out += " tenant " + *chosen->tenant;
    return out;
}

}  // namespace

TEST_CASE("Flags go before variables, those before the context, and a token goes to its own server alone") {
    struct row {
        const char* name;
        server_flags flags;
        variables with;
        const char* wanted;
    };
    const std::string full_uri = "AWS_CONTAINER_CREDENTIALS_FULL_URI", sdk_token = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    const std::vector<row> rows{
        {"the current context",
         {},
         {},
         "https://one.example of-acme (the context 'acme') ca /etc/acme.pem tenant acme"},
        {"another by a flag", {.context = "lab"}, {}, "https://two.example:8443 of-lab (the context 'lab')"},
        {"another by a variable",
         {},
         {{"HOURKEY_CONTEXT", "lab"}},
         "https://two.example:8443 of-lab (the context 'lab')"},
        {"a flag that names none", {.context = "nowhere"}, {}, "not_found"},
        {"a variable that names none", {}, {{"HOURKEY_CONTEXT", "nowhere"}}, "not_found"},
        {"another server: neither token, CA nor tenant of the context",
         {.server = "https://evil.example"},
         {},
         "https://evil.example "},
        {"another port is another server", {.server = "https://one.example:444"}, {}, "https://one.example:444 "},
        {"http is another server", {}, {{"HOURKEY_URL", "http://one.example"}}, "http://one.example "},
        {"another server by a variable", {}, {{"HOURKEY_URL", "https://evil.example"}}, "https://evil.example "},
        {"the context's server written otherwise",
         {.server = "https://ONE.example:443/"},
         {},
         "https://ONE.example:443/ of-acme (the context 'acme') ca /etc/acme.pem tenant acme"},
        {"a named context goes before variables",
         {.context = "lab"},
         {{"HOURKEY_URL", "https://one.example"}, {"HOURKEY_TOKEN", "mine"}, {"HOURKEY_CACERT", "/ca"}},
         "https://two.example:8443 of-lab (the context 'lab') ca /ca"},
        {"but not before flags",
         {.context = "lab", .server = "https://one.example", .token_file = "/t", .tenant = "z"},
         {},
         "https://one.example file /t (--token-file) tenant z"},
        {"variables before the context",
         {},
         {{"HOURKEY_TOKEN", "mine"}, {"HOURKEY_CACERT", "/ca"}, {"HOURKEY_TENANT", "x"}, {"SSL_CERT_FILE", "/ssl"}},
         "https://one.example mine (HOURKEY_TOKEN) ca /ca tenant x"},
        {"a token's file before the token",
         {},
         {{"HOURKEY_TOKEN", "mine"}, {"HOURKEY_TOKEN_FILE", "/run/token"}},
         "https://one.example file /run/token (HOURKEY_TOKEN_FILE) ca /etc/acme.pem tenant acme"},
        {"a flag before both",
         {.token_file = "/t"},
         {{"HOURKEY_TOKEN", "mine"}, {"HOURKEY_TOKEN_FILE", "/run/token"}},
         "https://one.example file /t (--token-file) ca /etc/acme.pem tenant acme"},
        {"an empty variable is none",
         {},
         {{"HOURKEY_URL", ""}, {"HOURKEY_TOKEN", ""}},
         "https://one.example of-acme (the context 'acme') ca /etc/acme.pem tenant acme"},
        {"an SDK's token, for the server that its URI names",
         {.server = "https://three.example"},
         {{full_uri, "https://three.example/v1/credentials/x?within_ms=900"}, {sdk_token, "Bearer sdk"}},
         "https://three.example sdk (AWS_CONTAINER_AUTHORIZATION_TOKEN)"},
        {"and for no other",
         {.server = "https://evil.example"},
         {{full_uri, "https://three.example/v1/credentials/x"}, {sdk_token, "sdk"}},
         "https://evil.example "},
        {"nor for one whose name begins so",
         {.server = "https://three.example"},
         {{full_uri, "https://three.example.evil/v1"}, {sdk_token, "sdk"}},
         "https://three.example "},
        {"without a URI for HOURKEY_URL's",
         {},
         {{"HOURKEY_URL", "https://three.example"}, {sdk_token + "_FILE", "/sdk"}, {sdk_token, "sdk"}},
         "https://three.example file /sdk (AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)"},
        {"and not for a flag's", {.server = "https://three.example"}, {{sdk_token, "sdk"}}, "https://three.example "},
        {"nor for a context's",
         {.context = "lab"},
         {{sdk_token, "sdk"}},
         "https://two.example:8443 of-lab (the context 'lab')"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        CHECK(sketch(r.flags, r.with) == r.wanted);
    }
}

TEST_CASE("Without a server the command line is told how to name one") {
    const auto chosen = choose_server({}, variables_of({}), {});
    CHECK(test::code_of(chosen) == errc::invalid_configuration);
    CHECK(chosen.error().hint.find("hourkey login") != std::string::npos);
}

}  // namespace hourkey::cli
