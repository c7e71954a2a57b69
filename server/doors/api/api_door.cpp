#include "server/doors/api/api_door.hpp"

#include "server/doors/api/secret_reference.hpp"
#include "server/doors/error_answer.hpp"
#include "server/doors/hint.hpp"

namespace hourkey::server::api {
namespace {

/// Also of a method that is not answered there: who reads it is an SDK.
bool is_read_by_an_sdk(const call& what) { return what.http.path.starts_with("/v1/credentials/"); }

/// Of references, each that was refused is named.
http::response parts_answer(const failure& why, const call& what) {
    hourkey::api::resolve_error told{error_of(why, what.request_id), {}};
    for (const auto& r : what.refused) told.errors.emplace(r.reference, part_of(r, what));
    return refusing_answer(why, describe(why.code).http_status, hourkey::api::to_json(told));
}

}  // namespace

http::response api_door::refusal(failure why, const call& what, const route* row) const {
    if (why.hint.empty() && why.code == errc::not_found) why.hint = where_to_look(row, what);
    why.hint = fill_in(why.hint, row, what);
    if (row != nullptr && row->path == "/v1/resolve") return parts_answer(why, what);
    return error_answer(why, what.request_id, is_read_by_an_sdk(what) ? error_spelling::sdk : error_spelling::standard);
}

}  // namespace hourkey::server::api
