#include "api/control.hpp"
#include "core/number.hpp"
#include "server/doors/control/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/store_files/running_copy.hpp"

namespace hourkey::server::control {
namespace {

result<std::uint64_t> number_in(const call& what) {
    const auto number = parse_number<std::uint64_t>(what.parameters[0]);
    if (!number) return failure(errc::not_found, "There is no copy.", "Start the backup again.");
    return *number;
}

}  // namespace

task<result<http::response>> begin_copy(services& with, call&) {
    HK_CO_TRY(const auto number, with.copy.begin(with.clock.steady_now()));
    const hourkey::api::copy_begun begun{.id = number};
    co_return shape_answer(202, begun);
}

task<result<http::response>> look_at_copy(services& with, call& what) {
    HK_CO_TRY(const auto number, number_in(what));
    HK_CO_TRY(const auto now, with.copy.look(number, with.clock.steady_now()));
    hourkey::api::copy_progress told{.state = "copying", .file = {}};
    if (now.state != running_copy::state::copying) told = {.state = "ready", .file = now.file};
    co_return shape_answer(200, told);
}

task<result<http::response>> drop_copy(services& with, call& what) {
    HK_CO_TRY(const auto number, number_in(what));
    with.copy.drop(number);
    co_return no_content();
}

}  // namespace hourkey::server::control
