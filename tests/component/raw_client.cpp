#include "raw_client.hpp"

#include "live_server.hpp"
#include "net/connection_pool.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace hourkey::test {
namespace {

constexpr std::chrono::seconds patience{20};

template <class T>
task<> keep(task<T> work, std::optional<T>& out, net::reactor& on) {
    out.emplace(co_await std::move(work));
    on.stop();
}

task<result<std::size_t>> read_some(net::byte_stream& from, std::string& into) {
    std::array<char, 4096> some;
    auto n = co_await from.read_some(some);
    if (n) into.append(some.data(), *n);
    co_return n;
}

std::size_t content_length(std::string_view head) {
    constexpr std::string_view name = "Content-Length: ";
    const auto at = head.find(name);
    std::size_t length = 0;
    if (at != std::string_view::npos)
        std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
    return length;
}

}  // namespace

struct raw_client::parts {
    net::reactor on;
    std::optional<net::connection_pool> pool;
    net::connection_pool::lease lease;
    bool is_open = false, has_ended = false;
    std::string seen;

    template <class T>
    T run(task<T> work) {
        std::optional<T> out;
        on.context().restart();
        on.spawn(keep(std::move(work), out, on));
        on.run();
        return *std::move(out);
    }

    bool read_more() {
        if (!is_open || has_ended) return false;
        auto& from = lease.stream();
        from.set_deadline(std::chrono::steady_clock::now() + patience);
        const auto n = run(read_some(from, seen));
        has_ended = n ? *n == 0 : n.error().code != errc::deadline_exceeded;
        return n && *n != 0;
    }

    std::string take(std::size_t bytes) {
        auto out = seen.substr(0, bytes);
        seen.erase(0, bytes);
        return out;
    }

    /// The size of the head at the front of what was seen; all of it when the connection ended before.
    std::size_t wait_for_head() {
        for (;;) {
            const auto end = seen.find("\r\n\r\n");
            if (end != std::string::npos) return end + 4;
            if (!read_more()) return seen.size();
        }
    }
};

raw_client::raw_client(std::uint16_t port, const std::string& ca_file) : parts_(std::make_unique<parts>()) {
    net::endpoint to{.host = "127.0.0.1", .port = port, .tls = nullptr};
    if (!ca_file.empty()) to.tls = must(net::make_tls_client_context(ca_file));
    auto& pool = parts_->pool.emplace(parts_->on, std::move(to));
    auto lease = parts_->run(pool.acquire(deadline::after(patience)));
    parts_->is_open = lease.has_value();
    if (lease) parts_->lease = *std::move(lease);
}
raw_client::~raw_client() = default;
raw_client::raw_client(raw_client&&) noexcept = default;

bool raw_client::is_open() const { return parts_->is_open; }
bool raw_client::has_ended() const { return parts_->has_ended; }

bool raw_client::write(std::string_view bytes) {
    if (!parts_->is_open) return false;
    auto& to = parts_->lease.stream();
    to.set_deadline(std::chrono::steady_clock::now() + patience);
    return parts_->run(to.write_all(bytes)).has_value();
}

std::string raw_client::read_head() { return parts_->take(parts_->wait_for_head()); }

std::string raw_client::read_answer() {
    const auto head = parts_->wait_for_head();
    const auto whole = head + content_length(std::string_view(parts_->seen).substr(0, head));
    while (parts_->seen.size() < whole && parts_->read_more()) {}
    return parts_->take(whole);
}

std::string raw_client::read_to_end() {
    while (parts_->read_more()) {}
    return parts_->take(parts_->seen.size());
}

}  // namespace hourkey::test
