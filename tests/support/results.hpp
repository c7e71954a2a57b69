#pragma once

#include "core/failure.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <utility>

namespace hourkey::test {

/// Stops the test with the reason when a result is a failure.
template <class T>
T must(result<T> r) {
    if (!r) FAIL("failed: ", describe(r.error().code).api, ": ", r.error().message, " / ", r.error().cause);
    if constexpr (!std::is_void_v<T>) return *std::move(r);
}

template <class T>
errc code_of(const result<T>& r) {
    return r ? errc{} : r.error().code;
}

}  // namespace hourkey::test
