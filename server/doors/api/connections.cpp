#include "api/nothing.hpp"
#include "api/verification.hpp"
#include "aws/arn.hpp"
#include "linking/linker.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/api/wire.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"
#include "server/doors/precondition.hpp"

namespace hourkey::server::api {
namespace {

void write_connection(json::writer& w, const model::connection& c, const std::string& principal_arn) {
    wire::write(w, to_wire(c, principal_arn));
}

http::response connection_answer(services& with, int status, const model::connection& c) {
    return shape_answer(status, to_wire(with.links.as_it_stands(c), with.links.identity().principal_arn), 2048);
}

result<linking::connection_request> read_connection(std::string_view text, const connection_name& name) {
    HK_TRY(const auto request, wire::read<wire::connection_request>(text));
    HK_TRY(auto role, aws::role_arn::parse(request.role_arn));
    linking::connection_request wanted{.name = name, .role = std::move(role), .region = {}, .default_region = {}};
    if (request.region) {
        HK_TRY(wanted.region, aws::region::parse(*request.region));
    }
    if (request.default_region) {
        HK_TRY(wanted.default_region, aws::region::parse(*request.default_region));
    }
    return wanted;
}

http::response verified_answer(const linking::verified& seen) {
    wire::verification told{.state = std::string(to_text(seen.state)), .steps = {}};
    for (const auto& s : seen.steps)
        told.steps.push_back(
            {.id = std::string(s.id), .state = std::string(linking::to_text(s.state)), .cause = s.cause, .fix = s.fix});
    return shape_answer(200, told, 4096);
}

}  // namespace

task<result<http::response>> list_connections(services& with, call& what) {
    const auto read = [tenant = what.tenant_id](store::reader& from, const store::page_request& wanted) {
        return from.list_connections(tenant, wanted);
    };
    const auto write = [principal = with.links.identity().principal_arn, &links = with.links](
                           json::writer& w, const model::connection& c) {
        write_connection(w, links.as_it_stands(c), principal);
    };
    co_return co_await list_answer(with, what, read, write);
}

task<result<http::response>> get_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto found, co_await find_connection(with, what.tenant_id, name));
    if (!found) co_return no_such("connection");
    co_return connection_answer(with, 200, *found);
}

task<result<http::response>> put_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(auto wanted, read_connection(what.http.body, name));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto by = asker_of(what);
    HK_CO_TRY(const auto put, co_await with.links.put(std::move(by), std::move(wanted), demanded));
    co_return connection_answer(with, put.is_created() ? 201 : 200, *put.after);
}

task<result<http::response>> delete_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    auto by = asker_of(what);
    HK_CO_CHECK(co_await with.links.remove(std::move(by), name, demanded));
    co_return no_content();
}

task<result<http::response>> verify_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_CHECK(wire::read<wire::nothing>(what.http.body));
    auto by = asker_of(what);
    HK_CO_TRY(const auto seen, co_await with.links.verify(std::move(by), name, what.http.until));
    co_return verified_answer(seen);
}

}  // namespace hourkey::server::api
