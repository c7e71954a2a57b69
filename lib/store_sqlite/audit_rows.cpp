#include "store_sqlite/audit_rows.hpp"

#include "store_sqlite/rows.hpp"

#include <charconv>

namespace hourkey::store {
namespace {

result<model::audit_record> read_record(query& q) {
    model::audit_record r;
    r.seq = static_cast<std::uint64_t>(q.integer());
    r.tenant_seq = static_cast<std::uint64_t>(q.integer());
    r.time = q.time();
    r.request_id = q.text();
    r.action = q.text();
    const auto outcome = model::parse_audit_outcome(q.text());
    if (!outcome) return damaged_row("audit");
    r.outcome = *outcome;
    r.reason = q.text();
    r.tenant_id = q.id();
    r.tenant = q.text();
    r.app = q.text();
    r.actor_role = q.text();
    r.token_id = q.id();
    r.client_address = q.text();
    r.connection = q.text();
    r.role_arn = q.text();
    r.session_name = q.text();
    r.access_key_id = q.text();
    r.sts_request_id = q.text();
    r.aws_code = q.text();
    r.requested_seconds = q.small_integer();
    r.expiration = q.maybe_time();
    r.target = q.text();
    auto before = model::audit_fields::parse(q.text());
    auto after = model::audit_fields::parse(q.text());
    if (!before || !after) return damaged_row("audit");
    r.before = *std::move(before);
    r.after = *std::move(after);
    r.count = static_cast<std::uint64_t>(q.integer());
    r.hash = q.digest();
    if (!q.is_whole()) return damaged_row("audit");
    return r;
}

}  // namespace

result<page<model::audit_record>> audit_rows::list(const ulid& tenant, const page_request& p) {
    HK_CHECK(check_limit(p));
    std::uint64_t after = 0;
    if (!p.cursor.empty()) {
        const auto* end = p.cursor.data() + p.cursor.size();
        const auto [stopped, error] = std::from_chars(p.cursor.data(), end, after);
        if (error != std::errc{} || stopped != end || after > INT64_MAX) return not_our_cursor();
    }
    query q(list_, tenant, after, std::uint64_t{p.limit + 1});
    return read_page<model::audit_record>(q, p.limit, read_record,
                                          [](const model::audit_record& r) { return std::to_string(r.tenant_seq); });
}

result<model::audit_run> audit_rows::read_chain(std::uint64_t after, std::size_t limit) {
    model::audit_run out;
    query q(chain_, after == 0 ? INT64_MIN : static_cast<std::int64_t>(after), std::uint64_t{limit});
    for (;;) {
        HK_TRY(const bool has_row, q.next());
        if (!has_row) return out;
        const auto seq = q.peek_integer();
        auto record = read_record(q);
        if (!record || seq < 1) {  // ours begin at 1: one before it has been put in
            out.unreadable = seq;
            return out;
        }
        out.records.push_back(*std::move(record));
    }
}

result<reader::head> audit_rows::read_head() {
    query q(head_);
    HK_TRY(const bool has_row, q.next());
    if (!has_row) return damaged_row("audit_head");
    reader::head h;
    h.seq = static_cast<std::uint64_t>(q.integer());
    h.hash = q.digest();
    h.seal = q.digest();
    if (!q.is_whole()) return damaged_row("audit_head");
    return h;
}

result<std::uint64_t> audit_rows::last_tenant_seq(const ulid& tenant) {
    query q(last_tenant_seq_, tenant);
    HK_CHECK(q.next());
    return static_cast<std::uint64_t>(q.integer());
}

result<> audit_rows::insert(const model::audit_record& r) {
    const auto before = r.before.canonical(), after = r.after.canonical();
    query q(insert_, r.seq, r.tenant_seq, r.time, r.request_id, r.action, to_text(r.outcome), r.reason, r.tenant_id,
            r.tenant, r.app, r.actor_role, r.token_id, r.client_address, r.connection, r.role_arn, r.session_name,
            r.access_key_id, r.sts_request_id, r.aws_code, std::uint64_t{r.requested_seconds}, r.expiration, r.target,
            before, after, r.count, r.hash);
    HK_CHECK(q.run());
    return {};
}

result<> audit_rows::move_head(const reader::head& h) {
    HK_TRY(const int changed, query(move_head_, h.seq, h.hash, h.seal).run());
    if (changed != 1) return damaged_row("audit_head");
    return {};
}

}  // namespace hourkey::store
