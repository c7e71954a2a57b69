#pragma once

#include <array>
#include <cstddef>

struct bio_st;

namespace hourkey::net {

class watched_descriptor;

/// What OpenSSL reads from and writes to: a non-blocking descriptor, without the SIGPIPE of OpenSSL's own socket BIO.
/// Lives in the stream; the BIO points to it.
struct bio_target {
    /// recv calls that one OpenSSL call may make. Without a bound, OpenSSL goes on for as long as a peer sends records
    /// without data (KeyUpdate), and neither the sweeper nor another connection gets its turn.
    static constexpr int reads_per_call = 4;

    watched_descriptor* on = nullptr;
    int error = 0;  ///< errno of the call that failed; OpenSSL may have overwritten errno since
    int reads_left = reads_per_call;
    bool ended = false;  ///< the peer sent FIN
    /// What the peer's first bytes were: enough to tell a TLS record from a method's name.
    std::array<char, 8> first{};
    std::size_t first_size = 0;
};

/// Null without memory. `target` outlives the BIO.
[[nodiscard]] bio_st* make_descriptor_bio(bio_target& target) noexcept;

}  // namespace hourkey::net
