#include "server/doors/json_answer.hpp"

#include "api/page.hpp"

namespace hourkey::server {

result<store::page_request> page_wanted(std::string_view raw_query) {
    HK_TRY(auto q, query::parse(raw_query));
    store::page_request wanted;
    if (const auto cursor = q.text("cursor")) wanted.cursor = *cursor;
    HK_TRY(const auto limit, q.integer("limit", 1, hourkey::api::longest_page));
    if (limit) wanted.limit = static_cast<std::size_t>(*limit);
    HK_CHECK(q.finish());
    return wanted;
}

failure no_such(std::string_view kind) {
    return failure(errc::not_found, "There is no such " + std::string(kind) + ".");
}

}  // namespace hourkey::server
