#include "sts/endpoint.hpp"

#include "aws/known_regions.hpp"
#include "aws/partition.hpp"
#include "core/ascii.hpp"
#include "core/ip_address.hpp"
#include "http/url.hpp"

#include <algorithm>

namespace hourkey::sts {
namespace {

failure named(std::string_view setting, failure why) {
    why.message.insert(0, std::string(setting) + " ");
    return why;
}

/// The region that a host's name tells: STS's own names, FIPS and dual-stack ones and VPC endpoints have it as a label.
std::string region_in(const std::string& host) {
    const auto name = lowered(host);
    if (name == aws::global_sts_host) return std::string(aws::global_sts_region);
    for (std::size_t start = 0; start <= name.size();) {
        const auto end = std::min(name.find('.', start), name.size());
        auto label = name.substr(start, end - start);
        if (aws::has_region_form(label)) return label;
        start = end + 1;
    }
    return {};
}

}  // namespace

result<endpoint_table> endpoint_table::make(endpoint_settings settings) {
    if (!aws::has_region_form(settings.region))
        return failure(errc::invalid_configuration,
                       std::string("aws.region ") + (settings.region.empty() ? "is missing" : "is no AWS region"),
                       "Set aws.region, for example to eu-west-1.");
    endpoint_table out;
    out.default_region_ = std::move(settings.region);
    out.variant_ = settings.variant;
    out.ca_file_ = settings.ca_file;
    out.legacy_global_ = settings.legacy_global && !settings.variant.fips && !settings.variant.dual_stack;
    bool secure = true;
    if (!settings.url.empty()) {
        auto url = http::parse_server_url(settings.url);
        if (url && !url->secure && !is_loopback_host(url->host))
            url = http::bad_url("is http:// to another machine; credentials travel only over https://");
        if (!url) return named(settings.url_from, std::move(url).error());
        secure = url->secure;
        out.override_host_field_ = url->host_field();
        if (auto region_of_host = region_in(url->host); !region_of_host.empty())
            out.default_region_ = std::move(region_of_host);
        out.override_ = net::endpoint{std::move(url->host), url->port, nullptr};
    }
    if (secure) {
        auto tls = net::make_tls_client_context(settings.ca_file);
        if (!tls && !settings.ca_file.empty()) return named(settings.ca_file_from + ":", std::move(tls).error());
        if (!tls) return std::move(tls).error();
        out.tls_ = *std::move(tls);
        if (out.override_) out.override_->tls = out.tls_;
    }
    return out;
}

bool endpoint_table::knows(std::string_view region) const noexcept {
    return region == default_region_ || aws::is_known_region(region) ||
           std::ranges::find(extra_regions_, region) != extra_regions_.end();
}

bool endpoint_table::is_global(std::string_view region) const noexcept {
    return legacy_global_ && aws::has_legacy_global_sts(region);
}

std::string_view endpoint_table::region_of_signature(std::string_view region) const noexcept {
    if (override_) return default_region_;  // it takes signatures for its own region only
    return is_global(region) ? aws::global_sts_region : region;
}

result<sts_endpoint> endpoint_table::for_region(std::string_view region) const {
    HK_TRY(auto host, aws::sts_host(region, variant_));
    if (!knows(region)) return aws::unknown_region();
    sts_endpoint out;
    out.region = region_of_signature(region);
    if (override_) {
        out.host_field = override_host_field_;
        out.to = *override_;
        return out;
    }
    if (is_global(region)) host = aws::global_sts_host;
    out.host_field = host;
    out.to = net::endpoint{std::move(host), 443, tls_};
    return out;
}

}  // namespace hourkey::sts
