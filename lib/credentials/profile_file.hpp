#pragma once

#include "core/failure.hpp"
#include "core/secret.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::credentials {

/// One profile's settings by lower-case name. All values are secrets, because some are and none needs printing.
class profile {
public:
    /// Absent and empty are the same, as in the SDKs.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return find(name).has_value(); }
    void set(std::string name, std::string_view value) { fields_.insert_or_assign(std::move(name), secret(value)); }
    /// `over`'s settings replace this one's. The parts of a key are replaced together: a token of one file never
    /// joins a key of the other.
    void merge(profile over);

private:
    std::map<std::string, secret, std::less<>> fields_;
};

using profile_map = std::map<std::string, profile, std::less<>>;

/// `config` writes `[profile name]` and `[default]`, `credentials` writes `[name]`
/// (https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html).
enum class profile_file_kind { config, credentials };

/// What one shared file holds for hourkey.
struct profile_file {
    profile_map profiles;
    profile_map services;  ///< `[services x]` by its name; a nested setting as `sts.endpoint_url`
};

/// Reads one shared file. Other sections (`[sso-session x]`) and a profile's nested blocks are skipped.
/// Fails with invalid_configuration naming the line, never its text.
[[nodiscard]] result<profile_file> parse_profile_file(std::string_view text, profile_file_kind kind);

/// The credentials file wins over the config file.
[[nodiscard]] profile_map merge_profiles(profile_map config, profile_map credentials);

}  // namespace hourkey::credentials
