#pragma once

#include "secretref/document.hpp"

#include <string_view>

namespace hourkey::secretref::test {

[[nodiscard]] inline scan_options options_for(format form) {
    scan_options made;
    made.form = form;
    made.file = "serverless.yml";
    return made;
}

/// A connection that has every field, each its own.
[[nodiscard]] inline answer found_with(std::string_view secret_access_key) {
    answer made;
    made.found = true;
    made.of(field::access_key_id) = secret("ASIAEXAMPLE");
    made.of(field::secret_access_key) = secret(secret_access_key);
    made.of(field::session_token) = secret("IQoJb3JpZ2lu+/=");
    made.of(field::expiration) = secret("2026-11-22T02:59:40Z");
    made.of(field::region) = secret("eu-west-1");
    made.of(field::account_id) = secret("123456789012");
    return made;
}

}  // namespace hourkey::secretref::test
