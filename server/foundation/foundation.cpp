#include "server/foundation/foundation.hpp"

#include "aws/partition.hpp"
#include "server/foundation/door_rules.hpp"
#include "server/foundation/proxy_settings.hpp"
#include "server/foundation/public_url.hpp"
#include "server/foundation/rate_settings.hpp"
#include "server/store_files/store_place.hpp"

#include <string>
#include <utility>

namespace hourkey::server {
namespace {

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
                       "aws.principal_arn is in partition " + parsed.partition + ", and " + std::string(region) +
                           " is in " + std::string(ours->name) + ".",
                       "Name hourkey's own user or role, or a region of its partition.");
    return std::optional(std::move(parsed));
}

}  // namespace

result<foundation> lay_foundation(const config& c, const credentials::environment& env) {
    HK_TRY(auto tls, load_certificate(c));
    HK_CHECK(check_doors(c));
    HK_TRY(auto public_url, public_url_of(c));
    HK_TRY(auto choice, choose_aws(c, env));
    HK_TRY(auto principal, read_principal(c, choice.endpoints.default_region()));
    HK_CHECK(check_store_place(c));
    HK_TRY(auto rates, rate_settings_of(c));
    HK_TRY(auto proxies, trusted_proxies_of(c));
    return foundation{.tls = std::move(tls),
                      .choice = std::move(choice),
                      .principal = std::move(principal),
                      .rates = std::move(rates),
                      .public_url = std::move(public_url),
                      .proxies = std::move(proxies)};
}

}  // namespace hourkey::server
