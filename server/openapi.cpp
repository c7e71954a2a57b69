#include "server/openapi.hpp"

#include "api/openapi.hpp"
#include "policy/access.hpp"
#include "server/mounts.hpp"
#include "server/version.hpp"

#include <optional>
#include <vector>

namespace hourkey::server {
namespace {

using policy::right;

bool may(model::role r, right needed) {
    // Past the route the vend's own decision refuses all but apps, on record.
    if (needed == right::vend) return r == model::role::app;
    model::principal who;
    who.role = r;
    const auto own = tenant_name::parse("own");
    who.tenant = *own;
    return policy::check_access(needed, who, *own).has_value();
}

std::string roles_for(right needed) {
    using enum model::role;
    std::string out;
    if (needed == right::anyone) return out;
    for (const auto r : {operator_, admin, app, auditor})
        if (may(r, needed)) out.append(out.empty() ? "" : ", ").append(to_text(r));
    return out;
}

std::string make_document() {
    std::vector<api::offered> offered;
    for (const auto& r : routes_of(opening::main))
        offered.push_back({.verb = to_text(r.verb), .path = r.path, .roles = roles_for(r.needs)});
    return api::openapi_document(offered, version);
}

}  // namespace

const std::string& openapi() {
    static const std::string made = make_document();
    return made;
}

}  // namespace hourkey::server
