#pragma once

#include "api/shape.hpp"
#include "http/message.hpp"
#include "json/writer.hpp"
#include "server/doors/call.hpp"
#include "server/doors/query.hpp"
#include "server/services.hpp"
#include "store/reader.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace hourkey::server {

[[nodiscard]] inline http::response json_answer(int status, json::writer& w) {
    http::response answer;
    answer.status = status;
    answer.body = w.take();
    return answer;
}

/// A shape of the API; its revision, where it has one, is the ETag too.
template <class Shape>
[[nodiscard]] http::response shape_answer(int status, const Shape& what, std::size_t expected_bytes = 1024) {
    http::response answer;
    answer.status = status;
    answer.body = hourkey::api::to_json(what, expected_bytes);
    if constexpr (requires { what.revision; })
        answer.headers.push_back({"ETag", '"' + std::to_string(what.revision) + '"'});
    return answer;
}

[[nodiscard]] inline http::response no_content() {
    http::response answer;
    answer.status = 204;
    return answer;
}

/// `cursor` and `limit` of a list's query; any other parameter is refused.
[[nodiscard]] result<store::page_request> page_wanted(std::string_view raw_query);

struct page_shape {
    std::string_view list = "items";
    bool tells_where_to_resume = false;  ///< also behind the last page, for what is still to come
};

/// {"<list>":[...],"cursor":...}; the cursor is left out on the last page.
template <class Item, class Write>
[[nodiscard]] http::response page_answer(const store::page<Item>& page, Write write_item, page_shape shape = {}) {
    json::writer w(4096);
    w.begin_object().key(shape.list).begin_array();
    for (const auto& item : page.items) write_item(w, item);
    w.end_array();
    if (!page.next.empty()) w.string("cursor", page.next);
    if (shape.tells_where_to_resume && !page.last.empty()) w.string("resume", page.last);
    w.end_object();
    return json_answer(200, w);
}

/// Reads a page away from the vends' threads and writes the answer there too. `read`:
/// result<store::page<Item>>(store::reader&, const store::page_request&); both it and `write_item` own what they use.
template <class Read, class Write>
[[nodiscard]] task<result<http::response>> list_answer(services& with, const call& what, Read read, Write write_item,
                                                       page_shape shape = {}) {
    HK_CO_TRY(auto wanted, page_wanted(what.http.query));
    std::function<result<http::response>(store::reader&)> work =
        [read, write_item, shape, wanted = std::move(wanted)](store::reader& from) -> result<http::response> {
        HK_TRY(const auto page, read(from, wanted));
        return page_answer(page, write_item, shape);
    };
    co_return co_await with.database.list<http::response>(what.tenant_id, std::move(work));
}

[[nodiscard]] failure no_such(std::string_view kind);

}  // namespace hourkey::server
