#include "emulator/connection.hpp"

#include "emulator/control.hpp"
#include "emulator/request_head.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <sys/socket.h>

namespace hourkey::emulator {
namespace {

using namespace std::chrono_literals;

constexpr auto handshake_time = 10s;
constexpr std::chrono::milliseconds look_period{10};
/// Longer than any client keeps an idle connection, so that the client is the one to decide.
constexpr auto exchange_time = 10min;
constexpr std::size_t read_size = 8 * 1024;
constexpr std::size_t padding_piece = 64 * 1024;
constexpr std::string_view head_end = "\r\n\r\n";

steady_time in(std::chrono::steady_clock::duration d) noexcept { return std::chrono::steady_clock::now() + d; }

/// Linux: connecting a stream to AF_UNSPEC sends a RST at once, without TLS's close_notify before it and without
/// closing the descriptor under the stream that owns it (connect(2), tcp_disconnect()).
void send_reset(int descriptor) noexcept {
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    static_cast<void>(::connect(descriptor, &nowhere, sizeof(nowhere)));
}

}  // namespace

connection::connection(net::reactor& on, sts_emulator& sts, std::unique_ptr<net::byte_stream> stream, int descriptor,
                       peer from)
    : on_(on), sts_(sts), stream_(std::move(stream)), descriptor_(descriptor), from_(std::move(from)) {}

task<> connection::serve() {
    stream_->set_deadline(in(handshake_time));
    const auto secured = co_await stream_->handshake();
    for (auto step = secured ? next::go_on : next::ended; step == next::go_on;) step = co_await serve_one();
    stream_->close();
}

task<> connection::end_at_once(fault f) {
    stream_->set_deadline(in(exchange_time));
    const auto how = f == fault::conn_reset ? ending::reset : f == fault::conn_fin ? ending::fin : ending::hang;
    co_await end_with(how);
    stream_->close();
}

task<connection::next> connection::serve_one() {
    stream_->set_deadline(in(exchange_time));
    const auto head_size = co_await read_head();
    if (head_size == 0) co_return next::ended;
    auto head = parse_request_head(std::string_view(in_).substr(0, head_size - head_end.size()));
    if (!head) {
        auto refusal = to_wire(text_answer(describe(head.error().code).http_status, head.error().text()), false);
        co_return co_await send(std::move(refusal));
    }
    if (head->expects_continue) {
        if (const auto sent = co_await stream_->write_all("HTTP/1.1 100 Continue\r\n\r\n"); !sent)
            co_return next::ended;
    }
    const auto size = head_size + head->content_length;
    if (size > in_.size()) {
        // fill() moves the bytes that the head's views point to.
        const bool complete = co_await fill(size);
        if (!complete) co_return next::ended;
        head = parse_request_head(std::string_view(in_).substr(0, head_size - head_end.size()));
    }
    head->fields.body = std::string_view(in_).substr(head_size, head->content_length);
    cleared_before_ = sts_.times_cleared();
    auto wire = to_wire(answer_to(head->fields), head->keep_alive);
    in_.erase(0, size);
    co_return co_await send(std::move(wire));
}

task<bool> connection::fill(std::size_t size) {
    while (in_.size() < size) {
        const auto had = in_.size();
        in_.resize(had + read_size);
        const auto got = co_await stream_->read_some(std::span(in_).subspan(had));
        in_.resize(had + (got ? *got : 0));
        if (!got || *got == 0) co_return false;
    }
    co_return true;
}

task<std::size_t> connection::read_head() {
    for (std::size_t searched = 0;;) {
        const auto end = in_.find(head_end, searched);
        if (end != std::string::npos) co_return end + head_end.size();
        if (in_.size() > max_head_bytes) co_return 0;
        searched = in_.size() < head_end.size() ? 0 : in_.size() - head_end.size() + 1;
        const bool more = co_await fill(in_.size() + 1);
        if (!more) co_return 0;
    }
}

answer connection::answer_to(request r) {
    r.peer_address = from_.address;
    r.is_secure = from_.is_secure;
    if (r.path == control_path) {
        if (!from_.is_loopback) return text_answer(403, "The control door opens to loopback only.");
        // Browsers name the page's origin on every POST: a page must not rearm the emulator of whoever visits it.
        if (r.find("origin")) return text_answer(403, "The control door does not open to browsers.");
        if (r.method != "POST") return text_answer(405, "The control door takes POST with form parameters.");
        return control(sts_, r.body);
    }
    if (r.path != "/") return text_answer(404, "There is only / and /_emulator here.");
    if (r.method != "POST" && r.method != "GET") return text_answer(405, "STS takes GET and POST.");
    return sts_.answer_to(r);
}

task<connection::next> connection::send(wire_answer a) {
    if (a.wait > 0ms) co_await wait_while_armed(a.wait);
    bool sent = true;
    if (a.drip_over > 0ms) {
        sent = co_await drip(std::move(a.bytes), a.drip_over);
    } else if (!a.bytes.empty()) {
        const auto wrote = co_await stream_->write_all(a.bytes);
        sent = wrote.has_value();
    }
    const std::string spaces(std::min(a.padding, padding_piece), ' ');
    for (auto left = a.padding; sent && left > 0; left -= std::min(left, spaces.size())) {
        const auto wrote = co_await stream_->write_all(std::string_view(spaces).substr(0, left));
        sent = wrote.has_value();
    }
    if (!sent) co_return next::ended;
    if (a.end == ending::keep_alive) co_return next::go_on;
    co_await end_with(a.end);
    co_return next::ended;
}

task<bool> connection::drip(std::string bytes, std::chrono::milliseconds over) {
    // A timer is no finer than a millisecond, so the bytes are spread over as many pauses as there are milliseconds.
    const auto pauses = std::clamp<std::size_t>(static_cast<std::size_t>(over.count()), 1, bytes.size());
    const auto bytes_per_pause = (bytes.size() + pauses - 1) / pauses;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto wrote = co_await stream_->write_all(std::string_view(bytes).substr(i, 1));
        if (!wrote) co_return false;
        if ((i + 1) % bytes_per_pause == 0) co_await pause(over / static_cast<long>(pauses));
    }
    co_return true;
}

task<> connection::wait_while_armed(std::chrono::milliseconds time) {
    const auto last = in(time);
    while (sts_.times_cleared() == cleared_before_ && std::chrono::steady_clock::now() < last)
        co_await pause(std::min(time, look_period));
}

task<> connection::pause(std::chrono::milliseconds time) {
    steady_timer timer(on_.get_executor(), time);
    co_await timer.async_wait(as_task_tuple);
}

task<> connection::end_with(ending how) {
    if (how == ending::hang) {
        co_await discard_until_closed();
    } else if (how == ending::reset) {
        send_reset(descriptor_);
    } else {
        if (how == ending::fin) ::shutdown(descriptor_, SHUT_WR);
        // Unread bytes would turn the FIN into a RST.
        co_await stream_->linger_close();
    }
}

task<> connection::discard_until_closed() {
    std::array<char, 1024> discarded{};
    for (;;) {
        const auto got = co_await stream_->read_some(discarded);
        if (!got || *got == 0) co_return;
    }
}

}  // namespace hourkey::emulator
