#include "load.hpp"

#include <cstdio>
#include <cstdlib>

namespace hourkey::bench {
namespace {

using net::connection_pool;

constexpr std::size_t opening_at_once = 32;  // below the server's cap on half-open handshakes
constexpr std::chrono::seconds patience{20};

/// A whole answer's size, once its head is there: these servers all send Content-Length.
std::optional<std::size_t> size_of(std::string_view answer) {
    const auto head_end = answer.find("\r\n\r\n");
    const auto length = answer.find("Content-Length: ");
    if (head_end == std::string_view::npos || length >= head_end) return std::nullopt;
    return head_end + 4 + std::strtoul(answer.data() + length + 16, nullptr, 10);
}

/// One request by hand, because the lease must stay out of the pool afterwards.
task<result<>> ask_once(net::byte_stream& stream, std::string request) {
    HK_CO_CHECK(co_await stream.write_all(request));
    std::string answer(16 * 1024, '\0');
    for (std::size_t have = 0; have < answer.size();) {
        HK_CO_TRY(const auto got, co_await stream.read_some(std::span(answer).subspan(have)));
        if (got == 0) co_return failure(errc::connection_closed);
        have += got;
        const auto size = size_of(std::string_view(answer).substr(0, have));
        if (size && have >= *size) co_return result<>{};
    }
    co_return failure(errc::payload_too_large);
}

class holder {
public:
    holder(net::reactor& on, const aim& at, std::size_t wanted)
        : on_(on), pool_(on, at.to, settings(wanted)), wanted_(wanted) {
        request_ = "GET " + at.request.target + " HTTP/1.1\r\nHost: " + at.request.host + "\r\n";
        for (const auto& [name, value] : at.request.headers) request_ += name + ": " + value + "\r\n";
        request_ += "\r\n";
    }

    std::size_t open_all() {
        held_.reserve(wanted_);
        for (std::size_t n = 0; n < opening_at_once; ++n) on_.spawn(open_some());
        on_.run();
        return held_.size();
    }

private:
    static net::pool_settings settings(std::size_t wanted) {
        net::pool_settings out;
        out.max_connections = wanted;
        out.connect_timeout = patience;
        return out;
    }

    task<> open_some() {
        while (begun_ < wanted_) {
            ++begun_;
            auto lease = co_await pool_.acquire(deadline::after(patience), connection_pool::freshness::fresh);
            if (!lease) break;
            lease->stream().set_deadline(deadline::after(patience).at());
            const auto answered = co_await ask_once(lease->stream(), request_);
            if (!answered) break;
            lease->stream().set_deadline(steady_time::max());
            held_.push_back(*std::move(lease));
        }
        if (++finished_ == opening_at_once) on_.stop();
    }

    net::reactor& on_;
    connection_pool pool_;
    const std::size_t wanted_;
    std::string request_;
    std::size_t begun_ = 0, finished_ = 0;
    std::vector<connection_pool::lease> held_;
};

}  // namespace

int hold_idle(net::reactor& on, const aim& at, std::size_t connections) {
    holder all(on, at, connections);
    const auto open = all.open_all();
    std::printf("holding %zu\n", open);
    std::fflush(stdout);
    while (std::getchar() != EOF) {}
    return open == connections ? 0 : 1;
}

}  // namespace hourkey::bench
