#pragma once

#include "core/failure.hpp"
#include "net/tls_context.hpp"

#include <string>

struct ssl_method_st;
struct ssl_session_st;
struct ssl_st;

namespace hourkey::net {

/// TLS 1.2 and 1.3 with the suites of Mozilla's intermediate profile less DHE, and the modes that tls_stream relies on.
/// `method` is TLS_server_method() or TLS_client_method().
[[nodiscard]] result<ssl_ctx_ptr> make_context(const ssl_method_st* method);

/// A vend's answer fits into one record, and the buffer that OpenSSL makes for each record stays small
/// (crypto/openssl_memory.cpp).
inline constexpr long max_record_sent = 4096;

/// OpenSSL's words for an error code; for logs.
[[nodiscard]] std::string openssl_text(unsigned long error);

/// The client context's new-session callback: gives the session to the stream's tls_sessions.
int keep_new_session(ssl_st* ssl, ssl_session_st* session);

}  // namespace hourkey::net
