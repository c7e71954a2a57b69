#include "store_sqlite/row_seal.hpp"

#include "core/text_or_empty.hpp"
#include "model/audit_target.hpp"

#include <algorithm>
#include <stdexcept>

namespace hourkey::store {
namespace {

constexpr std::string_view what_to_do = "Delete it and make it anew; the operator should run `hourkeyd audit verify`.";

/// Every field with its length or as 8 bytes, behind a letter for the table: two different rows never have the same
/// bytes.
class row_bytes {
public:
    row_bytes(std::string& out, char table) : out_(out) { out_.assign(1, table); }
    row_bytes& text(std::string_view value) {
        number(value.size());
        out_.append(value);
        return *this;
    }
    row_bytes& id(const ulid& value) {
        out_.append(crypto::as_text(value.bytes()));
        return *this;
    }
    row_bytes& number(std::uint64_t value) {
        std::array<char, 8> bytes{};
        for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i));
        out_.append(bytes.data(), bytes.size());
        return *this;
    }
    row_bytes& time(wall_time value) { return number(static_cast<std::uint64_t>(value.time_since_epoch().count())); }
    row_bytes& time(const std::optional<wall_time>& value) {
        number(value ? 1 : 0);
        return value ? time(*value) : *this;
    }

private:
    std::string& out_;
};

// Not a token's last use, nor when a connection was last looked at or found active: they come and go without deciding
// anything.

void write_row(std::string& out, const model::token& t) {
    row_bytes row(out, 't');
    row.id(t.id).text(to_text(t.role)).id(t.tenant_id).text(text_or_empty(t.tenant));
    row.text(text_or_empty(t.app))
        .text(text_or_empty(t.stage))
        .number(t.key)
        .text(crypto::as_text(t.mac))
        .time(t.created_at)
        .time(t.expires_at)
        .time(t.revoked_at);
}

void write_row(std::string& out, const model::grant& g) {
    row_bytes row(out, 'g');
    row.id(g.tenant_id).text(g.connection.str()).text(g.app ? std::string_view(g.app->str()) : "*");
    row.number(g.max_duration ? static_cast<std::uint64_t>(g.max_duration->count()) : 0)
        .time(g.expires_at)
        .text(g.reason);
    row.time(g.created_at).number(g.revision);
}

void write_row(std::string& out, const model::connection& c) {
    row_bytes row(out, 'c');
    row.id(c.tenant_id)
        .text(c.name.str())
        .text(to_text(c.kind))
        .text(to_text(c.state))
        .text(text_or_empty(c.role_arn))
        .text(text_or_empty(c.account_id))
        .text(text_or_empty(c.region))
        .text(c.external_id.str())
        .text(c.capabilities.str());
    row.time(c.created_at).number(c.revision);
    // What 0002 added stands at the end, and only where it says something: rows of before keep their seals.
    if (c.default_region || c.sharing != model::session_sharing::none)
        row.text(text_or_empty(c.default_region)).number(static_cast<std::uint64_t>(c.sharing));
}

}  // namespace

row_sealer::row_sealer(std::shared_ptr<const row_keys> keys) : keys_(std::move(keys)) {
    if (keys_) macs_.emplace(keys_->ring);
}

row_seal row_sealer::sign() const {
    const auto id = macs_->active();
    const auto* const key = macs_->find(id);
    if (key == nullptr) throw std::logic_error("the active server key is not in the ring");
    return sign(id, *key);
}

row_seal row_sealer::sign(std::uint8_t id, const crypto::keyed_hmac& key) const {
    row_seal out{};
    out[0] = id;
    const auto mac = key.sign(row_);
    std::ranges::copy(mac, out.begin() + 1);
    return out;
}

row_seal row_sealer::seal(const model::token& t) {
    write_row(row_, t);
    return sign();
}

row_seal row_sealer::seal(const model::grant& g) {
    write_row(row_, g);
    return sign();
}

row_seal row_sealer::seal(const model::connection& c) {
    write_row(row_, c);
    return sign();
}

bool row_sealer::is_good(const row_seal& found) {
    const auto* const key = macs_->find(found[0]);
    if (key == nullptr) return false;
    auto& known = known_[found[1]];
    row_.append(crypto::as_text(found));
    if (known == row_) return true;
    row_.resize(row_.size() - found.size());
    if (!crypto::equal_in_constant_time(crypto::as_text(sign(found[0], *key)), crypto::as_text(found))) return false;
    known.assign(row_).append(crypto::as_text(found));
    return true;
}

failure row_sealer::broken(const std::string& target) const {
    keys_->broken_seals.fetch_add(1, std::memory_order_relaxed);
    return failure(errc::broken_seal, "The store's row of " + target + " was not written by this server.",
                   std::string(what_to_do), "the seal of " + target + " is broken");
}

failure row_sealer::not_ours(const std::string& target, std::string_view column) const {
    if (keys_) keys_->broken_seals.fetch_add(1, std::memory_order_relaxed);
    return failure(errc::broken_seal, "The store's row of " + target + " holds no valid " + std::string(column) + ".",
                   std::string(what_to_do), "the " + std::string(column) + " of " + target + " does not parse");
}

result<> row_sealer::check(const model::token& t, const row_seal& found) {
    if (!keys_) return {};
    write_row(row_, t);
    if (!is_good(found)) return broken(model::target_of_token(t.id));
    return {};
}

result<> row_sealer::check(const model::grant& g, const row_seal& found) {
    if (!keys_) return {};
    write_row(row_, g);
    if (!is_good(found)) return broken(model::target_of(g.connection, g.app));
    return {};
}

result<> row_sealer::check(const model::connection& c, const row_seal& found) {
    if (!keys_) return {};
    write_row(row_, c);
    if (!is_good(found)) return broken(model::target_of(c.name));
    return {};
}

}  // namespace hourkey::store
