#include "api/page.hpp"

#include "api/description.hpp"

namespace hourkey::api {

template <class Of, class Fields>
void page_request::describe(Of& of, Fields& has) {
    has({"cursor", "Of the page before, as it came; without it the first page."}, of.cursor);
    has({.name = "limit", .meaning = "How many at most; by default 100.", .least = 1, .most = longest_page}, of.limit);
}

template struct shape<page_request>;

}  // namespace hourkey::api
