#include "server/doors/control/handlers.hpp"
#include "server/doors/json_answer.hpp"
#include "server/store_files/running_copy.hpp"

#include <charconv>

namespace hourkey::server::control {
namespace {

result<std::uint64_t> number_in(const call& what) {
    const auto text = what.parameters[0];
    std::uint64_t number = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (wrong != std::errc{} || end != text.data() + text.size())
        return failure(errc::not_found, "There is no copy.", "Start the backup again.");
    return number;
}

}  // namespace

task<result<http::response>> begin_copy(services& with, call&) {
    HK_CO_TRY(const auto number, with.copy.begin(with.clock.steady_now()));
    json::writer w;
    w.begin_object().integer("id", static_cast<std::int64_t>(number)).end_object();
    co_return json_answer(202, w);
}

task<result<http::response>> look_at_copy(services& with, call& what) {
    HK_CO_TRY(const auto number, number_in(what));
    HK_CO_TRY(const auto now, with.copy.look(number, with.clock.steady_now()));
    json::writer w;
    if (now.state == running_copy::state::copying)
        w.begin_object().string("state", "copying").end_object();
    else
        w.begin_object().string("state", "ready").string("file", now.file).end_object();
    co_return json_answer(200, w);
}

task<result<http::response>> drop_copy(services& with, call& what) {
    HK_CO_TRY(const auto number, number_in(what));
    with.copy.drop(number);
    co_return no_content();
}

}  // namespace hourkey::server::control
