#pragma once

#include "emulator/sts_emulator.hpp"

#include <string>

namespace hourkey::emulator {

/// One request on its way through the emulator.
struct sts_emulator::exchange {
    const request& asked;
    form query;       ///< the query string's parameters: what a signature covers
    form parameters;  ///< these and the body's
    std::string action;
    std::string request_id;
    wall_time now;  ///< the server's clock, faults included
    std::optional<fault_rule> fault_now;
    assume_role_record record;
    principal caller;    ///< of a signed request
    std::string region;  ///< as the signature names it
};

}  // namespace hourkey::emulator
