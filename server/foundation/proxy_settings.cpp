#include "server/foundation/proxy_settings.hpp"

#include "server/foundation/list_value.hpp"

namespace hourkey::server {

result<std::shared_ptr<const net::trusted_proxies>> trusted_proxies_of(const config& c) {
    auto from = net::address_set::parse(list_value(c.listen.trusted_proxies));
    if (!from) {
        auto why = std::move(from).error();
        why.message = "listen.trusted_proxies: " + why.message;
        return why;
    }
    const bool speaks_first = c.listen.proxy_protocol == "v2";
    if (from->empty()) {
        if (speaks_first)
            return failure(errc::invalid_configuration,
                           "listen.proxy_protocol is \"v2\", and listen.trusted_proxies names nobody.",
                           "List the balancer's addresses in listen.trusted_proxies.");
        return std::shared_ptr<const net::trusted_proxies>();
    }
    using speaks = net::trusted_proxies::speaks;
    return std::make_shared<const net::trusted_proxies>(
        net::trusted_proxies{*std::move(from), speaks_first ? speaks::proxy_protocol_v2 : speaks::http});
}

}  // namespace hourkey::server
