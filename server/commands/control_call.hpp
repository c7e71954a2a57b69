#pragma once

#include "client/ask.hpp"
#include "client/channel.hpp"
#include "core/deadline.hpp"
#include "server/config.hpp"
#include "store_sqlite/lock_file.hpp"

#include <string>
#include <string_view>

namespace hourkey::server {

/// One writer: a running server makes the change itself, asked over its control socket. Without a server (no socket, or
/// one that nobody answers: a leftover) connection_failed; too_many_connections when a server is there and does not let
/// the command in; the answer may be a refusal. `how_to_look`, a sentence, goes with outcome_unknown.
[[nodiscard]] result<http::client_answer> call_server(const config& c, client::request what,
                                                      std::string_view how_to_look);

/// The answer as its type; without one, when the server answers with nothing, as it does when it is done.
template <class T = void>
[[nodiscard]] result<T> ask_server(const config& c, client::request what, std::string_view how_to_look) {
    HK_TRY(const auto answer, call_server(c, std::move(what), how_to_look));
    return client::read_answer<T>(answer);
}

template <class T>
[[nodiscard]] bool is_without_server(const result<T>& asked) {
    return !asked && asked.error().code == errc::connection_failed;
}

inline constexpr std::string_view look_at_tokens =
    "Look whether it was, with `hourkeyd token list`, before you ask again.";
inline constexpr std::string_view look_at_keys = "Look whether it was, with `hourkeyd key list`, before you ask again.";

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
            // What was not let in has done nothing: a server has come between.
            if (done || done.error().code != errc::store_unavailable || !store::is_locked(c.store.path)) return done;
        }
        if (!absent.is_worth_waiting_for()) return absent.problem();
    }
}

}  // namespace hourkey::server
