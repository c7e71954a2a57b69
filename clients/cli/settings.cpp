#include "clients/cli/settings.hpp"

#include "client/base_url.hpp"
#include "core/ascii.hpp"
#include "os/private_file.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace hourkey::cli {
namespace {

using std::string;

/// A context by its name, or none.
struct named_context {
    string name;
    const context* what = nullptr;
    [[nodiscard]] string from() const { return "the context '" + name + "'"; }
};

result<named_context> find_context(const server_flags& flags, const environment& variables, const context_list& list) {
    const auto in_variable = find_variable(variables, "HOURKEY_CONTEXT");
    const auto wanted = !flags.context.empty() ? flags.context : string(in_variable.value_or(list.current));
    if (wanted.empty()) return named_context{};
    const auto found = list.contexts.find(wanted);
    if (found != list.contexts.end()) return named_context{wanted, &found->second};
    if (flags.context.empty() && !in_variable) return named_context{};  // the current one was deleted by hand
    return failure(errc::not_found,
                   (flags.context.empty() ? "HOURKEY_CONTEXT" : "--context") + string(" names no context."),
                   "`hourkey context list` shows them; `hourkey login` makes one.");
}

setting first_of(std::initializer_list<setting> candidates) {
    for (const auto& one : candidates)
        if (!one.value.empty()) return one;
    return {};
}

setting of_variable(const environment& variables, const string& name) {
    return {string(find_variable(variables, name).value_or("")), name};
}

result<setting> choose_url(const server_flags& flags, const environment& variables, const named_context& within) {
    const setting in_context{within.what == nullptr ? string() : within.what->url, within.from()};
    auto url = first_of({{flags.server, "--server"},
                         flags.context.empty() ? setting() : in_context,
                         of_variable(variables, "HOURKEY_URL"),
                         in_context});
    if (!url.value.empty()) return url;
    return failure(errc::invalid_configuration, "It is not said which hourkey server to ask.",
                   "Run `hourkey login --server https://HOST`, or give --server or HOURKEY_URL.");
}

/// The SDKs' variable holds an Authorization field, perhaps with its scheme.
std::string_view without_scheme(std::string_view field) {
    constexpr std::string_view scheme = "bearer ";
    const bool has_scheme = field.size() > scheme.size() && lowered(field.substr(0, scheme.size())) == scheme;
    return has_scheme ? field.substr(scheme.size()) : field;
}

/// The container variables were meant for the server that they name; without a name for it, for HOURKEY_URL's.
bool may_take_container_token(const environment& variables, const setting& url) {
    const auto named = find_variable(variables, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!named) return url.from == "HOURKEY_URL";
    const auto scheme_end = named->find("://");
    const auto path = scheme_end == std::string_view::npos ? scheme_end : named->find('/', scheme_end + 3);
    return is_same_server(named->substr(0, path), url.value);
}

void choose_token(server_choice& out, const server_flags& flags, const environment& variables,
                  const named_context& own) {
    const auto take_file = [&](const setting& file) {
        out.token_file = file.value;
        out.token_from = file.from;
        return !file.value.empty();
    };
    const auto take_text = [&](const string& variable) {
        const auto text = find_variable(variables, variable);
        if (!text) return false;
        out.token = secret(without_scheme(*text));
        out.token_from = variable;
        return true;
    };
    const auto take_context = [&] {
        out.token = own.what->token.clone();
        out.token_from = own.from();
    };
    if (take_file({flags.token_file, "--token-file"})) return;
    if (own.what != nullptr && !flags.context.empty()) return take_context();
    if (take_file(of_variable(variables, "HOURKEY_TOKEN_FILE"))) return;
    if (take_text("HOURKEY_TOKEN")) return;
    if (may_take_container_token(variables, out.url)) {
        if (take_file(of_variable(variables, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))) return;
        if (take_text("AWS_CONTAINER_AUTHORIZATION_TOKEN")) return;
    }
    out.token_from.clear();
    if (own.what != nullptr) take_context();
}

failure no_token(const server_choice& chosen) {
    return failure(errc::invalid_configuration, "There is no token for " + chosen.url.value + ".",
                   "Run `hourkey login --server " + chosen.url.value +
                       "`, or give --token-file, HOURKEY_TOKEN_FILE or HOURKEY_TOKEN. A context's token is only for "
                       "the context's own server.");
}

}  // namespace

std::vector<command::option> with_server_options(server_flags& flags, std::vector<command::option> own) {
    std::vector<command::option> more{
        {.name = "--context",
         .value = "NAME",
         .text = "the context of `hourkey login` to use; else HOURKEY_CONTEXT's, else the current one",
         .target = &flags.context},
        {.name = "--server",
         .value = "URL",
         .text = "the server, https://HOST[:PORT]; else HOURKEY_URL's, else the context's",
         .target = &flags.server},
        {.name = "--token-file",
         .value = "FILE",
         .text = "holds the token; else HOURKEY_TOKEN_FILE's, else HOURKEY_TOKEN itself, else the context's",
         .target = &flags.token_file,
         .form = command::value_form::existing_file},
        {.name = "--cacert",
         .value = "FILE",
         .text = "PEM certificates, which alone are trusted; else HOURKEY_CACERT's, else the context's, else the "
                 "system's",
         .target = &flags.ca_file,
         .form = command::value_form::existing_file},
        {.name = "--timeout",
         .value = "SECONDS",
         .text = "how long to wait for the server",
         .target = &flags.timeout_seconds,
         .range = command::number_range{1, 3600}}};
    own.insert(own.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return own;
}

std::vector<command::option> with_tenant_options(server_flags& flags, std::vector<command::option> own) {
    own.push_back({.name = "--tenant",
                   .value = "NAME",
                   .text = "whose; else HOURKEY_TENANT's, else the context's, else the token's own",
                   .target = &flags.tenant});
    return with_server_options(flags, std::move(own));
}

bool is_same_server(std::string_view one_url, std::string_view other_url) {
    const auto one = client::parse_base_url(one_url);
    const auto other = client::parse_base_url(other_url);
    return one && other && one->secure == other->secure && lowered(one->host) == lowered(other->host) &&
           one->port == other->port;
}

result<server_choice> choose_server(const server_flags& flags, const environment& variables, const context_list& list) {
    HK_TRY(const auto within, find_context(flags, variables, list));
    server_choice out;
    HK_TRY(out.url, choose_url(flags, variables, within));
    const auto own =
        within.what != nullptr && is_same_server(within.what->url, out.url.value) ? within : named_context{};
    const context none;
    const auto& kept = own.what == nullptr ? none : *own.what;
    choose_token(out, flags, variables, own);
    const setting its_ca{kept.ca_file.value_or(""), own.from()}, its_tenant{kept.tenant.value_or(""), own.from()};
    const bool is_named = !flags.context.empty();
    out.ca_file = first_of({{flags.ca_file, "--cacert"},
                            is_named ? its_ca : setting(),
                            of_variable(variables, "HOURKEY_CACERT"),
                            its_ca,
                            of_variable(variables, "SSL_CERT_FILE")});
    const auto tenant = first_of({{flags.tenant, "--tenant"},
                                  is_named ? its_tenant : setting(),
                                  of_variable(variables, "HOURKEY_TENANT"),
                                  its_tenant});
    if (!tenant.value.empty()) out.tenant = tenant.value;
    return out;
}

result<server_settings> load_settings(const server_flags& flags) {
    const environment variables = process_environment;
    context_list list;
    // Without a home there can be no contexts, and a job that has variables needs none.
    if (const auto path = contexts_path(variables)) {
        HK_TRY(list, load_contexts(*path));
    }
    HK_TRY(auto chosen, choose_server(flags, variables, list));
    if (!chosen.token_file.empty()) {
        HK_TRY(chosen.token, os::read_token_file(chosen.token_file));
    }
    if (chosen.token.empty()) return no_token(chosen);
    return server_settings{.url = std::move(chosen.url.value),
                           .token = std::move(chosen.token),
                           .token_from = std::move(chosen.token_from),
                           .ca_file = std::move(chosen.ca_file.value),
                           .tenant = std::move(chosen.tenant),
                           .patience = std::chrono::seconds(flags.timeout_seconds)};
}

}  // namespace hourkey::cli
