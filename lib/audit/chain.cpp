#include "audit/chain.hpp"

namespace hourkey::audit {
namespace {

constexpr char canonical_version = 1;

void append_number(std::string& out, std::uint64_t value, int bytes = 8) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

void append_text(std::string& out, std::string_view text) {
    append_number(out, text.size(), 4);
    out.append(text);
}

void append_time(std::string& out, wall_time t) {
    append_number(out, static_cast<std::uint64_t>(t.time_since_epoch().count()));
}

}  // namespace

void append_canonical(std::string& out, const model::audit_record& r) {
    out.push_back(canonical_version);
    append_number(out, r.seq);
    append_number(out, r.tenant_seq);
    append_time(out, r.time);
    append_text(out, r.request_id);
    append_text(out, r.action);
    append_number(out, static_cast<std::uint64_t>(r.outcome));
    append_text(out, r.reason);
    out.append(crypto::as_text(r.tenant_id.bytes()));
    append_text(out, r.tenant);
    append_text(out, r.app);
    append_text(out, r.actor_role);
    out.append(crypto::as_text(r.token_id.bytes()));
    append_text(out, r.client_address);
    append_text(out, r.connection);
    append_text(out, r.role_arn);
    append_text(out, r.session_name);
    append_text(out, r.access_key_id);
    append_text(out, r.sts_request_id);
    append_text(out, r.aws_code);
    append_number(out, r.requested_seconds);
    append_number(out, r.expiration ? 1 : 0, 1);  // none is not the same as 1970
    if (r.expiration) append_time(out, *r.expiration);
    append_text(out, r.target);
    append_text(out, r.before.canonical());
    append_text(out, r.after.canonical());
    append_number(out, r.count);
}

chain::chain(const secret& audit_key) : key_(audit_key.expose()) {}

model::audit_hash chain::link(const model::audit_hash& previous, const model::audit_record& record) const {
    scratch_.clear();
    append_canonical(scratch_, record);
    return key_.sign(crypto::as_text(previous), scratch_);
}

model::audit_hash chain::seal_head(std::uint64_t seq, const model::audit_hash& hash) const {
    scratch_.assign("head");
    append_number(scratch_, seq);
    return key_.sign(scratch_, crypto::as_text(hash));
}

}  // namespace hourkey::audit
