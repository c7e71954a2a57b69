#include "clients/cli/profile_text.hpp"

#include "core/ascii.hpp"
#include "core/character_set.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace hourkey::cli {
namespace {

using std::string;
using std::string_view;

constexpr string_view marker = "# made by hourkey configure";
constexpr string_view process_key = "credential_process";
constexpr auto of_name = character_set::alphanumeric_and("-_.@/+");

/// Keys of a profile that botocore and its like ask before credential_process.
constexpr std::array<string_view, 9> preferred{
    "role_arn",          "source_profile", "credential_source", "web_identity_token_file", "aws_access_key_id",
    "aws_session_token", "sso_session",    "sso_start_url",     "sso_account_id"};

string_view without_end(string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// The name between the brackets; none for another line.
std::optional<string_view> section_of(string_view line) {
    line = trimmed(without_end(line));
    if (!line.starts_with('[')) return std::nullopt;
    const auto end = line.find(']');
    return end == string_view::npos ? std::nullopt : std::optional(trimmed(line.substr(1, end - 1)));
}

/// Of `key = value` at the line's beginning; one that is indented belongs to the key above it.
string_view key_of(string_view line) {
    line = without_end(line);
    if (line.empty() || line.front() == ' ' || line.front() == '\t' || line.front() == '#' || line.front() == ';')
        return {};
    const auto equals = line.find('=');
    return equals == string_view::npos ? string_view() : trimmed(line.substr(0, equals));
}

string_view value_of(string_view line) {
    line = without_end(line);
    return trimmed(line.substr(line.find('=') + 1));
}

bool is_blank(string_view line) { return trimmed(without_end(line)).empty(); }

bool is_ours(string_view line) {
    return key_of(line) == process_key && value_of(line).find(" credential-process ") != string_view::npos;
}

/// A file in lines, each with its end.
class lines {
public:
    explicit lines(string_view text) {
        for (std::size_t at = 0; at < text.size();) {
            const auto end = text.find('\n', at);
            const auto next = end == string_view::npos ? text.size() : end + 1;
            all.emplace_back(text.substr(at, next - at));
            at = next;
        }
        ending = !all.empty() && all.front().ends_with("\r\n") ? "\r\n" : "\n";
    }

    [[nodiscard]] string text() const {
        string out;
        for (const auto& line : all) out += line;
        return out;
    }

    struct range {
        std::size_t header, end;
    };
    [[nodiscard]] std::vector<range> sections(string_view name) const {
        std::vector<range> out;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const auto found = section_of(all[i]);
            if (!found || *found != name) continue;
            auto end = i + 1;
            while (end < all.size() && !section_of(all[end])) ++end;
            out.push_back({i, end});
        }
        return out;
    }

    std::vector<string> all;
    string ending;
};

string header_of(string_view profile) { return profile == "default" ? "default" : "profile " + string(profile); }

string line_of(string_view key, string_view value, string_view ending) {
    return string(key) + " = " + string(value) + string(ending);
}

failure in_the_way(string_view profile, const string& what) {
    return failure(errc::invalid_configuration, "The profile '" + string(profile) + "' " + what + ".",
                   "Take another name with --profile, or mend the file by hand.");
}

result<> check_free(const lines& file, lines::range within, const profile_settings& wanted) {
    for (auto i = within.header + 1; i < within.end; ++i) {
        const auto key = key_of(file.all[i]);
        if (std::ranges::find(preferred, key) != preferred.end())
            return in_the_way(wanted.profile, "has " + string(key) + " already, which tools would take instead");
        if (key == process_key && !is_ours(file.all[i]))
            return in_the_way(wanted.profile, "has a credential_process of its own");
    }
    return {};
}

/// Each line of that key has the value, or there is a new one behind the header.
void put(lines& file, lines::range& within, string_view key, string_view value) {
    bool is_there = false;
    for (auto i = within.header + 1; i < within.end; ++i) {
        if (key_of(file.all[i]) != key) continue;
        is_there = true;
        const auto old = file.all[i];
        if (value_of(old) != value) file.all[i] = line_of(key, value, string_view(old).substr(without_end(old).size()));
    }
    if (is_there) return;
    auto& header = file.all[within.header];
    if (!header.ends_with('\n')) header += file.ending;
    file.all.insert(file.all.begin() + static_cast<std::ptrdiff_t>(within.header) + 1,
                    line_of(key, value, file.ending));
    ++within.end;
}

void append(lines& file, const profile_settings& wanted) {
    if (!file.all.empty()) {
        if (!file.all.back().ends_with('\n')) file.all.back() += file.ending;
        file.all.push_back(file.ending);  // always: without_profile() takes one away
    }
    file.all.push_back("[" + header_of(wanted.profile) + "]" + file.ending);
    file.all.push_back(string(marker) + file.ending);
    file.all.push_back(line_of(process_key, wanted.credential_process, file.ending));
    if (wanted.region) file.all.push_back(line_of("region", *wanted.region, file.ending));
}

bool is_made_by_us(const lines& file, lines::range within) {
    return within.header + 1 < within.end && without_end(file.all[within.header + 1]) == marker;
}

/// Nothing but what append() writes, and blanks.
bool is_untouched(const lines& file, lines::range within) {
    for (auto i = within.header + 2; i < within.end; ++i)
        if (!is_ours(file.all[i]) && key_of(file.all[i]) != "region" && !is_blank(file.all[i])) return false;
    return true;
}

}  // namespace

bool is_profile_name(string_view text) noexcept {
    return !text.empty() && text.size() <= 127 && std::ranges::all_of(text, [](char c) { return of_name.has(c); });
}

result<string> with_profile(string_view text, const profile_settings& wanted) {
    lines file(text);
    const auto found = file.sections(header_of(wanted.profile));
    if (found.size() > 1) return in_the_way(wanted.profile, "is there more than once");
    if (found.empty()) {
        append(file, wanted);
        return file.text();
    }
    auto within = found.front();
    HK_CHECK(check_free(file, within, wanted));
    put(file, within, process_key, wanted.credential_process);
    if (wanted.region) put(file, within, "region", *wanted.region);
    return file.text();
}

result<string> without_profile(string_view text, string_view profile) {
    lines file(text);
    const auto found = file.sections(header_of(profile));
    const auto ours = std::ranges::find_if(found, [&](lines::range r) {
        return std::any_of(file.all.begin() + static_cast<std::ptrdiff_t>(r.header),
                           file.all.begin() + static_cast<std::ptrdiff_t>(r.end), is_ours);
    });
    if (ours == found.end())
        return failure(errc::not_found, "There is no profile '" + string(profile) + "' that hourkey has written.",
                       "Name it with --profile.");
    const auto at = [&](std::size_t i) { return file.all.begin() + static_cast<std::ptrdiff_t>(i); };
    if (is_made_by_us(file, *ours) && is_untouched(file, *ours)) {
        auto begin = ours->header, end = ours->end;
        // The blank line before it was made with it; one behind it belongs to what follows.
        while (end > begin && is_blank(file.all[end - 1])) --end;
        if (begin > 0 && is_blank(file.all[begin - 1])) --begin;
        file.all.erase(at(begin), at(end));
        return file.text();
    }
    for (auto i = ours->end; i-- > ours->header + 1;)
        if (is_ours(file.all[i]) || without_end(file.all[i]) == marker) file.all.erase(at(i));
    return file.text();
}

bool has_key(string_view text, string_view section, string_view key) {
    const lines file(text);
    for (const auto& within : file.sections(section))
        for (auto i = within.header + 1; i < within.end; ++i)
            if (key_of(file.all[i]) == key) return true;
    return false;
}

bool has_static_keys(string_view credentials_text, string_view profile) {
    return has_key(credentials_text, profile, "aws_access_key_id");
}

}  // namespace hourkey::cli
