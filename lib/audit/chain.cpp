#include "audit/chain.hpp"

namespace hourkey::audit {
namespace {

void append_number(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
}

void append_text(std::string& out, std::string_view text) {
    append_number(out, text.size());
    out.append(text);
}

void append_time(std::string& out, wall_time t) {
    const auto value = static_cast<std::uint64_t>(t.time_since_epoch().count());
    for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

template <class Word>
void append_word(std::string& out, Word w) {
    append_number(out, static_cast<std::uint64_t>(w));
}

}  // namespace

bool append_canonical(std::string& out, const model::audit_record& r) {
    if (r.format != 1) return false;
    append_number(out, r.format);
    append_number(out, r.writer);
    append_number(out, r.seq);
    append_number(out, r.tenant_seq);
    append_number(out, r.key);
    append_time(out, r.time);
    append_text(out, r.request_id);
    append_word(out, r.action);
    append_word(out, r.outcome);
    append_text(out, r.reason);
    out.append(crypto::as_text(r.tenant_id.bytes()));
    append_text(out, r.tenant);
    append_text(out, r.app);
    append_word(out, r.actor);
    append_text(out, r.actor_role ? to_text(*r.actor_role) : std::string_view());
    out.append(crypto::as_text(r.token_id.bytes()));
    append_text(out, r.client_address);
    append_text(out, r.connection);
    append_text(out, r.role_arn);
    append_text(out, r.session_name);
    append_text(out, r.access_key_id);
    append_text(out, r.sts_request_id);
    append_text(out, r.aws_code);
    append_number(out, r.requested_seconds);
    append_number(out, r.expiration ? 1 : 0);  // none is not the same as 1970
    if (r.expiration) append_time(out, *r.expiration);
    append_text(out, r.target);
    append_text(out, r.detail.canonical());
    append_number(out, r.count);
    return true;
}

chain::chain(std::shared_ptr<const crypto::mac_keys> audit_keys, std::shared_ptr<const crypto::mac_keys> of_heads)
    : keys_(std::move(audit_keys)), of_heads_(std::move(of_heads)) {}

std::optional<model::audit_hash> chain::link(const model::audit_hash& previous,
                                             const model::audit_record& record) const {
    scratch_.clear();
    const auto* key = keys_.find(record.key);
    if (key == nullptr || !append_canonical(scratch_, record)) return std::nullopt;
    return key->sign(crypto::as_text(previous), scratch_);
}

std::optional<model::audit_hash> chain::seal_head(const model::audit_head& head) const {
    const auto* key = keys_.find(head.key);
    if (key == nullptr || (of_heads_ && !of_heads_->has(head.key))) return std::nullopt;
    scratch_.assign("head");
    append_number(scratch_, head.writer);
    append_number(scratch_, head.seq);
    return key->sign(scratch_, crypto::as_text(head.hash));
}

}  // namespace hourkey::audit
