#include "credentials/sdk_settings.hpp"

#include "core/ascii.hpp"
#include "credentials/profile_choice.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

namespace hourkey::credentials {
namespace {

struct unread_setting {
    std::string_view variable;  ///< empty: none
    std::string_view setting;   ///< of the profile; empty: none
    std::string_view kept;      ///< the value that hourkey does keep to; empty: none
};

/// hourkey's retries, timeouts, user agent and signatures are its own.
constexpr std::array unread_settings{
    unread_setting{"AWS_MAX_ATTEMPTS", "max_attempts", "3"},
    unread_setting{"AWS_RETRY_MODE", "retry_mode", "standard"},
    unread_setting{"AWS_DEFAULTS_MODE", "defaults_mode", ""},
    unread_setting{"AWS_SDK_UA_APP_ID", "sdk_ua_app_id", ""},
    unread_setting{"AWS_AUTH_SCHEME_PREFERENCE", "auth_scheme_preference", "sigv4"},
    unread_setting{"AWS_SIGV4A_SIGNING_REGION_SET", "sigv4a_signing_region_set", ""},
    unread_setting{"", "tcp_keepalive", ""},
    unread_setting{"REQUESTS_CA_BUNDLE", "", ""},
};

failure wrong(const found_setting& setting, std::string_view what, std::string_view fix) {
    return failure(errc::invalid_configuration, setting.from + " " + std::string(what), std::string(fix));
}

class settings_source {
public:
    settings_source(const environment& variables, const shared_profiles& files)
        : variables_(variables), files_(files), choice_(choose_profile(variables)) {
        profile_ = find_profile(files.profiles, choice_.name).settings;
    }

    [[nodiscard]] std::optional<found_setting> in_environment(std::initializer_list<std::string_view> names) const {
        for (const auto name : names)
            if (const auto value = variables_(std::string(name)); value && !value->empty())
                return found_setting{std::string(*value), std::string(name)};
        return std::nullopt;
    }
    [[nodiscard]] std::optional<found_setting> in_profile(std::string_view name) const {
        if (profile_ == nullptr) return std::nullopt;
        const auto value = profile_->find(name);
        if (!value) return std::nullopt;
        return found_setting{std::string(*value), std::string(name) + " of profile " + choice_.name};
    }
    [[nodiscard]] std::optional<found_setting> in_services(std::string_view name) const {
        const auto section = in_profile("services");
        if (!section) return std::nullopt;
        const auto found = files_.services.find(section->value);
        if (found == files_.services.end()) return std::nullopt;
        const auto value = found->second.find(name);
        if (!value) return std::nullopt;
        return found_setting{std::string(*value), std::string(name) + " of services " + section->value};
    }
    [[nodiscard]] std::optional<found_setting> find(std::initializer_list<std::string_view> names,
                                                    std::string_view setting) const {
        if (auto found = in_environment(names)) return found;
        return in_profile(setting);
    }

    /// Empty unless it is on.
    [[nodiscard]] result<std::optional<found_setting>> find_switch(std::string_view variable,
                                                                   std::string_view setting) const {
        auto found = find({variable}, setting);
        if (!found) return found;
        const auto value = lowered(found->value);
        if (value != "true" && value != "false")
            return wrong(*found, "is neither true nor false", "Write true or false.");
        return value == "true" ? std::move(found) : std::nullopt;
    }

    [[nodiscard]] result<std::optional<found_setting>> find_endpoint_url() const {
        HK_TRY(const auto ignored,
               find_switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"));
        if (ignored) return std::optional<found_setting>();
        if (auto found = in_environment({"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"})) return found;
        if (auto found = in_services("sts.endpoint_url")) return found;
        return in_profile("endpoint_url");
    }

    [[nodiscard]] result<std::optional<found_setting>> find_legacy_global() const {
        auto found = find({"AWS_STS_REGIONAL_ENDPOINTS"}, "sts_regional_endpoints");
        if (!found) return found;
        const auto value = lowered(found->value);
        if (value != "legacy" && value != "regional")
            return wrong(*found, "is neither legacy nor regional", "Write regional, or leave it out.");
        return value == "legacy" ? std::move(found) : std::nullopt;
    }

    [[nodiscard]] std::vector<std::string> find_not_obeyed() const {
        std::vector<std::string> out;
        for (const auto& s : unread_settings) {
            const auto found = s.variable.empty()  ? in_profile(s.setting)
                               : s.setting.empty() ? in_environment({s.variable})
                                                   : find({s.variable}, s.setting);
            if (found && (s.kept.empty() || lowered(found->value) != s.kept)) out.push_back(found->from);
        }
        return out;
    }

private:
    const environment& variables_;
    const shared_profiles& files_;
    const profile_choice choice_;
    const profile* profile_ = nullptr;
};

}  // namespace

result<sdk_settings> read_sdk_settings(const environment& variables, const shared_profiles& files) {
    const settings_source source(variables, files);
    sdk_settings out;
    out.region = source.find({"AWS_REGION", "AWS_DEFAULT_REGION"}, "region");
    out.ca_bundle = source.find({"AWS_CA_BUNDLE"}, "ca_bundle");
    HK_TRY(out.endpoint_url, source.find_endpoint_url());
    HK_TRY(out.fips, source.find_switch("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
    HK_TRY(out.dual_stack, source.find_switch("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
    HK_TRY(out.legacy_global, source.find_legacy_global());
    out.not_obeyed = source.find_not_obeyed();
    return out;
}

}  // namespace hourkey::credentials
