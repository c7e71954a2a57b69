#include "store_sqlite/audit_rows.hpp"

#include "core/number.hpp"
#include "store_sqlite/rows.hpp"

namespace hourkey::store {
namespace {

/// A number that one byte holds.
std::optional<std::uint8_t> byte_of(std::int64_t number) {
    return number < 0 || number > UINT8_MAX ? std::nullopt : std::optional(static_cast<std::uint8_t>(number));
}

result<model::audit_record> read_record(query& q) {
    model::audit_record r;
    r.seq = static_cast<std::uint64_t>(q.integer());
    const auto writer = byte_of(q.integer());
    r.tenant_seq = static_cast<std::uint64_t>(q.integer());
    const auto format = byte_of(q.integer()), key = byte_of(q.integer());
    r.time = q.time();
    r.request_id = q.text();
    const auto action = model::audit_action_of(q.integer());
    const auto outcome = model::audit_outcome_of(q.integer());
    r.reason = q.text();
    r.tenant_id = q.id();
    r.tenant = q.text();
    r.app = q.text();
    const auto actor = model::audit_actor_of(q.integer());
    if (q.is_null()) {
        q.skip();
    } else {
        r.actor_role = model::parse_role(q.text());
        if (!r.actor_role) return damaged_row("audit");
    }
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
    auto detail = model::audit_detail::parse(q.text());
    r.count = static_cast<std::uint64_t>(q.integer());
    r.hash = q.digest();
    if (!writer || !format || !key || !action || !outcome || !actor || !detail || !q.is_whole())
        return damaged_row("audit");
    r.writer = *writer;
    r.format = *format;
    r.key = *key;
    r.action = *action;
    r.outcome = *outcome;
    r.actor = *actor;
    r.detail = *std::move(detail);
    return r;
}

template <class Word>
std::uint64_t number_of(Word w) {
    return static_cast<std::uint64_t>(w);
}

/// A place is the last tenant_seq of each writer, `WRITER:SEQ`; here one writes.
result<std::uint64_t> seq_in(std::string_view place) {
    constexpr std::string_view writer = "0:";
    if (place.empty()) return std::uint64_t{0};
    const auto seq =
        parse_number<std::uint64_t>(place.starts_with(writer) ? place.substr(writer.size()) : std::string_view());
    if (!seq || *seq > INT64_MAX) return invalid_field("cursor", "is not of this server", "Begin from the first page.");
    return *seq;
}

}  // namespace

result<page<model::audit_record>> audit_rows::list(const ulid& tenant, const page_request& p) {
    HK_TRY(const auto place, read_place(cursor_of::audit, p));
    HK_TRY(const auto after, seq_in(place));
    query q(list_, tenant, after, std::uint64_t{p.limit + 1});
    return read_page<model::audit_record>(cursor_of::audit, q, p.limit, read_record, [](const model::audit_record& r) {
        return std::to_string(r.writer) + ":" + std::to_string(r.tenant_seq);
    });
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

result<model::sealed_audit_head> audit_rows::read_head() {
    query q(head_);
    HK_TRY(const bool has_row, q.next());
    if (!has_row) return damaged_row("audit_writers");
    model::sealed_audit_head h;
    const auto writer = byte_of(q.integer());
    h.seq = static_cast<std::uint64_t>(q.integer());
    h.hash = q.digest();
    const auto key = byte_of(q.integer());
    h.seal = q.digest();
    if (!writer || !key || !q.is_whole()) return damaged_row("audit_writers");
    h.writer = *writer;
    h.key = *key;
    return h;
}

result<std::uint64_t> audit_rows::last_tenant_seq(const ulid& tenant) {
    query q(last_tenant_seq_, tenant);
    HK_CHECK(q.next());
    return static_cast<std::uint64_t>(q.integer());
}

result<> audit_rows::insert(const model::audit_record& r) {
    const auto detail = r.detail.canonical();
    const auto role = r.actor_role ? std::optional(to_text(*r.actor_role)) : std::nullopt;
    query q(insert_, r.seq, number_of(r.writer), r.tenant_seq, number_of(r.format), number_of(r.key), r.time,
            r.request_id, number_of(r.action), number_of(r.outcome), r.reason, r.tenant_id, r.tenant, r.app,
            number_of(r.actor), role, r.token_id, r.client_address, r.connection, r.role_arn, r.session_name,
            r.access_key_id, r.sts_request_id, r.aws_code, number_of(r.requested_seconds), r.expiration, r.target,
            detail, r.count, r.hash);
    HK_CHECK(q.run());
    return {};
}

result<> audit_rows::move_head(const model::sealed_audit_head& h) {
    HK_TRY(const int changed, query(move_head_, h.seq, h.hash, number_of(h.key), h.seal).run());
    if (changed != 1) return damaged_row("audit_writers");
    return {};
}

}  // namespace hourkey::store
