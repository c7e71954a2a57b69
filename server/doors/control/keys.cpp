#include "api/control.hpp"
#include "core/number.hpp"
#include "server/adapters/side_thread.hpp"
#include "server/doors/control/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/services.hpp"
#include "server/store_files/key_change.hpp"
#include "tenancy/change.hpp"

#include <functional>

namespace hourkey::server::control {
namespace {

/// Of the machine's own user; action, outcome and target follow.
model::audit_record record_of(const call& what) { return tenancy::begin_record(asker_of(what), {}, what.now); }

result<std::uint8_t> id_in(const call& what) {
    const auto id = parse_number<std::uint8_t>(what.parameters[0]).value_or(0);
    if (id == 0) return failure(errc::not_found, "There is no such server key.", "List them: hourkeyd key list.");
    return id;
}

http::response id_answer(std::uint8_t id) {
    const hourkey::api::key_changed done{.id = id};
    return shape_answer(200, done);
}

}  // namespace

task<result<http::response>> rotate_key(services& with, call& what) {
    std::function<result<std::uint8_t>()> prepare = [place = with.keys] { return prepare_next_key(place); };
    HK_CO_TRY(const auto id, co_await with.aside.run<std::uint8_t>(std::move(prepare)));
    HK_CO_CHECK(co_await with.database.write<void>(rotation_work(with.keys, id, record_of(what))));
    co_return id_answer(id);
}

task<result<http::response>> retire_key(services& with, call& what) {
    HK_CO_TRY(const auto id, id_in(what));
    const store::origin from{.whose = {}, .what_for = store::purpose::takes_rights_away};
    HK_CO_CHECK(co_await with.database.write<void>(retirement_work(id, record_of(what)), from));
    std::function<result<>()> forget = [place = with.keys, id, &database = with.database] {
        return forget_key(place, database, id);
    };
    HK_CO_CHECK(co_await with.aside.run<void>(std::move(forget)));
    co_return id_answer(id);
}

}  // namespace hourkey::server::control
