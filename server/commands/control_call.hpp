#pragma once

#include "client/ask.hpp"
#include "client/channel.hpp"
#include "core/deadline.hpp"
#include "server/config.hpp"
#include "store_sqlite/lock_file.hpp"

#include <string>

namespace hourkey::server {

/// One writer: a running server makes the change itself, asked over its control socket. Without a server (no socket, or
/// one that nobody answers: a leftover) connection_failed; too_many_connections when a server is there and does not let
/// the command in; the answer may be a refusal.
[[nodiscard]] result<http::client_answer> call_server(const config& c, client::request what);

/// The answer as its type; without one, when the server answers with nothing, as it does when it is done.
template <class T = void>
[[nodiscard]] result<T> ask_server(const config& c, client::request what) {
    HK_TRY(const auto answer, call_server(c, std::move(what)));
    return client::read_answer<T>(answer);
}

template <class T>
[[nodiscard]] bool is_without_server(const result<T>& asked) {
    return !asked && asked.error().code == errc::connection_failed;
}

/// A server that starts or stops has the store, and answers nobody.
class absent_server {
public:
    explicit absent_server(const config& c);
    /// True after a pause: somebody has the store, and it is worth asking again.
    [[nodiscard]] bool is_worth_waiting_for() const;
    [[nodiscard]] failure problem() const;

private:
    const std::string database_, socket_;
    const deadline until_;
};

/// What `ask` gives, or without a server what `act` does in this process.
template <class Ask, class Act>
[[nodiscard]] auto ask_or_act(const config& c, Ask ask, Act act) -> decltype(act()) {
    const absent_server absent(c);
    for (;;) {
        auto asked = ask();
        if (!is_without_server(asked)) return asked;
        if (!store::is_locked(c.store.path)) {
            auto done = act();
            if (done || !store::is_locked(c.store.path)) return done;  // else a server has come between
        }
        if (!absent.is_worth_waiting_for()) return absent.problem();
    }
}

}  // namespace hourkey::server
