#include "credentials/credential_plan.hpp"

#include "aws/sts_request.hpp"
#include "credentials/container_source.hpp"
#include "credentials/expiration_text.hpp"
#include "credentials/metadata_source.hpp"
#include "credentials/process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace hourkey::credentials {
namespace {

constexpr std::string_view default_session = "hourkey";
constexpr std::chrono::seconds shortest_session{900};
constexpr std::chrono::seconds longest_session{43200};
constexpr std::chrono::seconds default_session_duration{3600};

constexpr key_names in_environment{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"};
constexpr key_names in_profile{"aws_access_key_id", "aws_secret_access_key", "aws_session_token"};

failure unusable(std::string hint) { return failure(errc::base_credentials_unavailable, {}, std::move(hint)); }

std::optional<std::string_view> not_empty(const environment& variables, const std::string& name) {
    const auto value = variables(name);
    return value && !value->empty() ? value : std::nullopt;
}

bool is_word(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_visible(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) { return c >= 0x21 && c <= 0x7E; });
}

/// As an env file or a TOML habit leaves them; no part of a key holds any.
bool is_quoted(std::string_view text) noexcept {
    return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
}

/// Half a pair is an error and not "try the next source": the operator meant this one.
result<std::optional<aws::credentials>> keys_of_environment(const environment& variables) {
    const auto id = not_empty(variables, "AWS_ACCESS_KEY_ID");
    const auto key = not_empty(variables, "AWS_SECRET_ACCESS_KEY");
    if (!id && !key) return std::optional<aws::credentials>();
    if (!id) return unusable("environment: AWS_SECRET_ACCESS_KEY is set without AWS_ACCESS_KEY_ID");
    if (!key) return unusable("environment: AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY");
    std::optional<wall_time> expiration;
    if (const auto text = not_empty(variables, "AWS_CREDENTIAL_EXPIRATION")) {
        const auto parsed = parse_expiration(*text);
        if (!parsed) return unusable("environment: AWS_CREDENTIAL_EXPIRATION is not an RFC 3339 time");
        expiration = *parsed;
    }
    auto token = not_empty(variables, "AWS_SESSION_TOKEN");
    if (!token) token = not_empty(variables, "AWS_SECURITY_TOKEN");  // its older name, which botocore still reads
    HK_TRY(auto keys, make_credentials(*id, *key, token.value_or(""), expiration, "environment", in_environment));
    return std::optional(std::move(keys));
}

/// As EKS and others set it for a pod.
result<std::optional<web_identity>> web_identity_of_environment(const environment& variables) {
    const auto file = not_empty(variables, "AWS_WEB_IDENTITY_TOKEN_FILE");
    if (!file) return std::optional<web_identity>();
    const auto arn = not_empty(variables, "AWS_ROLE_ARN");
    if (!arn) return unusable("environment: AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN");
    auto role = aws::role_arn::parse(*arn);
    if (!role) return unusable("environment: AWS_ROLE_ARN is no role's ARN");
    auto session = aws::session_name::parse(not_empty(variables, "AWS_ROLE_SESSION_NAME").value_or(default_session));
    if (!session) return unusable("environment: AWS_ROLE_SESSION_NAME is not 2..64 of A-Z a-z 0-9 _ + = , . @ -");
    return std::optional(
        web_identity{std::string(*file), *std::move(role), *std::move(session), default_session_duration});
}

/// Follows one profile to its root. Roles are met from the outside in, so the steps are turned round at the end.
class profile_walk {
public:
    profile_walk(const shared_profiles& files, const environment& variables) : files_(files), variables_(variables) {}

    result<credential_plan> walk(const profile_choice& first) {
        std::vector<role_step> steps;
        const auto& name = first.name;
        std::string at = name;
        for (;;) {
            HK_TRY(const profile* here, find(at, first));
            const bool seen = std::ranges::find(visited_, at) != visited_.end();
            const bool names_itself = seen && visited_.back() == at;
            // A profile may name itself as the source of its own role's keys, and only so (SDK reference,
            // source_profile).
            if (seen && !(names_itself && has_key(*here))) return wrong(at, "source_profile leads round in a circle");
            // A source that has keys is the end of the chain, whatever role it has for those who choose it themselves.
            const bool ends_here = (!steps.empty() && has_key(*here)) || here->has("web_identity_token_file");
            if (seen || ends_here || !here->has("role_arn")) {
                HK_TRY(auto root, root_of(*here, at));
                return finish(std::move(root), std::move(steps), name);
            }
            visited_.push_back(at);
            HK_TRY(auto step, step_of(*here, at));
            steps.push_back(std::move(step));
            const auto source_profile = here->find("source_profile");
            const auto credential_source = here->find("credential_source");
            if (source_profile && credential_source)
                return wrong(at, "has both source_profile and credential_source; keep one");
            if (!source_profile && !credential_source)
                return wrong(at, "has role_arn but neither source_profile nor credential_source");
            if (credential_source) {
                HK_TRY(auto root, root_of_environment(*credential_source, at));
                return finish(std::move(root), std::move(steps), name);
            }
            at = *source_profile;
        }
    }

private:
    using root_type = decltype(credential_plan::root);

    static failure wrong(const std::string& name, std::string_view what) {
        return unusable("profile " + name + " " + std::string(what));
    }
    static bool has_key(const profile& p) { return p.has("aws_access_key_id") || p.has("aws_secret_access_key"); }

    static credential_plan finish(root_type root, std::vector<role_step> steps, const std::string& name) {
        std::ranges::reverse(steps);
        return {std::move(root), std::move(steps), "profile " + name};
    }

    result<const profile*> find(const std::string& at, const profile_choice& first) const {
        const auto found = files_.profiles.find(at);
        if (found != files_.profiles.end()) return &found->second;
        if (!visited_.empty())
            return wrong(visited_.back(),
                         "names the source_profile " + at + ", which the shared files do not have" + lacking());
        const auto by = first.variable.empty() ? std::string() : "(" + std::string(first.variable) + ") ";
        return wrong(at, by + (files_.lacking.empty() ? "is not in the shared config and credentials files"
                                                      : "is not there: " + files_.lacking));
    }

    /// A file that is not there may be the one that has it.
    [[nodiscard]] std::string lacking() const { return files_.lacking.empty() ? std::string() : ": " + files_.lacking; }

    [[nodiscard]] result<root_type> root_of(const profile& p, const std::string& name) const {
        if (p.has("web_identity_token_file")) return web_identity_of(p, name);
        if (has_key(p)) {
            const auto id = p.find("aws_access_key_id");
            const auto key = p.find("aws_secret_access_key");
            if (!id) return wrong(name, "has aws_secret_access_key without aws_access_key_id");
            if (!key) return wrong(name, "has aws_access_key_id without aws_secret_access_key");
            auto token = p.find("aws_session_token");
            if (!token) token = p.find("aws_security_token");
            HK_TRY(auto keys,
                   make_credentials(*id, *key, token.value_or(""), std::nullopt, "profile " + name, in_profile));
            return root_type(std::move(keys));
        }
        if (const auto command = p.find("credential_process")) {
            auto arguments = split_arguments(*command);
            if (!arguments) return wrong(name, "cannot be used: " + std::string(arguments.error().text()));
            return root_type(*std::move(arguments));
        }
        for (const auto unread : {"sso_session", "sso_start_url", "login_session"})
            if (p.has(unread))
                return wrong(
                    name,
                    std::string("uses ") + unread +
                        ", which hourkey does not read; make another profile with credential_process = aws configure " +
                        "export-credentials --profile " + name + " --format process, and set AWS_PROFILE to that");
        return wrong(name, "has neither keys nor credential_process nor role_arn" + lacking());
    }

    result<root_type> root_of_environment(std::string_view credential_source, const std::string& name) const {
        if (credential_source == "EcsContainer") {
            HK_TRY(auto endpoint, container_of_environment(variables_));
            if (endpoint) return root_type(*std::move(endpoint));
            return wrong(name,
                         "has credential_source EcsContainer, but AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and "
                         "AWS_CONTAINER_CREDENTIALS_FULL_URI are not set");
        }
        if (credential_source == "Ec2InstanceMetadata") {
            HK_TRY(auto service, metadata_of_environment(variables_));
            if (service) return root_type(*std::move(service));
            return wrong(name, "has credential_source Ec2InstanceMetadata, but AWS_EC2_METADATA_DISABLED is true");
        }
        if (credential_source != "Environment")
            return wrong(
                name, "has an unknown credential_source; known are Environment, EcsContainer and Ec2InstanceMetadata");
        HK_TRY(auto keys, keys_of_environment(variables_));
        if (!keys)
            return wrong(
                name, "has credential_source Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
        return root_type(*std::move(keys));
    }

    struct role_part {
        aws::role_arn role;
        aws::session_name session;
        std::chrono::seconds duration;
    };
    static result<role_part> role_part_of(const profile& p, const std::string& name) {
        auto role = aws::role_arn::parse(*p.find("role_arn"));
        if (!role) return wrong(name, "has a role_arn that is no role's ARN");
        auto session = aws::session_name::parse(p.find("role_session_name").value_or(default_session));
        if (!session) return wrong(name, "has a role_session_name that is not 2..64 of A-Z a-z 0-9 _ + = , . @ -");
        auto duration = default_session_duration;
        if (const auto text = p.find("duration_seconds")) {
            int seconds = 0;
            const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
            duration = std::chrono::seconds(seconds);
            if (error != std::errc{} || end != text->data() + text->size() || duration < shortest_session ||
                duration > longest_session)
                return wrong(name, "has a duration_seconds that is not 900..43200");
        }
        return role_part{*std::move(role), *std::move(session), duration};
    }

    static result<root_type> web_identity_of(const profile& p, const std::string& name) {
        if (!p.has("role_arn")) return wrong(name, "has web_identity_token_file without role_arn");
        HK_TRY(auto part, role_part_of(p, name));
        return root_type(web_identity{std::string(*p.find("web_identity_token_file")), std::move(part.role),
                                      std::move(part.session), part.duration});
    }

    static result<role_step> step_of(const profile& p, const std::string& name) {
        // A server cannot type a code.
        if (p.has("mfa_serial"))
            return wrong(name, "has mfa_serial; a server cannot answer MFA, so use a role that does not ask for it");
        HK_TRY(auto part, role_part_of(p, name));
        const auto external_id = p.find("external_id").value_or("");
        if (!external_id.empty() && !aws::is_external_id(external_id))
            return wrong(name, "has an external_id that is not 2..1224 of A-Z a-z 0-9 _ + = , . @ : / -");
        return role_step{std::move(part.role), std::move(part.session), std::string(external_id), part.duration};
    }

    const shared_profiles& files_;
    const environment& variables_;
    std::vector<std::string> visited_;
};

/// Whether a profile says where its credentials come from.
bool has_source(const profile& p) {
    for (const auto* setting : {"aws_access_key_id", "aws_secret_access_key", "credential_process", "role_arn",
                                "web_identity_token_file", "sso_session", "sso_start_url", "login_session"})
        if (p.has(setting)) return true;
    return false;
}

/// Which goes before the environment's web identity (botocore's order); a profile that is named and not there goes
/// before all.
bool assumes_a_role(const shared_profiles& files, const profile_choice& choice) {
    const auto found = files.profiles.find(choice.name);
    if (found == files.profiles.end()) return !choice.variable.empty();
    return found->second.has("role_arn") && !found->second.has("web_identity_token_file");
}

constexpr std::string_view no_keys = "environment: AWS_ACCESS_KEY_ID is not set; ";

/// Where nothing else is set up: what a container's or a machine's platform gives.
result<std::optional<credential_plan>> plan_by_platform(const environment& variables) {
    HK_TRY(auto endpoint, container_of_environment(variables));
    if (endpoint) return std::optional(credential_plan{*std::move(endpoint), {}, "container endpoint"});
    HK_TRY(auto service, metadata_of_environment(variables));
    if (service) return std::optional(credential_plan{*std::move(service), {}, "instance metadata"});
    return std::optional<credential_plan>();
}

result<credential_plan> plan_without_keys(const environment& variables, const std::optional<std::string>& chosen,
                                          const std::function<result<shared_profiles>()>& read_files) {
    HK_TRY(const auto files, read_files());
    const auto choice = chosen ? profile_choice{*chosen} : choose_profile(variables);
    if (!chosen && !assumes_a_role(files, choice)) {
        HK_TRY(auto bearer, web_identity_of_environment(variables));
        if (bearer) return credential_plan{*std::move(bearer), {}, "web identity"};
    }
    auto walked = profile_walk(files, variables).walk(choice);
    if (walked) {
        walked->files = files.paths;
        return walked;
    }
    auto why = std::move(walked).error();  // error() is a copy
    why.cause = files.paths;
    const auto found = files.profiles.find(choice.name);
    const bool has_none = found == files.profiles.end() ? choice.variable.empty() : !has_source(found->second);
    if (chosen || !has_none) return why;
    HK_TRY(auto platform, plan_by_platform(variables));
    if (!platform) return why;
    platform->lacking = std::string(no_keys) + why.hint + "; ";
    return *std::move(platform);
}

}  // namespace

std::optional<std::string_view> process_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string_view>(value) : std::nullopt;
}

profile_choice choose_profile(const environment& variables) {
    for (const auto* name : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"})
        if (const auto value = not_empty(variables, name)) return {std::string(*value), name};
    return {};
}

result<credential_plan> plan_credentials(const environment& variables, const std::optional<std::string>& chosen,
                                         const std::function<result<shared_profiles>()>& read_files) {
    if (!chosen) {
        HK_TRY(auto keys, keys_of_environment(variables));
        if (keys) return credential_plan{*std::move(keys), {}, "environment"};
    }
    auto plan = plan_without_keys(variables, chosen, read_files);
    if (plan || chosen) return plan;
    auto why = std::move(plan).error();
    why.hint.insert(0, no_keys);
    return why;
}

result<aws::credentials> make_credentials(std::string_view id, std::string_view key, std::string_view token,
                                          std::optional<wall_time> expiration, std::string_view where,
                                          const key_names& names) {
    const auto wrong = [&](std::string_view what, std::string_view name, std::string_view why) {
        return unusable(
            std::string(where).append(": the ").append(what).append(" (").append(name).append(") ").append(why));
    };
    if (id.empty() || id.size() > 128 || !is_word(id))
        return wrong("access key id", names.id, "is not 1..128 of A-Z a-z 0-9 _");
    if (key.empty() || !is_visible(key))
        return wrong("secret access key", names.key, "is empty or holds a blank or a control character");
    if (is_quoted(key)) return wrong("secret access key", names.key, "is in quotes; leave them out");
    if (!is_visible(token)) return wrong("session token", names.token, "holds a blank or a control character");
    if (is_quoted(token)) return wrong("session token", names.token, "is in quotes; leave them out");
    return aws::credentials{std::string(id), secret(key), secret(token), expiration};
}

}  // namespace hourkey::credentials
