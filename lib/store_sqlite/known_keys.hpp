#pragma once

#include "model/audit_record.hpp"

#include <cstdint>
#include <map>

namespace hourkey::store {

/// What proves to a database which server keys are at hand: a MAC of a fixed text under each, by its id.
using known_keys = std::map<std::uint8_t, model::audit_hash>;

}  // namespace hourkey::store
