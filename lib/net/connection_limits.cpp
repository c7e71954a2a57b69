#include "net/connection_limits.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <sys/resource.h>

namespace hourkey::net {
namespace {

/// For the store, the STS pool, log files and whatever a library opens.
constexpr std::size_t descriptors_kept_back = 64;

std::size_t within_descriptor_limit(std::size_t total) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return total;
    const auto available = static_cast<std::size_t>(limit.rlim_cur);
    return std::min(total, available > 2 * descriptors_kept_back ? available - descriptors_kept_back : available / 2);
}

/// What the per-address cap counts by; empty: exempt. One IPv6 customer commands a /64 (RFC 6177), so that is one address.
std::string cap_key(const std::string& address) {
    boost::system::error_code not_an_address;
    const auto ip = boost::asio::ip::make_address(address, not_an_address);
    if (not_an_address || ip.is_loopback()) return {};
    if (ip.is_v4()) return address;
    auto network = ip.to_v6().to_bytes();
    std::fill(network.begin() + 8, network.end(), static_cast<unsigned char>(0));
    return boost::asio::ip::address_v6(network).to_string();
}

}  // namespace

struct connection_limits::state {
    connection_caps caps;
    mutable std::mutex mutex;
    std::unordered_map<std::string, std::size_t> by_address;
    std::atomic<std::size_t> open{0}, handshaking{0};
    std::atomic<std::uint64_t> refused{0};
};

connection_limits::connection_limits(connection_caps caps) : state_(std::make_unique<state>()) {
    caps.total = within_descriptor_limit(caps.total);
    state_->caps = caps;
}
connection_limits::~connection_limits() = default;

connection_slot connection_limits::admit(const std::string& address) {
    auto key = cap_key(address);
    connection_slot slot;
    const std::scoped_lock lock(state_->mutex);
    const auto held = key.empty() ? state_->by_address.end() : state_->by_address.find(key);
    if (state_->open >= state_->caps.total || (held != state_->by_address.end() && held->second >= state_->caps.per_address)) {
        ++state_->refused;
        return slot;
    }
    if (!key.empty()) ++state_->by_address[key];
    ++state_->open;
    ++state_->handshaking;
    slot.owner_ = this;
    slot.address_ = std::move(key);
    slot.handshaking_ = true;
    return slot;
}

void connection_limits::release(connection_slot& slot) noexcept {
    slot.handshake_done();
    const std::scoped_lock lock(state_->mutex);
    --state_->open;
    if (slot.address_.empty()) return;
    const auto held = state_->by_address.find(slot.address_);
    if (--held->second == 0) state_->by_address.erase(held);
}

bool connection_limits::handshakes_are_full() const noexcept { return state_->handshaking >= state_->caps.handshaking; }
std::size_t connection_limits::open() const noexcept { return state_->open; }
std::uint64_t connection_limits::refused() const noexcept { return state_->refused; }

connection_slot::connection_slot(connection_slot&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), address_(std::move(other.address_)), handshaking_(std::exchange(other.handshaking_, false)) {}

connection_slot& connection_slot::operator=(connection_slot&& other) noexcept {
    if (this == &other) return *this;
    if (owner_ != nullptr) owner_->release(*this);
    owner_ = std::exchange(other.owner_, nullptr);
    address_ = std::move(other.address_);
    handshaking_ = std::exchange(other.handshaking_, false);
    return *this;
}

connection_slot::~connection_slot() {
    if (owner_ != nullptr) owner_->release(*this);
}

void connection_slot::handshake_done() noexcept {
    if (owner_ != nullptr && std::exchange(handshaking_, false)) --owner_->state_->handshaking;
}

}  // namespace hourkey::net
