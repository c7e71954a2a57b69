#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>

namespace hourkey::emulator {

/// What STS answers instead of a result: published status, wire code, sentence.
struct sts_error {
    int status = 400;
    std::string_view code;  ///< of static storage
    std::string message;
};

/// An STS operation's outcome; its error goes to the client as it is.
template <class T = void>
using outcome = boost::system::result<T, sts_error>;

[[nodiscard]] inline sts_error validation_error(std::string message) {
    return {400, "ValidationError", std::move(message)};
}

}  // namespace hourkey::emulator
