#pragma once

#include "crypto/mac_keys.hpp"

#include <memory>
#include <string_view>

namespace hourkey::test {

/// A ring of one key.
inline std::shared_ptr<crypto::mac_keys> ring_of(std::string_view key, std::uint8_t id = 1) {
    auto keys = std::make_shared<crypto::mac_keys>();
    keys->add(id, secret(key));
    return keys;
}

}  // namespace hourkey::test
