#include "server/commands/control_call.hpp"

#include "net/blocking_calls.hpp"
#include "net/unix_address.hpp"
#include "server/store_files/store_opening.hpp"

#include <chrono>
#include <filesystem>
#include <thread>

namespace hourkey::server {
namespace {

// A start with an STS that cannot be reached takes some 3 s, a stop at most 10.
constexpr std::chrono::seconds patience{15}, patience_for_an_answer{30};
constexpr std::chrono::milliseconds between_questions{50};

/// A server is there and takes nobody. Whoever fell back on the database would be told that another hourkeyd has it
/// open.
failure shut_out(const std::string& socket) {
    return failure(errc::too_many_connections,
                   "The running hourkeyd did not let this command in: its control socket " + socket + " has no place.",
                   "Try again. `ss -xp` tells who holds its places.");
}

bool is_served(const std::string& socket) {
    const auto address = net::unix_address::make(socket);
    return address && address->is_served();
}

}  // namespace

result<http::client_answer> call_server(const config& c, client::request what, std::string_view how_to_look) {
    net::endpoint to;
    to.host = "localhost";
    to.unix_path = control_socket_path(c);
    std::error_code unseen;
    if (!std::filesystem::exists(to.unix_path, unseen)) return failure(errc::connection_failed);
    const auto socket = to.unix_path;
    net::blocking_calls calls;
    const client::channel server(calls.reactor(), std::move(to), "localhost", {}, client::retries::none);
    auto answer = calls.wait(server.send(std::move(what), deadline::after(patience_for_an_answer)));
    if (answer) return answer;
    if (answer.error().code == errc::connection_failed) {
        if (is_served(socket)) return shut_out(socket);
        return answer;
    }
    return failure(errc::outcome_unknown, "The server went away before it answered; what was asked may have been done.",
                   std::string(how_to_look) + " If the server runs, its control socket " + socket +
                       " had no place: `ss -xp` tells who holds them.",
                   std::string(answer.error().text()));
}

absent_server::absent_server(const config& c)
    : database_(c.store.path), socket_(control_socket_path(c)), until_(deadline::after(patience)) {}

bool absent_server::is_worth_waiting_for() const {
    if (until_.has_passed(std::chrono::steady_clock::now())) return false;
    std::this_thread::sleep_for(between_questions);
    return true;
}

failure absent_server::problem() const {
    return failure(errc::store_unavailable,
                   "A hourkeyd has the database " + database_ + " open, but does not answer on " + socket_ + ".",
                   "If it is starting or stopping, try again in a moment; if that file is gone, restart it.", {});
}

}  // namespace hourkey::server
