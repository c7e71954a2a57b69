#include "server/commands/server_copy.hpp"

#include "json/reader.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/interruption.hpp"
#include "server/store_files/running_copy.hpp"

#include <chrono>
#include <cstdint>
#include <limits>

namespace hourkey::server {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 100ms;
// The server forgets the copy of a command that was killed, meanwhile.
constexpr auto wait_for_another = 3 * running_copy::patience;

result<blocking_client::answer> begin(const config& c) {
    const auto until = std::chrono::steady_clock::now() + wait_for_another;
    for (;;) {
        auto answer = ask_server(c, http::method::post, "/control/copy", {}, 202);
        if (answer || answer.error().code != errc::in_use) return answer;
        if (std::chrono::steady_clock::now() >= until)
            return failure(errc::store_unavailable, answer.error().message, answer.error().hint);
        std::this_thread::sleep_for(between_looks);
    }
}

void give_up(const config& c, const std::string& path) {
    static_cast<void>(ask_server(c, http::method::delete_, path, {}, 204));
}

}  // namespace

result<std::unique_ptr<server_copy>> server_copy::make(const config& c) {
    HK_TRY(const auto begun, begin(c));
    HK_TRY(const auto document, json::parse(begun.body));
    auto fields = document.root();
    HK_TRY(const auto number, fields.integer("id", 1, std::numeric_limits<std::int64_t>::max()));
    std::unique_ptr<server_copy> made(new server_copy(c, "/control/copy/" + std::to_string(number)));
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
    HK_TRY(const auto answer, ask_server(config_, http::method::get, path_, {}, 200));
    HK_TRY(const auto document, json::parse(answer.body));
    auto fields = document.root();
    HK_TRY(const auto state, fields.string("state"));
    if (state != "ready") return false;
    HK_TRY(const auto file, fields.string("file"));
    file_ = file;
    return true;
}

void server_copy::keep(const std::stop_token& until) {
    while (!until.stop_requested()) {
        static_cast<void>(ask_server(config_, http::method::get, path_, {}, 200));
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
