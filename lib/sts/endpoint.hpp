#pragma once

#include "aws/partition.hpp"
#include "core/failure.hpp"
#include "net/connection_pool.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::sts {

/// Where one region's STS is, and how to sign for it.
struct sts_endpoint {
    std::string region;      ///< of the signature
    std::string host_field;  ///< as it is signed and sent: a default port is left out, an IPv6 literal is in brackets
    net::endpoint to;
};

/// What decides where calls go; each text beside the name of the setting that it comes from, for an error to say.
struct endpoint_settings {
    std::string region;
    /// Empty or `https://host[:port]`, or `http://` to `localhost` or a loopback address, for there nobody can listen
    /// in between. A region in its host's name goes before `region`.
    std::string url = {};
    std::string url_from = "aws.sts_endpoint";
    std::string ca_file = {};  ///< empty: the system's trust store
    std::string ca_file_from = "aws.ca_file";
    aws::endpoint_variant variant = {};  ///< of each region's own endpoint
    bool legacy_global = false;  ///< the global endpoint for the regions that are older than the regional ones
};

/// Knows every region's endpoint: that of the partition table, or one configured for all. A value; what it shares, the
/// TLS context, may be used from any thread.
class endpoint_table {
public:
    /// Fails with invalid_configuration about the region, the URL or the CA file.
    [[nodiscard]] static result<endpoint_table> make(endpoint_settings settings);

    /// Where base credentials are fetched and calls go that name no region.
    [[nodiscard]] const std::string& default_region() const noexcept { return default_region_; }
    /// What TLS trusts; empty: the system's trust store.
    [[nodiscard]] const std::string& ca_file() const noexcept { return ca_file_; }
    /// Regions that AWS has opened since aws::known_regions() was written.
    void allow(std::vector<std::string> more_regions) { extra_regions_ = std::move(more_regions); }
    /// The default one, those of AWS and those allowed. An invented one would be a host name of a tenant's choice.
    [[nodiscard]] bool knows(std::string_view region) const noexcept;
    /// What calls for `region` are signed for: with an override that endpoint's own.
    [[nodiscard]] std::string_view region_of_signature(std::string_view region) const noexcept;

    /// With an override that one endpoint, signed for its region, whatever region is asked for.
    /// Fails with invalid_request about `region`.
    [[nodiscard]] result<sts_endpoint> for_region(std::string_view region) const;

private:
    endpoint_table() = default;
    [[nodiscard]] bool is_global(std::string_view region) const noexcept;
    std::string default_region_;
    aws::endpoint_variant variant_;
    bool legacy_global_ = false;
    std::vector<std::string> extra_regions_;
    std::optional<net::endpoint> override_;
    std::string override_host_field_;
    std::string ca_file_;
    net::ssl_ctx_ptr tls_;
};

}  // namespace hourkey::sts
