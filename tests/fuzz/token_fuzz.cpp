#include "auth/authenticator.hpp"
#include "auth/token_format.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace auth = hourkey::auth;

/// A token that parses has exactly the form that scanners look for; whatever a header holds, what is found in it is a
/// part of it without separators.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto parsed = auth::parse_token(text)) {
        std::string start("hk_");
        start.append(to_text(parsed->role)).append("_").append(parsed->id.str()).append("_");
        if (!text.starts_with(start) || text.size() != start.size() + 43 + 1 + 6) std::abort();
        if (text.substr(start.size())
                .find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") !=
            std::string_view::npos)
            std::abort();
    } else if (parsed.error().code != hourkey::errc::unauthenticated) {
        std::abort();
    }
    if (const auto found = auth::find_credential(text, std::nullopt)) {
        if (!text.ends_with(*found) || found->empty() || found->find_first_of(" \t,") != std::string_view::npos)
            std::abort();
    }
    const auto half = size / 2;
    if (const auto found = auth::find_credential(text.substr(0, half), text.substr(half))) {
        if (*found != text.substr(half)) std::abort();
    }
    return 0;
}
