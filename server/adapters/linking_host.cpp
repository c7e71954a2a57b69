#include "server/adapters/linking_host.hpp"

#include "linking/open_findings.hpp"
#include "obs/log.hpp"

namespace hourkey::server {

linking::own_identity linking_host::identity() const {
    auto ours = identify_();
    return {.principal_arn = std::move(ours.principal_arn), .partition = std::move(ours.partition)};
}

void linking_host::tell_unstored(const linking::finding& f, const failure& why) const {
    obs::log(obs::level::warn,
             "a finding against a connection could not be stored yet; the connection does not vend all the same",
             {{"tenant_id", f.seen.tenant_id.str()},
              {"connection", f.seen.name.str()},
              {"state", to_text(f.state)},
              {"cause", why.cause}});
}

}  // namespace hourkey::server
