#include "server/commands/server_copy.hpp"

#include "api/control.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/interruption.hpp"
#include "server/store_files/running_copy.hpp"

#include <chrono>

namespace hourkey::server {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 100ms;
// The server forgets the copy of a command that was killed, meanwhile.
constexpr auto wait_for_another = 3 * running_copy::patience;

constexpr std::string_view begin_anew = "Begin the backup anew: what was copied is taken away.";

result<api::copy_begun> begin(const config& c) {
    const auto until = std::chrono::steady_clock::now() + wait_for_another;
    for (;;) {
        auto begun = ask_server<api::copy_begun>(c, {http::method::post, "/control/copy"}, begin_anew);
        if (begun || begun.error().code != errc::in_use) return begun;
        if (std::chrono::steady_clock::now() >= until)
            return failure(errc::store_unavailable, begun.error().message, begun.error().hint);
        std::this_thread::sleep_for(between_looks);
    }
}

void give_up(const config& c, const std::string& path) {
    static_cast<void>(ask_server(c, {http::method::delete_, path}, begin_anew));
}

}  // namespace

result<std::unique_ptr<server_copy>> server_copy::make(const config& c) {
    HK_TRY(const auto begun, begin(c));
    std::unique_ptr<server_copy> made(new server_copy(c, "/control/copy/" + std::to_string(begun.id)));
    take_back_at_signals([c, path = made->path_] { give_up(c, path); });
    for (;;) {
        HK_TRY(const bool is_ready, made->is_ready());
        if (is_ready) break;
        std::this_thread::sleep_for(between_looks);
    }
    made->keeper_ = std::jthread([copy = made.get()](const std::stop_token& until) { copy->keep(until); });
    return made;
}

result<bool> server_copy::is_ready() {
    HK_TRY(auto now, ask_server<api::copy_progress>(config_, {http::method::get, path_}, begin_anew));
    if (!now.file) return false;
    file_ = *std::move(now.file);
    return true;
}

void server_copy::keep(const std::stop_token& until) {
    while (!until.stop_requested()) {
        static_cast<void>(ask_server<api::copy_progress>(config_, {http::method::get, path_}, begin_anew));
        std::this_thread::sleep_for(between_looks);
    }
}

server_copy::~server_copy() {
    if (keeper_.joinable()) {
        keeper_.request_stop();
        keeper_.join();
    }
    take_back_at_signals({});
    give_up(config_, path_);
}

}  // namespace hourkey::server
