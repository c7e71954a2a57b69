#pragma once

#include "server/doors/route_match.hpp"
#include "server/mounts.hpp"

#include <string>
#include <utility>
#include <vector>

namespace hourkey::server {

/// A request as its opening matches it.
struct asked {
    std::string path;
    http::request http;
    call what{.http = http,
              .request_id = {},
              .now = {},
              .caller = {},
              .basis = {},
              .tenant = {},
              .tenant_id = {},
              .parameters = {}};
    std::vector<route> table;
    result<const route*> found = nullptr;

    asked(http::method verb, std::string of, opening o = opening::main) : path(std::move(of)), table(routes_of(o)) {
        http.verb = verb;
        http.path = path;
        found = match(table, what);
    }
    asked(const asked&) = delete;  // `what` looks into it
    asked& operator=(const asked&) = delete;
    [[nodiscard]] const route* row() const { return found ? *found : nullptr; }
};

}  // namespace hourkey::server
