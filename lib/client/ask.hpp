#pragma once

#include "api/shape.hpp"
#include "client/channel.hpp"
#include "client/refusal.hpp"

namespace hourkey::client {

/// The answer as its type; owns all that it uses, as a call of the channel does.
template <class T>
[[nodiscard]] task<result<T>> ask(channel over, request what, deadline until) {
    HK_CO_TRY(const auto got, co_await over.send(std::move(what), until));
    if (!is_good(got)) co_return failure_of(got);
    auto read = api::read<T>(got.body);
    if (!read) co_return not_as_documented(read.error());
    co_return read;
}

/// Where the answer has no body.
[[nodiscard]] inline task<result<>> order(channel over, request what, deadline until) {
    HK_CO_TRY(const auto got, co_await over.send(std::move(what), until));
    if (!is_good(got)) co_return failure_of(got);
    co_return result<>{};
}

}  // namespace hourkey::client
