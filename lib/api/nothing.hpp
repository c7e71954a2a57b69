#pragma once

#include "api/shape.hpp"

namespace hourkey::api {

/// What is sent where there is nothing to say: `{}`, or no bytes.
struct nothing {
    static constexpr about is{"Nothing", sender::client, "No fields: {}, or an empty body."};
    template <class Of, class Fields>
    static void describe(Of& of, Fields& has);
};

}  // namespace hourkey::api
