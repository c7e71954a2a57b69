#pragma once

#include "core/failure.hpp"
#include "crypto/mac_keys.hpp"
#include "model/connection.hpp"
#include "model/grant.hpp"
#include "model/token.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hourkey::store {

/// The keys under which rows that decide are sealed, shared by all connections to one database. Thread-safe.
struct row_keys {
    explicit row_keys(std::shared_ptr<const crypto::mac_keys> ring) : ring(std::move(ring)) {}
    std::shared_ptr<const crypto::mac_keys> ring;
    mutable std::atomic<std::uint64_t> broken_seals{0};
};

/// The key's id, then HMAC-SHA256 over the row.
using row_seal = std::array<unsigned char, 33>;

/// waived: for what takes a right away, which must work on a row that is not good too.
enum class seal_use { demanded, waived };

/// Seals tokens, grants and connections, and says whether a row is one that was sealed: whoever can write the file
/// cannot make a row that is used. What a seal alone cannot tell is an older row of the same name, put back with its
/// own seal; `audit verify` does. Not for use by two threads.
class row_sealer {
public:
    /// Without a key nothing can be sealed, and every row passes: for commands that only show what is there.
    explicit row_sealer(std::shared_ptr<const row_keys> keys);

    [[nodiscard]] std::uint8_t active_key() const noexcept { return macs_->active(); }
    [[nodiscard]] row_seal seal(const model::token& t);
    [[nodiscard]] row_seal seal(const model::grant& g);
    [[nodiscard]] row_seal seal(const model::connection& c);

    /// broken_seal, which names the row. A row that was good once is compared, not computed again: it is read at every
    /// vend.
    [[nodiscard]] result<> check(const model::token& t, const row_seal& found);
    [[nodiscard]] result<> check(const model::grant& g, const row_seal& found);
    [[nodiscard]] result<> check(const model::connection& c, const row_seal& found);
    /// The failure of a row of which one column cannot even be read.
    [[nodiscard]] failure not_ours(const std::string& target, std::string_view column) const;

private:
    [[nodiscard]] row_seal sign() const;
    [[nodiscard]] row_seal sign(std::uint8_t id, const crypto::keyed_hmac& key) const;
    [[nodiscard]] bool is_good(const row_seal& found);
    [[nodiscard]] failure broken(const std::string& target) const;

    std::shared_ptr<const row_keys> keys_;
    mutable std::optional<crypto::mac_signer> macs_;
    std::string row_;  ///< what is being sealed or checked
    /// By a seal's first byte of MAC: the row and seal that were found good last. What is good stays good
    /// while its key is there.
    std::array<std::string, 256> known_;
};

}  // namespace hourkey::store
