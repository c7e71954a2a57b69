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

/// For the store, the admin door's 64 connections, log files and whatever a library opens.
constexpr std::size_t descriptors_kept_back = 128;
/// A thread's reactor, listening sockets and read handle.
constexpr std::size_t descriptors_a_thread = 8;
/// Of the limit, for STS's addresses that are tried beside each other. The alert HourkeyDescriptorsRunOut lies within it, so that
/// full load does not raise it.
constexpr std::size_t spare_part = 16;

std::size_t within_descriptor_limit(std::size_t total, std::size_t threads) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return total;
    const auto available = static_cast<std::size_t>(limit.rlim_cur);
    const auto kept_back = std::min(descriptors_kept_back + threads * descriptors_a_thread + available / spare_part, available / 2);
    // While STS is slow, every client that waits has a connection to STS beside its own.
    return std::min(total, (available - kept_back) / 2);
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

struct connection_counts {
    connection_caps caps;
    mutable std::mutex mutex;
    std::unordered_map<std::string, std::size_t> by_address;
    std::atomic<std::size_t> open{0}, handshaking{0};
    std::atomic<std::uint64_t> refused{0};
};

connection_limits::connection_limits(connection_caps caps) : counts_(std::make_shared<connection_counts>()) {
    caps.total = within_descriptor_limit(caps.total, caps.threads);
    counts_->caps = caps;
}

connection_slot connection_limits::admit(const std::string& address) {
    auto key = cap_key(address);
    connection_slot slot;
    const std::scoped_lock lock(counts_->mutex);
    const auto held = key.empty() ? counts_->by_address.end() : counts_->by_address.find(key);
    if (counts_->open >= counts_->caps.total || (held != counts_->by_address.end() && held->second >= counts_->caps.per_address)) {
        ++counts_->refused;
        return slot;
    }
    if (!key.empty()) ++counts_->by_address[key];
    ++counts_->open;
    ++counts_->handshaking;
    slot.counts_ = counts_;
    slot.address_ = std::move(key);
    slot.handshaking_ = true;
    return slot;
}

bool connection_limits::handshakes_are_full() const noexcept { return counts_->handshaking >= counts_->caps.handshaking; }
std::size_t connection_limits::most() const noexcept { return counts_->caps.total; }
std::size_t connection_limits::open() const noexcept { return counts_->open; }
std::uint64_t connection_limits::refused() const noexcept { return counts_->refused; }

connection_slot::connection_slot(connection_slot&& other) noexcept
    : counts_(std::move(other.counts_)), address_(std::move(other.address_)), handshaking_(std::exchange(other.handshaking_, false)) {}

connection_slot& connection_slot::operator=(connection_slot&& other) noexcept {
    if (this == &other) return *this;
    release();
    counts_ = std::move(other.counts_);
    address_ = std::move(other.address_);
    handshaking_ = std::exchange(other.handshaking_, false);
    return *this;
}

connection_slot::~connection_slot() { release(); }

void connection_slot::release() noexcept {
    if (!counts_) return;
    handshake_done();
    {
        const std::scoped_lock lock(counts_->mutex);
        --counts_->open;
        const auto held = counts_->by_address.find(address_);
        if (held != counts_->by_address.end() && --held->second == 0) counts_->by_address.erase(held);
    }
    counts_.reset();
}

void connection_slot::handshake_done() noexcept {
    if (counts_ && std::exchange(handshaking_, false)) --counts_->handshaking;
}

}  // namespace hourkey::net
