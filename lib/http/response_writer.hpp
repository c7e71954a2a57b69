#pragma once

#include "core/failure.hpp"
#include "http/message.hpp"
#include "http/wiped_buffer.hpp"

namespace hourkey::http {

/// How one answer goes out.
struct answer_form {
    /// The request's version: an HTTP/1.0 client waits for ever on an HTTP/1.1 answer without Connection.
    bool http11 = true;
    bool keep_alive = true;
    bool with_body = true;  ///< false for HEAD: the same head, no body
};

/// Appends head and body to `out` as one contiguous run: Content-Type, Content-Length, Cache-Control: no-store, Date,
/// Connection where it is needed, then the answer's own headers.
/// Fails with internal when a header of the answer holds a control byte or a name that is no token; `out` is then
/// empty.
[[nodiscard]] result<> write_answer(const response& a, answer_form form, wiped_buffer& out);

}  // namespace hourkey::http
