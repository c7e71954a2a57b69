#pragma once

#include "core/failure.hpp"
#include "net/connection_pool.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hourkey::sts {

/// Where one region's STS is, and how to sign for it.
struct sts_endpoint {
    std::string region;      ///< of the signature
    std::string host_field;  ///< as it is signed and sent: a default port is left out, an IPv6 literal is in brackets
    net::endpoint to;
};

/// Knows every region's endpoint: that of the partition table, or `[aws] sts_endpoint` for all. A value; what it shares, the
/// TLS context, may be used from any thread.
class endpoint_table {
public:
    /// `override_url` empty or `https://host[:port]`, or `http://` to `localhost` or a loopback address, for there nobody
    /// can listen in between. A region in its host's name goes before `region`. `ca_file` empty: the system's trust store.
    /// Fails with invalid_configuration about `aws.region`, `aws.sts_endpoint` or the CA file.
    [[nodiscard]] static result<endpoint_table> make(std::string region, std::string_view override_url, const std::string& ca_file);

    /// Where base credentials are fetched and calls go that name no region.
    [[nodiscard]] const std::string& default_region() const noexcept { return default_region_; }
    /// With an override that one endpoint, signed for its region, whatever region is asked for.
    /// Fails with invalid_request about `region`.
    [[nodiscard]] result<sts_endpoint> for_region(std::string_view region) const;

private:
    endpoint_table() = default;
    std::string default_region_;
    std::optional<net::endpoint> override_;
    std::string override_host_field_;
    net::ssl_ctx_ptr tls_;
};

}  // namespace hourkey::sts
