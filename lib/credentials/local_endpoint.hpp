#pragma once

#include "credentials/source.hpp"
#include "http/client.hpp"
#include "http/url.hpp"
#include "net/connection_pool.hpp"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hourkey::credentials {

/// How often something is asked, and how long each time.
struct attempts {
    std::chrono::milliseconds patience;
    int most = 1;
};

/// HTTP to what a platform has beside its machines and containers. One fetch's: its connection goes with it.
class local_endpoint {
public:
    [[nodiscard]] static result<local_endpoint> make(const http::url& url, fetch_tools tools);

    /// Again after no answer, a 429 or a 5xx. Fails as http::exchange does. `field`: one more header; empty: none. It
    /// is wiped.
    [[nodiscard]] task<result<http::client_answer>> ask(http::method verb, std::string target, http::header field,
                                                        attempts how);
    [[nodiscard]] const std::string& host() const noexcept { return host_; }

private:
    local_endpoint(net::endpoint to, std::string host, fetch_tools tools);
    std::unique_ptr<net::connection_pool> pool_;
    std::string host_;
    const clock_source* clock_;
};

/// Keys travel in plain text only where nobody can listen in between: on loopback, and at the addresses that a platform
/// has for it.
[[nodiscard]] bool may_be_plain(const std::string& host, std::span<const std::string_view> platforms_own);

/// The keys of a 200's document; base_credentials_unavailable with what it says instead, or that it is none. `who` is
/// named in the words: "the container endpoint".
[[nodiscard]] result<fetched_keys> read_keys(const http::client_answer& got, std::string_view who);
/// It answers, with a certificate that does not verify.
[[nodiscard]] bool is_distrusted(const result<http::client_answer>& got);
/// Why anything but a 200 came, in the same way.
[[nodiscard]] failure not_given(const result<http::client_answer>& got, std::string_view who);

}  // namespace hourkey::credentials
