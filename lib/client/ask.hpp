#pragma once

#include "api/shape.hpp"
#include "client/channel.hpp"
#include "client/refusal.hpp"

#include <type_traits>

namespace hourkey::client {

/// What an answer says, as its type; without one, that it is the 204 of a call that answers with nothing. Fails with
/// what the server refuses, or with protocol_violation for what its API does not say.
template <class T = void>
[[nodiscard]] result<T> read_answer(const http::client_answer& answer) {
    if (!is_good(answer)) return failure_of(answer);
    if constexpr (std::is_void_v<T>) {
        if (answer.status != 204) return not_as_documented(failure(errc::protocol_violation, "204 was to come."));
        return {};
    } else {
        auto read = api::read<T>(answer.body);
        if (!read) return not_as_documented(read.error());
        return read;
    }
}

/// The answer as its type; owns all that it uses, as a call of the channel does.
template <class T = void>
[[nodiscard]] task<result<T>> ask(channel over, request what, deadline until) {
    HK_CO_TRY(auto got, co_await over.send(std::move(what), until));
    auto read = read_answer<T>(got);
    if (read || is_of_the_server(read.error())) got.connection.keep();
    co_return read;
}

}  // namespace hourkey::client
