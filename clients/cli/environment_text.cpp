#include "clients/cli/environment_text.hpp"

#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hourkey::cli {
namespace {

using std::string;
using std::string_view;

constexpr std::array<std::pair<string_view, environment_format>, 9> formats{{
    {"export", environment_format::export_},
    {"dotenv", environment_format::dotenv},
    {"fish", environment_format::fish},
    {"powershell", environment_format::powershell},
    {"cmd", environment_format::cmd},
    {"json", environment_format::json},
    {"ini", environment_format::ini},
    {"github", environment_format::github},
    {"gitlab", environment_format::gitlab},
}};

/// Of what the values hold none needs an escape inside single quotes, in any shell; the quotes are for the blanks and
/// signs that may come.
bool is_plain(string_view value) {
    constexpr string_view special = "'\"`$%!^\\";
    return std::ranges::all_of(value, [&](char c) { return c >= ' ' && c <= '~' && special.find(c) == special.npos; });
}

/// Around a name and its value, and around a name that goes.
struct syntax {
    string_view before, between, after;
    string_view gone_before, gone_after;
};

syntax syntax_of(environment_format format) {
    switch (format) {
        case environment_format::export_: return {"export ", "='", "'", "unset ", ""};
        case environment_format::fish: return {"set -gx ", " '", "'", "set -e ", ""};
        case environment_format::powershell: return {"$Env:", " = '", "'", "Remove-Item -ErrorAction Ignore Env:", ""};
        case environment_format::cmd: return {"set \"", "=", "\"", "set \"", "=\""};
        // Later steps and jobs read the file, and an empty variable is as none to the SDKs.
        case environment_format::github: return {"", "=", "", "", "="};
        // Quotes would be part of the value in a dotenv report, and in docker's --env-file.
        case environment_format::dotenv:
        case environment_format::gitlab:
        default: return {"", "=", "", "", ""};
    }
}

bool drops(environment_format format) {
    return !syntax_of(format).gone_before.empty() || !syntax_of(format).gone_after.empty();
}

void append(string& out, std::initializer_list<string_view> parts) {
    for (const auto part : parts) out += part;
}

string lines_of(environment_format format, const environment_changes& changes) {
    const auto s = syntax_of(format);
    string out;
    out.reserve(8192);
    if (drops(format))
        for (const auto& name : changes.unset) append(out, {s.gone_before, name, s.gone_after, "\n"});
    for (const auto& [name, value] : changes.set) append(out, {s.before, name, s.between, value, s.after, "\n"});
    return out;
}

string object_of(const environment_changes& changes) {
    json::writer w(8192);
    w.begin_object();
    for (const auto& [name, value] : changes.set) w.string(name, value);
    w.end_object();
    return w.take() + "\n";
}

constexpr std::array<std::pair<string_view, string_view>, 4> profile_keys{{
    {"AWS_ACCESS_KEY_ID", "aws_access_key_id"},
    {"AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"},
    {"AWS_SESSION_TOKEN", "aws_session_token"},
    {"AWS_REGION", "region"},
}};

string section_of(const environment_changes& changes, string_view profile) {
    string out;
    out.reserve(8192);
    append(out, {"[", profile, "]\n"});
    for (const auto& [variable_name, key] : profile_keys)
        for (const auto& [name, value] : changes.set)
            if (name == variable_name) append(out, {key, " = ", value, "\n"});
    return out;
}

string text_of(environment_format format, const environment_changes& changes, string_view profile) {
    if (format == environment_format::json) return object_of(changes);
    if (format == environment_format::ini) return section_of(changes, profile);
    return lines_of(format, changes);
}

secret sealed(string text) {
    secret out(text);
    wipe_container(text);
    return out;
}

}  // namespace

std::vector<string> environment_formats() {
    std::vector<string> out;
    out.reserve(formats.size());
    for (const auto& [name, format] : formats) out.emplace_back(name);
    return out;
}

std::optional<environment_format> parse_environment_format(string_view text) {
    for (const auto& [name, format] : formats)
        if (name == text) return format;
    return std::nullopt;
}

result<secret> environment_text(environment_format format, const environment_changes& changes, string_view profile) {
    for (const auto& [name, value] : changes.set)
        if (!is_plain(value))
            return failure(errc::protocol_violation, name + " would hold a character that no credential has.",
                           "Check the server's URL: something else may have answered.");
    return sealed(text_of(format, changes, profile));
}

secret github_masks(const environment_changes& changes) {
    string out;
    out.reserve(8192);
    for (const auto& [name, value] : changes.set)
        if (name == "AWS_SECRET_ACCESS_KEY" || name == "AWS_SESSION_TOKEN") append(out, {"::add-mask::", value, "\n"});
    return sealed(std::move(out));
}

}  // namespace hourkey::cli
