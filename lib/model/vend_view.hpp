#pragma once

#include "core/failure.hpp"
#include "model/token.hpp"
#include "model/vend_facts.hpp"

#include <cstdint>
#include <optional>

namespace hourkey::model {

/// Authorisation as it was read. Only compared, by the store: what was there under one of two equal marks was there
/// under the other.
struct authorisation_mark {
    std::uint64_t epoch = 0;
    friend bool operator==(const authorisation_mark&, const authorisation_mark&) = default;
};

/// All that a vend rests on, read in one snapshot.
struct vend_view {
    std::optional<model::token> token;
    /// For the token's tenant and app; broken_seal when one of their rows is not ours.
    result<vend_facts> facts = vend_facts{};
    authorisation_mark seen;
};

}  // namespace hourkey::model
