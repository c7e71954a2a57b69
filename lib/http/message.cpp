#include "http/message.hpp"

#include "http/token.hpp"

namespace hourkey::http {

std::string_view to_text(method m) noexcept {
    switch (m) {
        case method::get: return "GET";
        case method::head: return "HEAD";
        case method::post: return "POST";
        case method::put: return "PUT";
        case method::delete_: return "DELETE";
        case method::options: return "OPTIONS";
    }
    return "GET";
}

std::optional<std::string_view> request::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers)
        if (equal_ignoring_case(key, name)) return value;
    return std::nullopt;
}

}  // namespace hourkey::http
