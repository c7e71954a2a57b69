#include "server/commands/server_copy.hpp"

#include "json/reader.hpp"
#include "server/commands/control_call.hpp"
#include "server/commands/interruption.hpp"

#include <chrono>
#include <thread>

namespace hourkey::server {
namespace {

constexpr std::chrono::milliseconds between_looks{100};

void give_up_copy(const config& c) { static_cast<void>(ask_server(c, http::method::delete_, "/control/copy", {}, 204)); }

}  // namespace

result<std::unique_ptr<server_copy>> server_copy::make(const config& c) {
    HK_CHECK(ask_server(c, http::method::post, "/control/copy", {}, 202));
    std::unique_ptr<server_copy> made(new server_copy(c));
    take_back_at_signals([c] { give_up_copy(c); });
    for (;;) {
        HK_TRY(const auto answer, ask_server(c, http::method::get, "/control/copy", {}, 200));
        HK_TRY(const auto document, json::parse(answer.body));
        auto fields = document.root();
        HK_TRY(const auto state, fields.string("state"));
        if (state == "ready") {
            HK_TRY(const auto file, fields.string("file"));
            made->file_ = file;
            return made;
        }
        std::this_thread::sleep_for(between_looks);
    }
}

server_copy::~server_copy() {
    take_back_at_signals({});
    give_up_copy(config_);
}

}  // namespace hourkey::server
