#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace hourkey::test {

/// A blocking TLS client of the test's own, in which every byte to the wire passes through the test's hands. Throws on
/// anything unexpected; owns the descriptor.
class tls_peer {
public:
    explicit tls_peer(int fd, std::size_t chunk = 0, int version = TLS1_3_VERSION) : fd_(fd), chunk_(chunk) {
        const timeval patience{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        SSL_CTX_set_max_proto_version(context_.get(), version);
        ssl_.reset(SSL_new(context_.get()));
        SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        BIO_set_mem_eof_return(SSL_get_rbio(ssl_.get()), -1);
        SSL_set_connect_state(ssl_.get());
    }
    tls_peer(const tls_peer&) = delete;
    tls_peer& operator=(const tls_peer&) = delete;
    ~tls_peer() { vanish(); }

    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
    [[nodiscard]] int descriptor() const { return fd_; }

    void handshake() {
        if (!pump([this] { return SSL_do_handshake(ssl_.get()); })) throw std::runtime_error("peer: handshake failed");
    }
    void write(std::string_view bytes) {
        encrypt(bytes);
        send_raw(take_outgoing());
    }
    /// The records that carry `bytes`, not sent.
    std::string encrypted(std::string_view bytes) {
        encrypt(bytes);
        return take_outgoing();
    }
    /// Until the peer's close_notify or the end of the connection.
    std::string read_to_end(bool* orderly = nullptr) {
        std::string all;
        for (;;) {
            const auto some = read_some();
            if (some.empty()) break;
            all += some;
        }
        if (orderly != nullptr) *orderly = (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
        return all;
    }
    std::string read_exactly(std::size_t size) {
        std::string all;
        while (all.size() < size) {
            const auto some = read_some();
            if (some.empty()) throw std::runtime_error("peer: the connection ended early");
            all += some;
        }
        return all;
    }
    std::string read_some() {
        std::array<char, 16384> into{};
        int n = 0;
        pump([&] { return n = SSL_read(ssl_.get(), into.data(), static_cast<int>(into.size())); });
        return n > 0 ? std::string(into.data(), static_cast<std::size_t>(n)) : std::string{};
    }
    /// A KeyUpdate record; false when the connection is gone.
    bool key_update(int kind = SSL_KEY_UPDATE_REQUESTED) {
        if (SSL_key_update(ssl_.get(), kind) != 1 || SSL_do_handshake(ssl_.get()) != 1)
            throw std::runtime_error("peer: no key update");
        return try_send(take_outgoing());
    }
    void close_notify() {
        SSL_shutdown(ssl_.get());
        send_raw(take_outgoing());
    }
    void vanish() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    int release() { return std::exchange(fd_, -1); }

    void send_raw(std::string_view bytes) {
        if (!try_send(bytes)) throw std::runtime_error("peer: cannot send");
    }
    bool try_send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto part = bytes.substr(0, chunk_ == 0 ? bytes.size() : chunk_);
            const auto n = ::send(fd_, part.data(), part.size(), MSG_NOSIGNAL);
            if (n <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return true;
    }

private:
    void encrypt(std::string_view bytes) {
        if (SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) != static_cast<int>(bytes.size()))
            throw std::runtime_error("peer: cannot write");
    }
    std::string take_outgoing() {
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &bytes);
        std::string taken(bytes, static_cast<std::size_t>(size));
        static_cast<void>(BIO_reset(SSL_get_wbio(ssl_.get())));
        return taken;
    }
    bool pump(const std::function<int()>& operation) {
        for (;;) {
            ERR_clear_error();
            const int n = operation();
            const int error = SSL_get_error(ssl_.get(), n);
            if (!try_send(take_outgoing())) return false;
            if (n > 0) return true;
            if (error != SSL_ERROR_WANT_READ) return false;
            std::array<char, 16384> raw{};
            const auto got = ::recv(fd_, raw.data(), raw.size(), 0);
            if (got <= 0) return false;
            BIO_write(SSL_get_rbio(ssl_.get()), raw.data(), static_cast<int>(got));
        }
    }

    struct freeing {
        void operator()(SSL* p) const noexcept { SSL_free(p); }
        void operator()(SSL_CTX* p) const noexcept { SSL_CTX_free(p); }
    };
    int fd_;
    std::size_t chunk_;
    std::unique_ptr<SSL_CTX, freeing> context_{SSL_CTX_new(TLS_client_method())};
    std::unique_ptr<SSL, freeing> ssl_;
};

}  // namespace hourkey::test
