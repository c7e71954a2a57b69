#include "http/session.hpp"

#include "core/secret.hpp"
#include "http/forwarded_for.hpp"
#include "http/thread_buffers.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace hourkey::http {
namespace {

using namespace std::chrono_literals;

/// A refusal fits into any socket's buffer; a peer that does not take it gets none.
constexpr auto refusal_time = 1s;
/// The least an answer may take to leave, however late it came.
constexpr auto least_write_time = 1s;
/// What a drain leaves to a connection that has not sent its first request yet.
constexpr auto drain_grace = 1s;

steady_time now() noexcept { return std::chrono::steady_clock::now(); }

class counted {
public:
    explicit counted(std::atomic<std::size_t>& n) noexcept : n_(n) { n_.fetch_add(1, std::memory_order_relaxed); }
    ~counted() { n_.fetch_sub(1, std::memory_order_relaxed); }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;

private:
    std::atomic<std::size_t>& n_;
};

/// Nobody takes a connection's place while its request is being answered.
class kept_place {
public:
    explicit kept_place(net::connection_slot& slot) noexcept : slot_(slot) { slot_.begin_answer(); }
    ~kept_place() { slot_.end_answer(); }
    kept_place(const kept_place&) = delete;
    kept_place& operator=(const kept_place&) = delete;

private:
    net::connection_slot& slot_;
};

}  // namespace

session::session(std::shared_ptr<server_state> of, net::accepted connection)
    : of_(std::move(of)), peer_(std::move(connection)) {
    request_.client = peer_.from;
    of_->sessions.push_back(*this);
    of_->connections.fetch_add(1, std::memory_order_relaxed);
}

session::~session() { of_->connections.fetch_sub(1, std::memory_order_relaxed); }

task<bool> session::begin() {
    peer_.stream->set_deadline(now() + of_->limits.handshake);
    if (is_from_proxy() && of_->proxies->what == net::trusted_proxies::speaks::proxy_protocol_v2) {
        const auto header = co_await peer_.stream->read_proxy_header();
        if (!header) co_return false;
        // Who speaks for nobody, as in a health check, hands on whatever bytes: those name no client either.
        names_clients_ = header->client && of_->proxies->from.contains(*header->client);
        if (header->client) {
            peer_.from.address = hourkey::to_text(*header->client);
            peer_.from.port = header->client_port;
            request_.client = peer_.from;
            if (!peer_.slot.belongs_to(peer_.from.address)) co_return false;
        }
    } else {
        names_clients_ = is_from_proxy();
    }
    const auto shaken = co_await peer_.stream->handshake();
    co_return shaken.has_value();
}

task<> session::run() {
    if (!co_await begin()) {
        of_->handshake_failures.fetch_add(1, std::memory_order_relaxed);
        if (peer_.stream->has_met_plain_http()) {
            refusal_ = failure(errc::invalid_request, "This port speaks HTTPS only, and plain HTTP was sent.",
                               "Write https:// in the URL.");
            co_await refuse();
            co_return;
        }
        peer_.stream->close();
        co_return;
    }
    peer_.slot.handshake_done();
    first_head_until_ = now() + of_->limits.header;

    for (;;) {
        const auto got = co_await receive();
        if (got == arrival::gone) break;
        if (got == arrival::refused) {
            co_await refuse();
            co_return;
        }
        if (!co_await answer()) {
            // Bytes of a next request would turn our close into a reset that may destroy the answer on its way.
            if (!input_.empty() || of_->draining) co_await peer_.stream->linger_close();
            break;
        }
        // A pipelined request may be answered without ever waiting: the reactor's other connections get their turn.
        if (!input_.empty()) co_await boost::asio::post(of_->on.get_executor(), use_task);
    }
    peer_.stream->close();
}

void session::drain() noexcept {
    if (!waiting_ || !peer_.stream->is_quiet()) return;
    // A kept-alive client is prepared for an end between requests; one that has just connected is not.
    peer_.stream->set_deadline(served_ == 0 ? now() + drain_grace : steady_time::min());
}

task<session::arrival> session::receive() {
    if (input_.empty()) {
        prepare_to_wait();
        const auto readable = co_await peer_.stream->wait_readable();
        waiting_ = false;
        if (!readable) co_return arrival::gone;
    }
    // From the first byte on, only a complete request extends the time.
    request_.received = now();
    request_.until = deadline(request_.received + of_->limits.request);
    peer_.stream->set_deadline(std::min(head_time(request_.received + of_->limits.header), request_.until.at()));
    for (head_scanner scanner(of_->limits.header_bytes);;) {
        auto found = find_head(scanner, input_.view());
        if (!found) co_return refuse_with(std::move(found).error());
        if (head_bytes_ = *found; head_bytes_ != 0) break;
        const auto scratch = read_scratch();
        auto got = peer_.stream->read_now(scratch);
        if (!got) got = co_await peer_.stream->read_some(scratch);
        if (const auto more = take(*got, scratch, input_); more != arrival::complete) co_return more;
    }

    auto admitted = admit(input_.view().substr(0, head_bytes_), of_->limits, request_);
    if (!admitted) co_return refuse_with(std::move(admitted).error());
    framing_ = *admitted;
    if (names_clients_) request_.client.address = forwarded_client(request_, peer_.from.address, of_->proxies->from);
    if (input_.size() - head_bytes_ < framing_.body_bytes) co_return co_await receive_body();
    request_.body = input_.view().substr(head_bytes_, framing_.body_bytes);
    co_return arrival::complete;
}

void session::prepare_to_wait() {
    input_.release();  // an idle connection holds no buffer
    peer_.stream->set_deadline(
        head_time(now() + (of_->draining ? std::chrono::milliseconds(drain_grace) : of_->limits.idle)));
    waiting_ = true;
}

steady_time session::head_time(steady_time usual) const {
    return served_ == 0 ? std::min(usual, first_head_until_) : usual;
}

task<session::arrival> session::receive_body() {
    peer_.stream->set_deadline(std::min(now() + of_->limits.body, request_.until.at()));
    body_.append(input_.view().substr(head_bytes_));
    if (framing_.wants_continue && body_.empty()) {
        if (const auto asked = co_await peer_.stream->write_all("HTTP/1.1 100 Continue\r\n\r\n"); !asked)
            co_return arrival::gone;
    }
    while (body_.size() < framing_.body_bytes) {
        const auto scratch = read_scratch().first(std::min(framing_.body_bytes - body_.size(), read_scratch().size()));
        const auto got = co_await peer_.stream->read_some(scratch);
        if (const auto more = take(got, scratch, body_); more != arrival::complete) co_return more;
    }
    request_.body = body_.view();
    co_return arrival::complete;
}

session::arrival session::take(const result<std::size_t>& got, std::span<char> scratch, wiped_buffer& into) {
    if (!got) {
        if (got.error().code != errc::deadline_exceeded || input_.empty()) return arrival::gone;
        return refuse_with(failure(errc::request_timeout, {}, "Send the whole request at once."));
    }
    if (*got == 0) return arrival::gone;
    into.append({scratch.data(), *got});
    wipe_bytes(scratch.data(), *got);
    return arrival::complete;
}

session::arrival session::refuse_with(failure why) {
    refusal_ = std::move(why);
    return arrival::refused;
}

task<> session::refuse() {
    auto a = of_->to.refuse(refusal_, request_.client);
    // RFC 9110 15.5.6: a 405 names what is allowed.
    if (refusal_.code == errc::method_not_allowed)
        a.headers.push_back({"Allow", "GET, HEAD, POST, PUT, DELETE, OPTIONS"});
    answer_form form{.http11 = true, .keep_alive = false, .with_body = !input_.view().starts_with("HEAD ")};
    if (a.pause.count() > 0) co_await peer_.stream->pause(now() + a.pause);
    // The deadline that a slow request has passed is moved once more, for this one write.
    if (co_await deliver(nullptr, a, form, now() + refusal_time)) co_await peer_.stream->linger_close();
    peer_.stream->close();
}

task<bool> session::answer() {
    const counted in_flight(of_->in_flight);
    std::optional<kept_place> kept(peer_.slot);
    // The service keeps to request_.until itself; the stream waits for nothing meanwhile.
    peer_.stream->set_deadline(steady_time::max());
    response a;
    std::optional<std::string> escaped;
    try {
        a = co_await of_->to.answer(request_);
    } catch (const std::exception& e) {
        escaped = e.what();
    } catch (...) {
        escaped = "something that is not a std::exception";
    }
    if (escaped) {
        a = of_->to.refuse(failure(errc::internal, {}, {}, "an exception left the service: " + *escaped),
                           request_.client);
        a.close = true;
    }
    if (a.pause.count() > 0) {
        kept.reset();
        co_await peer_.stream->pause(std::min(now() + a.pause, request_.until.at()));
        kept.emplace(peer_.slot);
    }
    ++served_;
    const bool last =
        a.close || peer_.slot.must_go() || of_->draining || served_ >= of_->limits.requests_per_connection;
    answer_form form{.http11 = framing_.http11,
                     .keep_alive = framing_.keep_alive && !last,
                     .with_body = request_.verb != method::head};
    const auto answered = now();
    const auto written_by =
        std::max(std::min(answered + of_->limits.write, request_.until.at()), answered + least_write_time);
    const bool delivered = co_await deliver(&request_, a, form, written_by);
    input_.consume(head_bytes_ + framing_.body_bytes);
    body_.release();
    co_return delivered&& form.keep_alive;
}

task<bool> session::deliver(const request* r, response& a, answer_form& form, steady_time until) {
    auto& out = write_scratch();
    if (auto written = write_answer(a, form, out); !written) {
        wipe_bytes(a.body.data(), a.body.size());
        a = of_->to.refuse(written.error(), request_.client);
        form.keep_alive = false;
        written = write_answer(a, form, out);
        if (!written) co_return false;
    }
    peer_.stream->set_deadline(until);
    auto sent = peer_.stream->write_now(out.view());
    if (!sent) sent = co_await peer_.stream->write_all(out.view());
    clear_write_scratch();
    wipe_bytes(a.body.data(), a.body.size());
    of_->to.finished(r, a, sent->has_value(), now() - request_.received);
    co_return sent->has_value();
}

}  // namespace hourkey::http
