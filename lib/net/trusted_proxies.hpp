#pragma once

#include "net/address_set.hpp"

namespace hourkey::net {

/// Whom the server believes when it says whose request it hands on. Nobody else: a client could name any address.
struct trusted_proxies {
    enum class speaks : unsigned char {
        http,              ///< X-Forwarded-For
        proxy_protocol_v2  ///< each of their connections begins with a header; X-Forwarded-For too, when that names one
                           ///< of them
    };
    address_set from;
    speaks what = speaks::http;
};

}  // namespace hourkey::net
