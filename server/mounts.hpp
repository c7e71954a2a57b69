#pragma once

#include "server/doors/door.hpp"
#include "server/doors/route.hpp"

#include <memory>
#include <vector>

namespace hourkey::server {

struct services;

/// Where hourkey is spoken to.
enum class opening {
    main,     ///< HTTPS, for everybody
    admin,    ///< health and metrics; plain on loopback
    control,  ///< the socket of the same machine
};
inline constexpr opening all_openings[] = {opening::main, opening::admin, opening::control};

using mounted_doors = std::vector<std::unique_ptr<door>>;

/// The doors that an opening answers for, to be asked in this order; each with parts of one reactor.
[[nodiscard]] mounted_doors mount(opening o, services& with);
/// All that they answer, door after door.
[[nodiscard]] std::vector<route> routes_of(opening o);

}  // namespace hourkey::server
