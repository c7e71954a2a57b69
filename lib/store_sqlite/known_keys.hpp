#pragma once

#include "model/audit_record.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace hourkey::store {

/// What proves to a database which server keys are at hand: a MAC of a fixed text under each, by its id.
using known_keys = std::map<std::uint8_t, model::audit_hash>;

/// What a database says of its keys, by their ids.
struct key_states {
    std::uint8_t active = 0;
    std::vector<std::uint8_t> retired;
};

}  // namespace hourkey::store
