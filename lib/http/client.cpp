#include "http/client.hpp"

#include "core/secret.hpp"
#include "http/answer_parser.hpp"
#include "http/thread_buffers.hpp"
#include "http/token.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace hourkey::http {
namespace {

/// What goes into the head comes from our own signer and configuration; a control byte there would start a second
/// request.
result<> check_head(const client_request& what) {
    const bool bad = has_control_byte(what.target) || what.target.find(' ') != std::string::npos ||
                     has_control_byte(what.host) ||
                     std::any_of(what.headers.begin(), what.headers.end(),
                                 [](const header& h) { return has_control_byte(h.name) || has_control_byte(h.value); });
    if (bad) return failure(errc::internal, {}, {}, "a request to a peer holds a control byte in its head");
    return {};
}

void write_request(const client_request& what, wiped_buffer& out) {
    constexpr std::size_t usual_head = 2 * 1024;  // a signed one with a session token
    out.reserve(usual_head + what.body.size());
    out.append(to_text(what.verb));
    out.append(" ");
    out.append(what.target);
    out.append(" HTTP/1.1\r\nHost: ");
    out.append(what.host);
    for (const auto& [name, value] : what.headers) {
        out.append("\r\n");
        out.append(name);
        out.append(": ");
        out.append(value);
    }
    // RFC 9110 8.6: also with an empty body where one is to be expected.
    if (!what.body.empty() || what.verb == method::post || what.verb == method::put) {
        out.append("\r\nContent-Length: ");
        out.append(std::to_string(what.body.size()));
    }
    out.append("\r\n\r\n");
    out.append(what.body);
}

/// One request, one answer, on one connection. Both references are owned by exchange()'s frame and its caller's.
task<result<>> attempt(net::byte_stream& stream, const client_request& what, answer_parser& parser) {
    auto& out = write_scratch();
    write_request(what, out);
    auto sent = stream.write_now(out.view());
    if (!sent) sent = co_await stream.write_all(out.view());
    clear_write_scratch();
    if (!*sent) co_return sent->error();
    // The answer cannot be there yet: reading at once would cost a pass through TLS to learn it.
    if (const auto waited = co_await stream.wait_readable(); !waited) co_return waited.error();
    const auto scratch = read_scratch();
    for (;;) {
        auto got = stream.read_now(scratch);
        if (!got) got = co_await stream.read_some(scratch);
        if (!*got) co_return got->error();
        const auto size = **got;
        if (size == 0) co_return parser.end();
        const auto complete = parser.feed({scratch.data(), size});
        wipe_bytes(scratch.data(), size);
        if (!complete) co_return complete.error();
        if (*complete) co_return result<>{};
    }
}

bool is_unbelievable(const failure& why) noexcept {
    return why.code == errc::protocol_violation || why.code == errc::payload_too_large ||
           why.code == errc::headers_too_large;
}

/// The peer had closed an idle connection while our request was on its way.
bool is_stale(const failure& why) noexcept {
    return why.code == errc::connection_closed || why.code == errc::connection_truncated ||
           why.code == errc::connection_failed;
}

}  // namespace

task<result<client_answer>> exchange(net::connection_pool& over, const client_request& what, deadline until,
                                     net::connection_pool::freshness wanted, client_limits limits) {
    HK_CO_CHECK(check_head(what));
    for (;;) {
        const auto began = std::chrono::steady_clock::now();
        // acquire() would look too, at the price of a coroutine.
        auto kept = wanted == net::connection_pool::freshness::any ? over.reuse(until) : std::nullopt;
        if (!kept) {
            HK_CO_TRY(kept, co_await over.acquire(until, wanted));
        }
        auto lease = *std::move(kept);
        answer_parser parser(what.verb, limits);
        lease.stream().set_deadline(until.at());
        const auto done = co_await attempt(lease.stream(), what, parser);
        if (done) {
            const bool may_keep = parser.may_keep();
            auto answer = parser.take();
            if (may_keep) answer.connection = std::move(lease);
            co_return answer;
        }
        // The path may have forgotten all the flows that it had then; those that have answered since it has not.
        if (lease.is_reused() && done.error().code == errc::deadline_exceeded) over.drop_idle_until(began);
        if (is_unbelievable(done.error())) over.close_idle();
        // RFC 9112 9.3.1: safe to repeat when nothing of an answer had come; AssumeRole makes a credential that nobody
        // has seen.
        if (!lease.is_reused() || parser.has_started() || !is_stale(done.error())) co_return done.error();
        wanted = net::connection_pool::freshness::fresh;
    }
}

}  // namespace hourkey::http
