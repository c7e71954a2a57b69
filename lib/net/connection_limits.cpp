#include "net/connection_limits.hpp"

#include "os/descriptor_limit.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace hourkey::net {
namespace {

/// For the store, the admin door's 64 connections and the control socket's 16, log files and whatever a library opens.
constexpr std::size_t descriptors_kept_back = 128;
/// A thread's reactor, listening sockets and read handle.
constexpr std::size_t descriptors_a_thread = 8;
/// Of the limit, for STS's addresses that are tried beside each other. The alert HourkeyDescriptorsRunOut lies within
/// it, so that full load does not raise it.
constexpr std::size_t spare_part = 16;

std::size_t within_descriptor_limit(std::size_t total, std::size_t threads) {
    const auto available = static_cast<std::size_t>(os::descriptor_limit());
    const auto kept_back =
        std::min(descriptors_kept_back + threads * descriptors_a_thread + available / spare_part, available / 2);
    // While STS is slow, every client that waits has a connection to STS beside its own.
    return std::min(total, (available - kept_back) / 2);
}

}  // namespace

struct connection_place : std::enable_shared_from_this<connection_place> {
    struct held : crowd::member {
        explicit held(connection_place* p) : of(p) {}
        connection_place* of;
    };
    held open{this}, half_open{this};
    std::optional<reactor_handle> on;
    std::function<void()> how;
    std::atomic<bool> is_answering{false}, is_leaving{false};
};

struct connection_counts {
    connection_caps caps;
    std::mutex mutex;
    crowd everyone, handshaking;
    std::atomic<std::size_t> leaving{0};  ///< changed under the lock
    std::atomic<std::size_t> open{0}, half_open{0};  ///< the crowds' sizes, for who reads without the lock
    std::atomic<std::uint64_t> refused{0}, displaced{0};

    [[nodiscard]] bool is_full(const std::string& address, const network_prefixes& from) const {
        if (caps.newcomers_claim == crowd::claim::any_share || from.is_loopback() || from.narrowest().is_none())
            return false;
        return everyone.held_by(from) >= caps.per_address && !caps.proxies.contains(std::string_view(address));
    }
    void publish() noexcept {
        open = everyone.size();
        half_open = handshaking.size();
    }
    void take_out(connection_place& p) {
        everyone.remove(p.open);
        handshaking.remove(p.half_open);
        publish();
    }
};

namespace {

connection_place& place_of(const crowd::member& m) { return *static_cast<const connection_place::held&>(m).of; }

bool may_go(const crowd::member& m) {
    const auto& place = place_of(m);
    return place.on && !place.is_answering;
}

/// Somebody of `from` who is no longer counted and has to be told; null when nobody may go, or enough are going
/// already.
std::shared_ptr<connection_place> displace(connection_counts& counts, const crowd& from,
                                           const network_prefixes& newcomer, crowd::claim c) {
    if (counts.leaving >= connection_limits::most_leaving) return nullptr;
    const auto* leaver = from.find_leaver(newcomer, c, may_go);
    if (leaver == nullptr) return nullptr;
    auto& place = place_of(*leaver);
    counts.take_out(place);
    place.is_leaving = true;
    ++counts.leaving;
    ++counts.displaced;
    return place.shared_from_this();
}

/// Not under the lock: a reactor that has ended destroys what is posted to it at once.
void tell(const std::shared_ptr<connection_place>& leaver) {
    if (!leaver) return;
    leaver->on->post([weak = std::weak_ptr(leaver)] {
        if (const auto place = weak.lock(); place && !place->is_answering) place->how();
    });
}

}  // namespace

connection_limits::connection_limits(connection_caps caps) : counts_(std::make_shared<connection_counts>()) {
    caps.total = within_descriptor_limit(caps.total, caps.threads);
    counts_->caps = std::move(caps);
}

connection_slot connection_limits::admit(const std::string& address) {
    const network_prefixes from(address);
    connection_slot slot;
    std::shared_ptr<connection_place> leaver, half_open_leaver;
    {
        auto& c = *counts_;
        const std::scoped_lock lock(c.mutex);
        const bool is_full = c.everyone.size() >= c.caps.total;
        if (c.is_full(address, from)) {
            ++c.refused;
            return slot;
        }
        if (is_full) leaver = displace(c, c.everyone, from, c.caps.newcomers_claim);
        if (is_full && !leaver) {
            ++c.refused;
            return slot;
        }
        slot.place_ = std::make_shared<connection_place>();
        slot.counts_ = counts_;
        c.everyone.add(slot.place_->open, from);
        c.handshaking.add(slot.place_->half_open, from);
        if (c.handshaking.size() > c.caps.handshaking)
            half_open_leaver = displace(c, c.handshaking, from, crowd::claim::any_share);
        c.publish();
    }
    tell(leaver);
    tell(half_open_leaver);
    return slot;
}

bool connection_limits::is_clearing() const noexcept { return counts_->leaving >= most_leaving; }
std::size_t connection_limits::most() const noexcept { return counts_->caps.total; }
std::size_t connection_limits::open() const noexcept { return counts_->open; }
std::size_t connection_limits::handshaking() const noexcept { return counts_->half_open; }
std::uint64_t connection_limits::refused() const noexcept { return counts_->refused; }
std::uint64_t connection_limits::displaced() const noexcept { return counts_->displaced; }

connection_slot::connection_slot() noexcept = default;
connection_slot::connection_slot(connection_slot&&) noexcept = default;

connection_slot& connection_slot::operator=(connection_slot&& other) noexcept {
    if (this == &other) return *this;
    release();
    counts_ = std::move(other.counts_);
    place_ = std::move(other.place_);
    return *this;
}

connection_slot::~connection_slot() { release(); }

void connection_slot::release() noexcept {
    if (!place_) return;
    {
        const std::scoped_lock lock(counts_->mutex);
        counts_->take_out(*place_);
        if (place_->is_leaving) --counts_->leaving;
    }
    place_.reset();
    counts_.reset();
}

void connection_slot::let_give_way(const reactor_handle& on, std::function<void()> how) {
    if (!place_) return;
    const std::scoped_lock lock(counts_->mutex);
    place_->on = on;
    place_->how = std::move(how);
}

void connection_slot::handshake_done() noexcept {
    if (!place_) return;
    const std::scoped_lock lock(counts_->mutex);
    counts_->handshaking.remove(place_->half_open);
    counts_->publish();
}

bool connection_slot::belongs_to(const std::string& address) {
    if (!place_) return false;
    const network_prefixes from(address);
    const std::scoped_lock lock(counts_->mutex);
    if (counts_->is_full(address, from)) {
        ++counts_->refused;
        return false;
    }
    for (auto [crowd, held] :
         {std::pair(&counts_->everyone, &place_->open), std::pair(&counts_->handshaking, &place_->half_open)}) {
        if (!held->is_in()) continue;
        crowd->remove(*held);
        crowd->add(*held, from);
    }
    return true;
}

void connection_slot::begin_answer() noexcept {
    if (place_) place_->is_answering = true;
}

void connection_slot::end_answer() noexcept {
    if (place_) place_->is_answering = false;
}

bool connection_slot::must_go() const noexcept { return place_ && place_->is_leaving; }

}  // namespace hourkey::net
