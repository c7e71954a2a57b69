#include "credentials/credential_plan.hpp"

#include "credentials/profile_choice.hpp"
#include "credentials/sources/environment_keys.hpp"
#include "credentials/sources/profile_keys.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::credentials {
namespace {

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
            if (seen && !(names_itself && has_key(*here)))
                return unusable_profile(at, "source_profile leads round in a circle");
            // A source that has keys is the end of the chain, whatever role it has for those who choose it themselves.
            const bool ends_here = (!steps.empty() && has_key(*here)) || here->has("web_identity_token_file");
            if (seen || ends_here || !here->has("role_arn")) {
                HK_TRY(auto root, root_of(*here, at));
                return finish(std::move(root), std::move(steps), name);
            }
            visited_.push_back(at);
            HK_TRY(auto step, step_of_profile(*here, at));
            steps.push_back(std::move(step));
            const auto source_profile = here->find("source_profile");
            const auto credential_source = here->find("credential_source");
            if (source_profile && credential_source)
                return unusable_profile(at, "has both source_profile and credential_source; keep one");
            if (!source_profile && !credential_source)
                return unusable_profile(at, "has role_arn but neither source_profile nor credential_source");
            if (credential_source) {
                HK_TRY(auto root, root_of_environment(*credential_source, at));
                return finish(std::move(root), std::move(steps), name);
            }
            at = *source_profile;
        }
    }

private:
    static credential_plan finish(key_root root, std::vector<role_step> steps, const std::string& name) {
        std::ranges::reverse(steps);
        return {std::move(root), std::move(steps), "profile " + name};
    }

    result<const profile*> find(const std::string& at, const profile_choice& first) const {
        const auto found = files_.profiles.find(at);
        if (found != files_.profiles.end()) return &found->second;
        if (!visited_.empty())
            return unusable_profile(
                visited_.back(), "names the source_profile " + at + ", which the shared files do not have" + lacking());
        const auto by = first.variable.empty() ? std::string() : "(" + std::string(first.variable) + ") ";
        return unusable_profile(at, by + (files_.lacking.empty() ? "is not in the shared config and credentials files"
                                                                 : "is not there: " + files_.lacking));
    }

    /// A file that is not there may be the one that has it.
    [[nodiscard]] std::string lacking() const { return files_.lacking.empty() ? std::string() : ": " + files_.lacking; }

    [[nodiscard]] result<key_root> root_of(const profile& p, const std::string& name) const {
        if (p.has("web_identity_token_file")) {
            HK_TRY(auto bearer, web_identity_of_profile(p, name));
            return key_root(std::move(bearer));
        }
        if (has_key(p)) {
            HK_TRY(auto keys, keys_of_profile(p, name));
            return key_root(std::move(keys));
        }
        if (p.has("credential_process")) {
            HK_TRY(auto command, process_of_profile(p, name));
            return key_root(std::move(command));
        }
        for (const auto unread : {"sso_session", "sso_start_url", "login_session"})
            if (p.has(unread))
                return unusable_profile(
                    name,
                    std::string("uses ") + unread +
                        ", which hourkey does not read; make another profile with credential_process = aws configure " +
                        "export-credentials --profile " + name + " --format process, and set AWS_PROFILE to that");
        return unusable_profile(name, "has neither keys nor credential_process nor role_arn" + lacking());
    }

    result<key_root> root_of_environment(std::string_view credential_source, const std::string& name) const {
        if (credential_source == "EcsContainer") {
            HK_TRY(auto endpoint, container_of_environment(variables_));
            if (endpoint) return key_root(*std::move(endpoint));
            return unusable_profile(
                name,
                "has credential_source EcsContainer, but AWS_CONTAINER_CREDENTIALS_RELATIVE_URI and "
                "AWS_CONTAINER_CREDENTIALS_FULL_URI are not set");
        }
        if (credential_source == "Ec2InstanceMetadata") {
            HK_TRY(auto service, find_instance_metadata(variables_, find_profile(files_.profiles, visited_.front())));
            if (service) return key_root(*std::move(service));
            return unusable_profile(name,
                                    "has credential_source Ec2InstanceMetadata, but AWS_EC2_METADATA_DISABLED is true");
        }
        if (credential_source != "Environment")
            return unusable_profile(
                name, "has an unknown credential_source; known are Environment, EcsContainer and Ec2InstanceMetadata");
        HK_TRY(auto keys, keys_of_environment(variables_));
        if (!keys)
            return unusable_profile(
                name, "has credential_source Environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
        return key_root(*std::move(keys));
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
result<std::optional<credential_plan>> plan_by_platform(const environment& variables, const named_profile& chosen) {
    HK_TRY(auto endpoint, container_of_environment(variables));
    if (endpoint) return std::optional(credential_plan{*std::move(endpoint), {}, "container endpoint"});
    HK_TRY(auto service, find_instance_metadata(variables, chosen));
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
    const auto profile = find_profile(files.profiles, choice.name);
    const bool has_none = profile.settings != nullptr ? !has_source(*profile.settings) : choice.variable.empty();
    if (chosen || !has_none) return why;
    HK_TRY(auto platform, plan_by_platform(variables, profile));
    if (!platform) return why;
    platform->lacking = std::string(no_keys) + why.hint + "; ";
    return *std::move(platform);
}

}  // namespace

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

}  // namespace hourkey::credentials
