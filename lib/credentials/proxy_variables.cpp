#include "credentials/proxy_variables.hpp"

#include "core/ascii.hpp"
#include "credentials/unicode_blank.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>

namespace hourkey::credentials {
namespace {

namespace ip = boost::asio::ip;

std::optional<std::string_view> either(const environment& variables, const char* name, const char* lower_name) {
    for (const auto* spelling : {lower_name, name})
        if (const auto value = variables(spelling); value && !value->empty()) return value;
    return std::nullopt;
}

std::string without_port(std::string entry) {
    if (entry.starts_with('[')) return entry.substr(1, entry.find(']') - 1);
    const auto colon = entry.find(':');
    if (colon != std::string::npos && entry.find(':', colon + 1) == std::string::npos) entry.erase(colon);
    return entry;
}

bool is_in_range(const ip::address& address, const std::string& range) {
    boost::system::error_code error;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(range, error);
        return !error &&
               ip::make_network_v4(address.to_v4(), network.prefix_length()).canonical() == network.canonical();
    }
    const auto network = ip::make_network_v6(range, error);
    return !error && ip::make_network_v6(address.to_v6(), network.prefix_length()).canonical() == network.canonical();
}

bool excepts(std::string entry, const std::string& host) {
    if (entry == "*") return true;
    boost::system::error_code error;
    const auto address = ip::make_address(host, error);
    const bool is_address = !error;
    if (entry.find('/') != std::string::npos) return is_address && is_in_range(address, entry);
    entry = without_port(std::move(entry));
    if (entry.starts_with("*.")) entry.erase(0, 1);
    if (entry.starts_with('.')) entry.erase(0, 1);
    if (entry.empty()) return false;
    if (is_address) return ip::make_address(entry, error) == address && !error;
    return host == entry || host.ends_with("." + entry);
}

}  // namespace

std::optional<std::string> proxy_variable_for(const environment& variables, std::string_view host) {
    std::optional<std::string> found;
    for (const auto* name : {"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}) {
        const auto value = variables(name);
        if (found || !value || value->empty()) continue;
        found = name;
    }
    if (!found) return std::nullopt;
    const auto wanted = lowered(host);
    auto rest = either(variables, "NO_PROXY", "no_proxy").value_or("");
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(", "), rest.size());
        auto entry = lowered(without_blanks(rest.substr(0, end)));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!entry.empty() && excepts(std::move(entry), wanted)) return std::nullopt;
    }
    return found;
}

}  // namespace hourkey::credentials
