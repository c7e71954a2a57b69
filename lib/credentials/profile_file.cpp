#include "credentials/profile_file.hpp"

#include "core/ascii.hpp"
#include "credentials/unicode_blank.hpp"

#include <algorithm>
#include <array>

namespace hourkey::credentials {
namespace {

/// botocore writes and reads the last under its older name too.
constexpr std::array<std::string_view, 4> key_parts{"aws_access_key_id", "aws_secret_access_key", "aws_session_token",
                                                    "aws_security_token"};

/// A comment inside a line starts at a blank followed by '#' or ';'; a bare one belongs to the value.
std::string_view without_comment(std::string_view text) noexcept {
    for (std::size_t i = 1; i < text.size(); ++i)
        if ((text[i] == '#' || text[i] == ';') && trailing_blank(text.substr(0, i)) > 0) return text.substr(0, i);
    return text;
}

std::string_view unquoted(std::string_view name) noexcept {
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front())
        return name.substr(1, name.size() - 2);
    return name;
}

enum class section_kind { profile, services, other };

struct section {
    std::string name;
    bool has_prefix = false;
    section_kind kind = section_kind::other;
};

/// What follows `word` and a blank.
std::optional<std::string_view> behind(std::string_view word, std::string_view text) noexcept {
    if (!text.starts_with(word) || leading_blank(text.substr(word.size())) == 0) return std::nullopt;
    return without_blanks(text.substr(word.size()));
}

bool has_blank(std::string_view text) noexcept {
    for (; !text.empty(); text.remove_prefix(1))
        if (leading_blank(text) > 0) return true;
    return false;
}

section read_section(std::string_view inside, profile_file_kind kind) {
    const auto text = without_blanks(inside);
    section out;
    if (kind == profile_file_kind::credentials) {
        out.name = unquoted(text);
        out.kind = out.name.empty() || has_blank(out.name) ? section_kind::other : section_kind::profile;
    } else if (const auto name = behind("profile", text)) {
        out.name = unquoted(*name);
        out.has_prefix = true;
        out.kind = out.name.empty() ? section_kind::other : section_kind::profile;
    } else if (const auto of_services = behind("services", text)) {
        out.name = unquoted(*of_services);
        out.kind = section_kind::services;
    } else if (unquoted(text) == "default") {
        out.name = "default";
        out.kind = section_kind::profile;
    }
    return out;
}

class reader {
public:
    explicit reader(profile_file_kind kind) : kind_(kind) {}

    result<> read_line(std::string_view raw) {
        ++number_;
        const auto line = without_blanks(raw);
        if (line.empty() || line.front() == '#' || line.front() == ';') return {};
        const auto indent = indentation(raw);
        if (setting_ != nesting::none && indent > indent_) {
            continue_setting(line);
            return {};
        }
        indent_ = indent;
        if (line.front() == '[') return open_section(line);
        return read_setting(line);
    }

    profile_file take() && {
        if (default_with_prefix_) out_.profiles.insert_or_assign("default", std::move(*default_with_prefix_));
        return std::move(out_);
    }

private:
    failure wrong(std::string_view what) const {
        return failure(errc::invalid_configuration,
                       "line " + std::to_string(number_) + " of the shared AWS " +
                           (kind_ == profile_file_kind::config ? "config" : "credentials") + " file " +
                           std::string(what));
    }

    result<> open_section(std::string_view line) {
        const auto end = line.find(']');
        if (end == std::string_view::npos) return wrong("opens a section without a closing bracket");
        const auto rest = without_blanks(line.substr(end + 1));
        if (!rest.empty() && rest.front() != '#' && rest.front() != ';')
            return wrong("has text behind its section name");
        const auto found = read_section(line.substr(1, end - 1), kind_);
        in_section_ = true;
        setting_ = nesting::none;
        current_ = nullptr;
        in_services_ = found.kind == section_kind::services;
        if (found.kind == section_kind::other) return {};
        // `[profile default]` takes the place of `[default]` wherever both stand.
        if (found.has_prefix && found.name == "default") {
            if (!default_with_prefix_) default_with_prefix_.emplace();
            current_ = &*default_with_prefix_;
        } else {
            current_ = &(in_services_ ? out_.services : out_.profiles)[found.name];
        }
        return {};
    }

    result<> read_setting(std::string_view line) {
        const auto equals = line.find('=');
        const auto name = without_blanks(line.substr(0, equals));
        if (equals == std::string_view::npos || name.empty())
            return wrong("is neither a section, a setting nor a comment");
        if (!in_section_) return wrong("stands before the first section");
        const auto value = without_blanks(without_comment(line.substr(equals + 1)));
        setting_ = value.empty() ? nesting::block : nesting::value;
        name_ = lowered(name);
        if (current_) current_->set(name_, value);
        return {};
    }

    /// A line indented deeper than its setting continues the value, comment marks and all: what looks like a comment is
    /// part of a command. Under `name =` it belongs to a nested block, which of all sections only `[services x]` needs.
    void continue_setting(std::string_view line) {
        if (!current_) return;
        if (setting_ == nesting::block) {
            if (in_services_) set_nested(line);
            return;
        }
        std::string whole(current_->find(name_).value_or(""));
        whole.append("\n").append(line);
        current_->set(name_, whole);
        wipe_container(whole);
    }

    void set_nested(std::string_view line) {
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) return;
        current_->set(name_ + "." + lowered(without_blanks(line.substr(0, equals))),
                      without_blanks(without_comment(line.substr(equals + 1))));
    }

    enum class nesting { none, value, block };

    profile_file_kind kind_;
    std::size_t number_ = 0;
    bool in_section_ = false;
    nesting setting_ = nesting::none;
    std::size_t indent_ = 0;
    std::string name_;
    bool in_services_ = false;
    profile_file out_;
    std::optional<profile> default_with_prefix_;
    profile* current_ = nullptr;
};

}  // namespace

std::optional<std::string_view> profile::find(std::string_view name) const {
    const auto at = fields_.find(name);
    if (at == fields_.end() || at->second.empty()) return std::nullopt;
    return at->second.expose();
}

void profile::merge(profile over) {
    // A token alone is none, as a refresh that broke off leaves one behind.
    const bool brings_key = over.has("aws_access_key_id") || over.has("aws_secret_access_key");
    auto& giving_way = brings_key ? *this : over;
    for (const auto part : key_parts) giving_way.fields_.erase(std::string(part));
    for (auto& [name, value] : over.fields_) fields_.insert_or_assign(name, std::move(value));
}

result<profile_file> parse_profile_file(std::string_view text, profile_file_kind kind) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.find('\0') != std::string_view::npos)
        return failure(errc::invalid_configuration, "a shared AWS file holds a NUL byte",
                       "Point AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE at text files.");
    reader lines(kind);
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        HK_CHECK(lines.read_line(line));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return std::move(lines).take();
}

profile_map merge_profiles(profile_map config, profile_map credentials) {
    for (auto& [name, over] : credentials) config[name].merge(std::move(over));
    return config;
}

}  // namespace hourkey::credentials
