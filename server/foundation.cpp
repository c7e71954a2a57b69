#include "server/foundation.hpp"

#include "aws/partition.hpp"
#include "server/door_rules.hpp"
#include "server/store_place.hpp"
#include "sts/shared_files.hpp"

#include <string>

namespace hourkey::server {
namespace {

struct found_region {
    std::string name;
    std::string from;  ///< empty: nothing names one
};

found_region region_from(const config& c, const sts::environment& env) {
    if (!c.aws.region.empty()) return {c.aws.region, "aws.region"};
    for (const auto* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
        if (const auto value = env(name); value && !value->empty()) return {std::string(*value), name};
    if (const auto files = sts::read_shared_files(sts::find_shared_files(env))) {
        const auto name = sts::profile_name(env);
        const auto profile = files->profiles.find(name);
        if (profile != files->profiles.end())
            if (const auto region = profile->second.find("region")) return {std::string(*region), "the region of profile " + name};
    }
    return {"us-east-1", {}};
}

result<std::unique_ptr<net::tls_server_context>> load_certificate(const config& c) {
    if (c.listen.cert_file.empty() || c.listen.key_file.empty())
        return failure(errc::invalid_configuration, "listen.cert_file and listen.key_file are not set.",
                       "Name a PEM certificate chain and its key; to try hourkey without any, run: hourkeyd dev");
    return net::tls_server_context::load(c.listen.cert_file, c.listen.key_file);
}

result<std::optional<aws::principal_arn>> read_principal(const config& c, std::string_view region) {
    if (c.aws.principal_arn.empty()) return std::optional<aws::principal_arn>();
    HK_TRY(auto parsed, aws::parse_principal_arn(c.aws.principal_arn));
    const auto* ours = aws::partition_of_region(region);
    if (ours != nullptr && parsed.partition != ours->name)
        return failure(errc::invalid_configuration,
                       "aws.principal_arn is in partition " + parsed.partition + ", and " + std::string(region) + " is in " + std::string(ours->name) + ".",
                       "Name hourkey's own user or role, or a region of its partition.");
    return std::optional(std::move(parsed));
}

}  // namespace

result<foundation> lay_foundation(const config& c, const sts::environment& env) {
    HK_TRY(auto tls, load_certificate(c));
    HK_CHECK(check_doors(c));
    const auto region = region_from(c, env);
    if (!aws::is_region(region.name))
        return failure(errc::invalid_configuration, region.from + " is '" + region.name + "', which is no AWS region.",
                       "Write it in lower case, like eu-west-1.");
    HK_TRY(auto endpoints, sts::endpoint_table::make(region.name, c.aws.sts_endpoint, c.aws.ca_file));
    HK_TRY(auto principal, read_principal(c, endpoints.default_region()));
    HK_CHECK(check_store_place(c));
    return foundation{.tls = std::move(tls), .endpoints = std::move(endpoints), .principal = std::move(principal), .region_is_assumed = region.from.empty()};
}

}  // namespace hourkey::server
