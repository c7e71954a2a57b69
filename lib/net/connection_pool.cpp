#include "net/connection_pool.hpp"

#include "net/connection_race.hpp"
#include "net/connector.hpp"
#include "net/tls_stream.hpp"
#include "net/unix_address.hpp"
#include "net/wait_queue.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

namespace hourkey::net {
namespace {

/// Each is a thread that cannot be ended.
constexpr std::size_t most_lookups = 3;

}  // namespace

struct connection_pool::state final : swept, std::enable_shared_from_this<state> {
    struct pooled {
        std::unique_ptr<byte_stream> stream;
        steady_time born;
        steady_time idle_since{};
    };
    struct waiter : wait_queue::place {
        using place::place;
        std::optional<pooled> given;  ///< empty: only the right to open a connection
    };

    reactor& on;
    endpoint to;
    pool_settings settings;
    std::shared_ptr<tls_sessions> sessions = std::make_shared<tls_sessions>();
    std::deque<pooled> idle;  ///< most recent last
    std::size_t open = 0;     ///< idle, leased and being made
    wait_queue waiting;

    addresses known;  ///< to be tried in this order
    std::optional<address> good;  ///< the last that worked; kept over look-ups, whose order may change
    steady_time fresh_until{};
    std::size_t lookups = 0;  ///< that run
    steady_time silent_since{}, last_begun{}, failure_stands_until{};
    std::optional<failure> unresolved;
    wait_queue for_addresses;

    state(reactor& r, endpoint e, pool_settings s) : on(r), to(std::move(e)), settings(s) {}

    // ---- places ----

    [[nodiscard]] std::optional<pooled> take_idle(steady_time now) {
        while (!idle.empty()) {
            auto newest = std::move(idle.back());
            idle.pop_back();
            if (is_usable(newest, now)) return newest;
            newest.stream.reset();
            give_place_back();
        }
        return std::nullopt;
    }

    [[nodiscard]] bool is_usable(const pooled& p, steady_time now) const noexcept {
        return now - p.born < settings.max_age && now - p.idle_since < settings.idle_limit && p.stream->is_quiet();
    }

    [[nodiscard]] bool take_place() {
        if (!idle.empty() && open >= settings.max_connections) {  // a fresh one is wanted
            idle.pop_front();
            return true;
        }
        if (open >= settings.max_connections || !waiting.empty()) return false;
        ++open;
        return true;
    }

    void give_place_back() {
        if (waiting.empty()) {
            --open;
        } else {
            waiting.wake(waiting.front());
        }
    }

    void keep(pooled p) {
        p.idle_since = std::chrono::steady_clock::now();
        p.stream->set_deadline(steady_time::max());
        if (!waiting.empty()) {
            auto& first = static_cast<waiter&>(waiting.front());
            first.given = std::move(p);
            waiting.wake(first);
            return;
        }
        idle.push_back(std::move(p));
        if (!is_linked()) close_stale_later();
    }

    // ---- idle connections go without anybody's asking ----

    void close_stale_later() {
        expires_at = idle.front().idle_since + settings.idle_limit;
        on.watch(*this);
    }

    void expire() noexcept override {
        // Not from within the sweep: closing takes streams out of the list that is being swept.
        boost::asio::post(on.get_executor(), [self = weak_from_this()] {
            if (const auto pool = self.lock()) pool->close_stale();
        });
    }

    void drop_idle_until(steady_time when) {
        while (!idle.empty() && idle.front().idle_since <= when) {
            idle.pop_front();
            give_place_back();
        }
    }

    void close_stale() {
        drop_idle_until(std::chrono::steady_clock::now() - settings.idle_limit);
        if (!idle.empty() && !is_linked()) close_stale_later();
    }

    // ---- addresses ----

    void start_refresh() {
        const auto now = std::chrono::steady_clock::now();
        if (now < failure_stands_until || lookups >= most_lookups ||
            (lookups != 0 && now - last_begun < settings.lookup_again))
            return;
        if (lookups++ == 0) silent_since = now;
        last_begun = now;
        look_up(on, settings.lookup, to.host, to.port, [weak = weak_from_this()](result<addresses> found) {
            if (const auto pool = weak.lock()) pool->end_refresh(std::move(found));
        });
    }

    void end_refresh(result<addresses> found) {
        --lookups;
        const auto now = std::chrono::steady_clock::now();
        silent_since = now;
        if (found) {
            known = *std::move(found);
            if (good) prefer(*good);
            unresolved.reset();
            failure_stands_until = {};
            fresh_until = now + settings.max_age;
        } else {
            unresolved = std::move(found).error();  // older addresses stay in use
            failure_stands_until = now + settings.lookup_memory;
        }
        for_addresses.wake_all();
    }

    /// True when a look-up has ended meanwhile, however.
    task<bool> wait_for_lookup(deadline until) {
        const auto patience_ends = silent_since + settings.lookup_patience;
        if (lookups == 0 || std::chrono::steady_clock::now() >= patience_ends) co_return false;
        wait_queue::place here(on);
        co_return co_await for_addresses.wait(here, until.sooner(deadline(patience_ends)));
    }

    void prefer(const address& at) {
        good = at;
        const auto place = std::ranges::find(known, at);
        if (place != known.end()) std::rotate(known.begin(), place, place + 1);
    }

    void avoid(const address& at) {
        if (good == at) good.reset();
        const auto place = std::ranges::find(known, at);
        if (place != known.end()) std::rotate(place, place + 1, known.end());
    }

    [[nodiscard]] addresses known_beside(const addresses& others) const {
        auto rest = known;
        std::erase_if(rest, [&](const address& at) { return std::ranges::find(others, at) != others.end(); });
        return rest;
    }

    task<result<>> have_addresses(deadline until) {
        if (std::chrono::steady_clock::now() >= fresh_until) start_refresh();
        if (!known.empty()) co_return result<>{};
        if (lookups != 0 && !co_await wait_for_lookup(until)) {
            const auto why =
                until.has_passed(std::chrono::steady_clock::now()) ? errc::deadline_exceeded : errc::connection_failed;
            co_return failure(why, {}, {}, to.host + ": not resolved in time");
        }
        if (known.empty()) co_return unresolved.value_or(failure(errc::connection_failed));
        co_return result<>{};
    }

    // ---- connecting ----

    task<result<std::unique_ptr<byte_stream>>> connect(deadline until) {
        if (!to.unix_path.empty()) co_return co_await connect_unix(until);
        HK_CO_CHECK(co_await have_addresses(until));
        const auto tried = known;
        auto stream = co_await connect_to_any(tried, until);
        if (stream) co_return stream;
        start_refresh();  // the peer may have moved
        if (stream.error().code != errc::connection_failed) co_return stream;
        if (known_beside(tried).empty()) static_cast<void>(co_await wait_for_lookup(until));
        auto moved = known_beside(tried);
        if (moved.empty()) co_return stream;
        co_return co_await connect_to_any(std::move(moved), until);
    }

    task<result<std::unique_ptr<byte_stream>>> connect_unix(deadline until) {
        HK_CO_TRY(const auto path, unix_address::make(to.unix_path));
        auto socket = co_await connect_to(on, address(path.get(), path.size()), step_deadline(until));
        if (!socket) co_return for_caller(std::move(socket).error(), until);
        co_return co_await secure(*std::move(socket), until);
    }

    task<result<std::unique_ptr<byte_stream>>> connect_to_any(addresses candidates, deadline until) {
        failure last(errc::connection_failed);
        while (!candidates.empty()) {
            auto won = co_await connect_to_first(on, candidates, settings.connect_timeout, until);
            if (!won) co_return for_caller(std::move(won).error(), until);
            const auto at = candidates[won->index];
            auto stream = co_await secure(std::move(won->socket), until);
            if (stream) {
                prefer(at);
                co_return stream;
            }
            avoid(at);
            last = std::move(stream).error();
            if (last.code != errc::connection_failed) break;
            std::erase(candidates, at);
        }
        co_return last;
    }

    task<result<std::unique_ptr<byte_stream>>> secure(os::unique_descriptor socket, deadline until) {
        if (to.tls == nullptr) co_return make_plain_stream(on, std::move(socket));
        HK_CO_TRY(auto stream, make_tls_client_stream(on, std::move(socket), to.tls, to.host, sessions));
        stream->set_deadline(step_deadline(until).at());
        auto shaken = co_await stream->handshake();
        if (!shaken) co_return for_caller(std::move(shaken).error(), until);
        co_return stream;
    }

    [[nodiscard]] deadline step_deadline(deadline until) const {
        return until.sooner(deadline::after(settings.connect_timeout));
    }

    /// A step's own time limit is the peer's failure, not the caller's deadline.
    [[nodiscard]] failure for_caller(failure why, deadline until) const {
        if (why.code == errc::tls_failed) return why;
        if (why.code == errc::deadline_exceeded && until.has_passed(std::chrono::steady_clock::now())) return why;
        why.cause = (to.unix_path.empty() ? to.host : to.unix_path) + ": " +
                    (why.cause.empty() ? std::string(describe(why.code).message) : why.cause);
        why.code = errc::connection_failed;
        return why;
    }

    // ---- acquiring ----

    /// Gives the place back unless a lease has taken it over.
    struct held_place {
        state* pool;
        ~held_place() {
            if (pool != nullptr) pool->give_place_back();
        }
    };

    static lease make_lease(std::shared_ptr<state> pool, pooled p, bool reused) {
        lease made;
        made.pool_ = std::move(pool);
        made.stream_ = std::move(p.stream);
        made.born_ = p.born;
        made.reused_ = reused;
        return made;
    }

    static std::optional<lease> reuse(const std::shared_ptr<state>& pool, deadline until) {
        auto reused = pool->take_idle(std::chrono::steady_clock::now());
        if (!reused) return std::nullopt;
        reused->stream->set_deadline(until.at());
        return make_lease(pool, *std::move(reused), true);
    }

    static task<result<lease>> acquire(std::shared_ptr<state> pool, deadline until, freshness wanted) {
        if (wanted == freshness::any) {
            if (auto reused = reuse(pool, until)) co_return *std::move(reused);
        }
        if (!pool->take_place()) {
            waiter here(pool->on);
            if (!co_await pool->waiting.wait(here, until))
                co_return failure(errc::deadline_exceeded, {}, {}, pool->to.host + ": all connections are busy");
            if (here.given && wanted == freshness::any &&
                pool->is_usable(*here.given, std::chrono::steady_clock::now())) {
                here.given->stream->set_deadline(until.at());
                co_return make_lease(std::move(pool), *std::move(here.given), true);
            }
            here.given.reset();
        }
        held_place place{pool.get()};
        auto stream = co_await pool->connect(until);
        if (!stream) co_return std::move(stream).error();
        (*stream)->set_deadline(until.at());
        place.pool = nullptr;
        pooled fresh{*std::move(stream), std::chrono::steady_clock::now()};
        co_return make_lease(std::move(pool), std::move(fresh), false);
    }
};

connection_pool::connection_pool(reactor& on, endpoint to, pool_settings settings)
    : state_(std::make_shared<state>(on, std::move(to), settings)) {
    if (state_->to.unix_path.empty()) state_->start_refresh();
}
connection_pool::~connection_pool() { close_idle(); }

std::optional<connection_pool::lease> connection_pool::reuse(deadline until) { return state::reuse(state_, until); }

task<result<connection_pool::lease>> connection_pool::acquire(deadline until, freshness wanted) {
    return state::acquire(state_, until, wanted);
}

std::size_t connection_pool::open() const noexcept { return state_->open; }
std::size_t connection_pool::idle() const noexcept { return state_->idle.size(); }
std::uint64_t connection_pool::resumed() const noexcept { return state_->sessions->resumed(); }

void connection_pool::close_idle() noexcept { drop_idle_until(steady_time::max()); }
void connection_pool::drop_idle_until(steady_time when) noexcept { state_->drop_idle_until(when); }

connection_pool::lease::lease(lease&& other) noexcept = default;

connection_pool::lease& connection_pool::lease::operator=(lease&& other) noexcept {
    if (this == &other) return *this;
    drop();
    pool_ = std::move(other.pool_);
    stream_ = std::move(other.stream_);
    born_ = other.born_;
    reused_ = other.reused_;
    return *this;
}

connection_pool::lease::~lease() { drop(); }

void connection_pool::lease::keep() noexcept {
    if (!stream_) return;
    state::pooled p{std::move(stream_), born_};
    std::exchange(pool_, nullptr)->keep(std::move(p));
}

void connection_pool::lease::drop() noexcept {
    if (!stream_) return;
    stream_.reset();
    std::exchange(pool_, nullptr)->give_place_back();
}

}  // namespace hourkey::net
