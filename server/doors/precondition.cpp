#include "server/doors/precondition.hpp"

#include "core/number.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace hourkey::server {
namespace {

std::optional<std::uint64_t> parse_etag(std::string_view text) {
    if (text.size() <= 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
    return parse_number<std::uint64_t>(text.substr(1, text.size() - 2));
}

}  // namespace

result<store::precondition> read_precondition(const http::request& r) {
    store::precondition demanded;
    if (const auto text = r.find("If-Match")) {
        demanded.revision = parse_etag(*text);
        if (!demanded.revision)
            return invalid_field("If-Match", "is not an ETag of hourkey",
                                 "Send the ETag as an answer gave it, with its quotes, or leave the header out.");
    }
    if (const auto text = r.find("If-None-Match")) {
        if (*text != "*")
            return invalid_field("If-None-Match", "is not *",
                                 "Send If-None-Match: * to create only, or leave the header out.");
        demanded.is_absent = true;
    }
    return demanded;
}

}  // namespace hourkey::server
