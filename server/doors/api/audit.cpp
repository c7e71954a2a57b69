#include "server/adapters/audit_json.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/services.hpp"

namespace hourkey::server::api {
namespace {

void write_record(json::writer& w, const model::audit_record& r) {
    w.begin_object().integer("seq", static_cast<std::int64_t>(r.tenant_seq));
    write_audit_fields(w, r);
    w.end_object();
}

}  // namespace

task<result<http::response>> list_audit(services& with, call& what) {
    const auto read = [tenant = what.tenant_id](store::reader& from, const store::page_request& wanted) {
        return from.list_audit(tenant, wanted);
    };
    const page_shape shape{.list = "records", .tells_where_to_resume = true};
    co_return co_await list_answer(with, what, read, write_record, shape);
}

}  // namespace hourkey::server::api
