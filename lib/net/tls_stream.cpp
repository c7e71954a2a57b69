#include "net/tls_stream.hpp"

#include "core/secret.hpp"
#include "net/descriptor_bio.hpp"
#include "net/tls_settings.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace hourkey::net {
namespace {

struct ssl_free {
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};
using ssl_ptr = std::unique_ptr<SSL, ssl_free>;

enum class operation { handshake, read, write };
enum class step { done, want_read, want_write, orderly_end, failed };

/// A TLS record begins with 0x16. Of a request there may be no more than five bytes: what OpenSSL looks at before it
/// gives up.
bool begins_like_http(std::string_view first) noexcept {
    static constexpr std::array<std::string_view, 10> methods{"GET ",   "HEAD ",    "POST ",  "PUT ", "DELETE ",
                                                              "PATCH ", "OPTIONS ", "TRACE ", "PRI ", "CONNECT "};
    return !first.empty() && std::ranges::any_of(methods, [&](std::string_view m) {
        return m.starts_with(first) || first.starts_with(m);
    });
}

class tls_stream final : public descriptor_stream {
public:
    tls_stream(reactor& on, os::unique_descriptor fd, ssl_ptr ssl, std::string host,
               std::shared_ptr<tls_sessions> sessions)
        : descriptor_stream(on, std::move(fd)),
          ssl_(std::move(ssl)),
          host_(std::move(host)),
          sessions_(std::move(sessions)) {
        target_.on = &descriptor();
    }
    ~tls_stream() override { close(); }

    /// Apart from construction because the BIO points into this object.
    [[nodiscard]] bool connect_bio() noexcept {
        auto* bio = make_descriptor_bio(target_);
        if (bio == nullptr) return false;
        SSL_set_bio(ssl_.get(), bio, bio);
        return true;
    }

    task<result<>> handshake() override {
        if (auto shaken = co_await drive(operation::handshake, nullptr, 0); !shaken) {
            has_met_plain_http_ = died_of_ && SSL_is_server(ssl_.get()) == 1 &&
                                  begins_like_http({target_.first.data(), target_.first_size});
            co_return std::move(shaken).error();
        }
        is_up_ = true;
        if (sessions_ && SSL_session_reused(ssl_.get()) == 1) sessions_->count_resumed();
        co_return result<>{};
    }

    [[nodiscard]] bool has_met_plain_http() const noexcept override { return has_met_plain_http_; }

    task<result<std::size_t>> read_some(std::span<char> into) override {
        return drive(operation::read, into.data(), into.size());
    }

    std::optional<result<std::size_t>> read_now(std::span<char> into) override {
        step asked{};
        return settle(operation::read, into.data(), into.size(), asked);
    }

    task<result<>> wait_readable() override {
        if (auto end = ended()) co_return *std::move(end);
        if (died_of_) co_return result<>{};  // a read will tell
        // With read-ahead an incomplete record counts as pending too: only a peek tells whether there is anything to
        // read.
        do {
            char byte = 0;
            std::size_t seen = 0;
            if (SSL_has_pending(ssl_.get()) == 1 && attempt(&SSL_peek_ex, &byte, 1, seen) != step::want_read)
                co_return result<>{};
            co_await descriptor().wait(direction::read);
            if (auto end = ended()) co_return *std::move(end);
        } while (SSL_has_pending(ssl_.get()) == 1);
        co_return result<>{};
    }

    task<result<>> write_all(std::string_view bytes) override {
        if (auto at_once = write_now(bytes)) co_return *std::move(at_once);
        const secret kept(bytes);  // OpenSSL must be called again with the same bytes; wiped when it goes
        const auto rest = co_await drive(operation::write, const_cast<char*>(kept.expose().data()), kept.size());
        if (rest) co_return result<>{};
        // Half a record is out: whatever ended this, nothing may follow it.
        if (!died_of_) died_of_ = std::make_unique<failure>(rest.error());
        co_return rest.error();
    }

    std::optional<result<>> write_now(std::string_view bytes) override {
        step asked{};
        if (bytes.empty()) return result<>{};  // SSL_write of nothing is undefined
        if (has_met_plain_http_) return write_plain(bytes);
        const auto settled = settle(operation::write, const_cast<char*>(bytes.data()), bytes.size(), asked);
        if (!settled) return std::nullopt;
        return *settled ? result<>{} : result<>(settled->error());
    }

    [[nodiscard]] bool is_quiet() noexcept override {
        if (ended() || died_of_ || (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0) return false;
        // The kernel first: nearly always it has nothing, and OpenSSL would take and wipe a record buffer to learn the
        // same.
        if (SSL_has_pending(ssl_.get()) == 0 && !descriptor().has_input()) return true;
        char byte = 0;
        std::size_t seen = 0;
        if (attempt(&SSL_peek_ex, &byte, 1, seen) == step::want_read && SSL_has_pending(ssl_.get()) == 0) return true;
        descriptor().wake();  // what the peek took from the socket no longer makes it readable
        return false;
    }

    [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
    void remember(SSL_SESSION* owned) { sessions_->remember(owned); }
    [[nodiscard]] bool keeps_sessions() const noexcept { return sessions_ != nullptr; }

private:
    /// Past OpenSSL, which has said nothing yet. A few hundred bytes fit into any fresh socket's buffer.
    result<> write_plain(std::string_view bytes) {
        if (auto end = ended()) return *std::move(end);
        if (descriptor().send(bytes) == static_cast<ssize_t>(bytes.size())) return {};
        return failure(errc::connection_closed);
    }

    void say_goodbye() noexcept override {
        if (!ssl_) return;
        ERR_clear_error();
        // Once, without waiting for the peer's; not allowed before the handshake is complete or after a fatal error. It
        // also keeps OpenSSL from declaring a client's session not resumable.
        if (!died_of_ && is_up_) SSL_shutdown(ssl_.get());
        ssl_.reset();
    }

    void prepare() noexcept {
        // The queue is per thread: another connection's error would be taken for this one's.
        if (ERR_peek_error() != 0) ERR_clear_error();
        target_.reads_left = bio_target::reads_per_call;
        target_.error = 0;
    }

    /// One call of OpenSSL's and its verdict.
    template <class Call, class Bytes>
    step attempt(Call* call, Bytes* bytes, std::size_t size, std::size_t& done) {
        prepare();
        return judge(call(ssl_.get(), bytes, size, &done));
    }

    step judge(int returned) {
        if (returned == 1) return step::done;
        const int error = SSL_get_error(ssl_.get(), returned);
        switch (error) {
            case SSL_ERROR_WANT_READ: return step::want_read;
            case SSL_ERROR_WANT_WRITE: return step::want_write;
            case SSL_ERROR_ZERO_RETURN: return step::orderly_end;
            default: died_of_ = std::make_unique<failure>(explain(error)); return step::failed;
        }
    }

    step attempt(operation what, char* bytes, std::size_t size, std::size_t& done) {
        if (what == operation::read) return attempt(&SSL_read_ex, bytes, size, done);
        if (what == operation::write) return attempt(&SSL_write_ex, bytes, size, done);
        prepare();
        return judge(SSL_do_handshake(ssl_.get()));
    }

    /// One attempt; nothing when OpenSSL `asked` for something to wait for.
    std::optional<result<std::size_t>> settle(operation what, char* bytes, std::size_t size, step& asked) {
        if (auto end = ended()) return *std::move(end);
        if (died_of_) return *died_of_;
        std::size_t done = 0;
        switch (asked = attempt(what, bytes, size, done)) {
            case step::done: return done;
            case step::orderly_end:
                if (what == operation::read) return std::size_t{0};
                return failure(errc::connection_closed);
            case step::failed: return *died_of_;
            case step::want_read:
            case step::want_write: break;
        }
        return std::nullopt;
    }

    /// Waits for what OpenSSL asks for, not for what the operation is called: a read may need to write and a write to
    /// read.
    task<result<std::size_t>> drive(operation what, char* bytes, std::size_t size) {
        for (;;) {
            step asked{};
            if (auto settled = settle(what, bytes, size, asked)) co_return *std::move(settled);
            co_await descriptor().wait(asked == step::want_read ? direction::read : direction::write);
        }
    }

    [[nodiscard]] failure explain(int ssl_error) const {
        if (ssl_error == SSL_ERROR_SYSCALL)
            return failure(errc::connection_closed, {}, {}, std::strerror(target_.error));
        const auto error = ERR_get_error();
        const auto reason = ERR_GET_REASON(error);
        if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
            return failure(is_up_ ? errc::connection_truncated : errc::connection_closed);
        }
        if (reason == SSL_R_HTTP_REQUEST)
            return failure(errc::tls_failed, {}, "This port speaks HTTPS only.", "plain HTTP on the TLS port");
        if (const auto verdict = SSL_get_verify_result(ssl_.get());
            reason == SSL_R_CERTIFICATE_VERIFY_FAILED && verdict != X509_V_OK) {
            return failure(
                errc::tls_failed, {},
                "Check that the certificate names the host, is valid now, and comes from a trusted authority.",
                "certificate of " + host_ + ": " + X509_verify_cert_error_string(verdict));
        }
        if (host_.empty()) return failure(errc::tls_failed, {}, {}, openssl_text(error));
        // A client's tls_failed is about the peer's certificate alone: all else may be better the next time, or on
        // another address.
        return failure(errc::connection_failed, {}, hint_about(reason), openssl_text(error));
    }

    /// An alert, a bad record, or no TLS at all: nothing that our trust store could mend.
    [[nodiscard]] static std::string hint_about(int reason) {
        if (reason == SSL_R_WRONG_VERSION_NUMBER)
            return "What answers there does not speak TLS on this port. Try again in some seconds.";
        return "The peer, or something before it, broke TLS off. Try again in some seconds; if it lasts, see which TLS "
               "versions and ciphers it takes.";
    }

    bio_target target_;
    ssl_ptr ssl_;  ///< null after say_goodbye()
    std::string host_;  ///< empty on the server's side
    std::shared_ptr<tls_sessions> sessions_;
    bool has_met_plain_http_ = false;
    bool is_up_ = false;  ///< the handshake is done; OpenSSL itself forgets that after an error
    std::unique_ptr<failure> died_of_;  ///< after a fatal error OpenSSL may not be called again, not even to shut down
};

[[nodiscard]] failure no_memory() {
    return failure(errc::tls_failed, {}, {}, "OpenSSL could not make a connection object");
}

/// X509_VERIFY_PARAM_set1_ip_asc's and getaddrinfo's idea of a literal.
bool is_ip_literal(const std::string& host) {
    boost::system::error_code not_an_address;
    static_cast<void>(boost::asio::ip::make_address(host, not_an_address));
    return !not_an_address;
}

bool expect_host(SSL* ssl, const std::string& host) {
    auto* expected = SSL_get0_param(ssl);
    // RFC 9525: no fall-back to the common name, no "w*.example".
    X509_VERIFY_PARAM_set_hostflags(expected,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (is_ip_literal(host)) return X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
    return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

result<std::unique_ptr<tls_stream>> make_stream(reactor& on, os::unique_descriptor fd, const ssl_ctx_ptr& context,
                                                std::string host, std::shared_ptr<tls_sessions> sessions) {
    ssl_ptr ssl(SSL_new(context.get()));
    if (!ssl) return no_memory();
    auto stream = std::make_unique<tls_stream>(on, std::move(fd), std::move(ssl), std::move(host), std::move(sessions));
    if (!stream->connect_bio()) return no_memory();
    SSL_set_app_data(stream->ssl(), stream.get());
    return stream;
}

}  // namespace

tls_sessions::~tls_sessions() {
    for (auto* session : newest_last_) SSL_SESSION_free(session);
}

void tls_sessions::remember(ssl_session_st* owned) {
    if (newest_last_.size() == kept) {
        SSL_SESSION_free(newest_last_.front());
        newest_last_.erase(newest_last_.begin());
    }
    newest_last_.push_back(owned);
}

ssl_session_st* tls_sessions::take() {
    while (!newest_last_.empty()) {
        auto* session = newest_last_.back();
        const bool usable = SSL_SESSION_is_resumable(session) == 1;
        if (usable && SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION) {
            SSL_SESSION_up_ref(session);
            return session;
        }
        newest_last_.pop_back();
        if (usable) return session;
        SSL_SESSION_free(session);
    }
    return nullptr;
}

int keep_new_session(SSL* ssl, SSL_SESSION* session) {
    auto* stream = static_cast<tls_stream*>(SSL_get_app_data(ssl));
    if (stream == nullptr || !stream->keeps_sessions()) return 0;
    stream->remember(session);
    return 1;  // ours now
}

result<std::unique_ptr<byte_stream>> make_tls_server_stream(reactor& on, os::unique_descriptor fd,
                                                            const ssl_ctx_ptr& context) {
    HK_TRY(auto stream, make_stream(on, std::move(fd), context, {}, nullptr));
    SSL_set_accept_state(stream->ssl());
    return stream;
}

result<std::unique_ptr<byte_stream>> make_tls_client_stream(reactor& on, os::unique_descriptor fd,
                                                            const ssl_ctx_ptr& context, const std::string& host,
                                                            std::shared_ptr<tls_sessions> sessions) {
    HK_TRY(auto stream, make_stream(on, std::move(fd), context, host, sessions));
    SSL_set_connect_state(stream->ssl());
    if (!expect_host(stream->ssl(), host)) return no_memory();
    if (sessions) {
        if (auto* session = sessions->take()) {
            SSL_set_session(stream->ssl(), session);
            SSL_SESSION_free(session);
        }
    }
    return stream;
}

}  // namespace hourkey::net
