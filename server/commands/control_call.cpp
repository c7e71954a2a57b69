#include "server/commands/control_call.hpp"

#include "json/reader.hpp"
#include "server/application.hpp"

#include <filesystem>

namespace hourkey::server {
namespace {

failure failure_of(const blocking_client::answer& answer) {
    failure why(errc::internal, "The server answered " + std::to_string(answer.status) + ".");
    const auto document = json::parse(answer.body);
    if (!document) return why;
    auto fields = document->root();
    const auto code = fields.string("code"), message = fields.string("message"), hint = fields.string("hint");
    for (const auto& row : all_errc_rows())
        if (code && row.api == *code) why.code = row.code;
    if (message) why.message = *message;
    if (hint) why.hint = *hint;
    return why;
}

}  // namespace

result<blocking_client::answer> ask_server(const config& c, http::method verb, std::string target, std::string body, int expected) {
    net::endpoint to;
    to.host = "localhost";
    to.unix_path = control_socket_path(c);
    std::error_code unseen;
    if (!std::filesystem::exists(to.unix_path, unseen)) return failure(errc::connection_failed);
    blocking_client client(std::move(to));
    HK_TRY(auto answer, client.send(verb, std::move(target), std::move(body), {}));
    if (answer.status != expected) return failure_of(answer);
    return answer;
}

}  // namespace hourkey::server
