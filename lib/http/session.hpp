#pragma once

#include "core/failure.hpp"
#include "core/task.hpp"
#include "http/fence.hpp"
#include "http/limits.hpp"
#include "http/message.hpp"
#include "http/response_writer.hpp"
#include "http/server.hpp"
#include "http/wiped_buffer.hpp"
#include "net/listener.hpp"
#include "net/trusted_proxies.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace hourkey::http {

/// What a server ends in a drain.
class drainable : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    virtual void drain() noexcept = 0;

protected:
    ~drainable() = default;
};

/// What one server's sessions share. The counters are read by other threads.
struct server_state {
    server_state(net::reactor& r, service& s, server_limits l, std::shared_ptr<const net::trusted_proxies> p)
        : on(r), to(s), limits(l), proxies(std::move(p)) {}

    net::reactor& on;
    service& to;
    const server_limits limits;
    const std::shared_ptr<const net::trusted_proxies> proxies;  ///< null: nobody is believed
    bool draining = false;
    std::atomic<std::size_t> in_flight{0};
    std::atomic<std::size_t> connections{0};
    std::atomic<std::uint64_t> handshake_failures{0};
    boost::intrusive::list<drainable, boost::intrusive::constant_time_size<false>> sessions;
};

/// One connection, from its handshake to its close. Lives in its coroutine's frame.
class session final : public drainable {
public:
    session(std::shared_ptr<server_state> of, net::accepted connection);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    task<> run();
    /// Ends the connection when it is idle; one with a request on its way answers it first.
    void drain() noexcept override;

private:
    enum class arrival {
        complete,
        refused,  ///< refusal_ says why
        gone      ///< the peer ended, or was idle for too long: nobody to answer
    };

    /// What comes before the first request. False: the connection has ended.
    task<bool> begin();
    [[nodiscard]] bool is_from_proxy() const noexcept {
        return of_->proxies && of_->proxies->from.contains(std::string_view(peer_.from.address));
    }

    // Few coroutines a request: each costs a frame.
    task<arrival> receive();
    task<arrival> receive_body();
    /// Moves what read_some() has put into `scratch` to `into` and wipes it there.
    [[nodiscard]] arrival take(const result<std::size_t>& got, std::span<char> scratch, wiped_buffer& into);
    void prepare_to_wait();
    /// `usual`, but before the first request no later than its head's time is up: silence is no way to hold a place for
    /// longer.
    [[nodiscard]] steady_time head_time(steady_time usual) const;
    [[nodiscard]] arrival refuse_with(failure why);
    task<> refuse();

    /// True when the connection may carry another request.
    task<bool> answer();
    /// Writes `a`, overwrites its body and tells the service. `form` may lose its keep_alive.
    task<bool> deliver(const request* r, response& a, answer_form& form, steady_time until);

    std::shared_ptr<server_state> of_;
    net::accepted peer_;
    wiped_buffer input_;  ///< the request's header block, often its body, and what has arrived behind it
    /// The body when it came in pieces: growing input_ would move the header block under its views.
    wiped_buffer body_;
    request request_;
    framing framing_;
    steady_time first_head_until_;
    std::size_t head_bytes_ = 0;
    std::size_t served_ = 0;
    bool waiting_ = false;
    bool names_clients_ = false;  ///< the peer is a proxy whose X-Forwarded-For counts
    failure refusal_;
};

}  // namespace hourkey::http
