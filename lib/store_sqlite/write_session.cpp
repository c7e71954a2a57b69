#include "store_sqlite/write_session.hpp"

#include "store_sqlite/open_connection.hpp"
#include "store_sqlite/rows.hpp"

namespace hourkey::store {
namespace {

/// Far more tenants than one process serves at a time; beyond it the numbers are read again.
constexpr std::size_t max_cached_tenants = 10'000;

failure no_such_key(std::uint8_t id) {
    return failure(errc::internal, {}, {}, "there is no server key " + std::to_string(id));
}

}  // namespace

write_session::write_session(std::unique_ptr<sqlite_handle> db, const settings& s, std::uint64_t& changes)
    : reading(*db, s.row_keys), db_(std::move(db)), settings_(s), changes_(changes) {}

result<std::unique_ptr<write_session>> write_session::open(const settings& s, std::uint64_t& changes) {
    HK_TRY(auto db, open_for_writing(s.path));
    std::unique_ptr<write_session> session(new write_session(std::move(db), s, changes));
    HK_TRY(session->first_data_version_, session->read_data_version());
    HK_TRY(const auto keys, session->rows_.keys.states());
    s.follow(keys);
    HK_CHECK(session->load_chain_end(keys.active));
    return session;
}

result<> write_session::load_chain_end(std::uint8_t active_key) {
    HK_TRY(const auto head, rows_.audit.read_head());
    HK_TRY(const auto tail, rows_.audit.read_chain(head.seq == 0 ? 0 : head.seq - 1, 2));
    const bool fits = head.seq == 0 ? tail.records.empty() && head.hash == model::audit_hash{}
                                    : tail.records.size() == 1 && tail.records[0].seq == head.seq &&
                                          tail.records[0].hash == head.hash && tail.records[0].key <= head.key;
    // Going on from a head that does not fit would seal a cut-off tail over for good.
    if (!fits || head.key > active_key || head.seal != settings_.sealer.seal_head(head))
        return failure(errc::store_corrupt, "The audit trail does not end where its head says.",
                       "Run `hourkeyd audit verify`, then restore the last backup.", {});
    end_ = {head.seq, head.hash};
    committed_ = end_;
    return {};
}

result<std::int64_t> write_session::read_data_version() {
    query q(data_version_);
    HK_CHECK(q.next());
    return q.integer();
}

result<bool> write_session::has_stranger() {
    HK_TRY(const auto now, read_data_version());
    return now != first_data_version_;
}

result<> write_session::begin() {
    HK_CHECK(query(begin_).run());
    return {};
}

result<> write_session::run(submission& s) {
    if (!s.begin()) return {};
    const bool saved = s.needs() == submission::isolation::savepoint;
    const auto end_before = end_;
    if (saved) HK_CHECK(query(save_).run());
    bool good = false;
    try {
        good = s.run(*this);
    } catch (const std::exception& e) {
        s.fail(failure(errc::internal, {}, {}, e.what()));
        // Without a savepoint nothing can be undone alone: the group goes, and the session is opened anew.
        if (!saved) return failure(errc::store_unavailable, {}, {}, "a work without a savepoint threw");
    }
    if (db_->is_broken()) return failure(errc::store_unavailable, {}, {}, "the write connection broke");
    if (has_lost_end_)
        return failure(errc::store_unavailable, {}, {}, "the audit trail goes on where this process did not write");
    if (!saved) return {};
    if (!good) {
        HK_CHECK(query(undo_).run());
        if (end_.seq != end_before.seq) {
            end_ = end_before;
            tenant_seqs_.clear();
        }
    }
    HK_CHECK(query(release_).run());
    return {};
}

result<std::uint64_t> write_session::commit() {
    const auto appended = end_.seq - committed_.seq;
    if (appended > 0) HK_CHECK(move_head());
    std::optional<key_states> keys;
    if (has_changed_keys_) {
        HK_TRY(keys, rows_.keys.states());
    }
    HK_CHECK(query(commit_).run());
    has_changed_keys_ = false;
    if (keys) settings_.follow(*keys);
    committed_ = end_;
    return appended;
}

result<> write_session::move_head() {
    model::sealed_audit_head head;
    head.seq = end_.seq;
    head.hash = end_.hash;
    head.key = settings_.sealer.key();
    const auto seal = settings_.sealer.seal_head(head);
    if (!seal) return no_such_key(head.key);
    head.seal = *seal;
    return rows_.audit.move_head(head);
}

result<bool> write_session::was_stopped() {
    query q(was_stopped_);
    HK_CHECK(q.next());
    return q.integer() != 0;
}

result<> write_session::mark_stopped() {
    HK_CHECK(begin());
    HK_CHECK(query(stop_, settings_.clock->now()).run());
    HK_CHECK(query(commit_).run());
    return {};
}

result<> write_session::probe() {
    HK_CHECK(begin());
    HK_CHECK(query(in_use_).run());
    HK_CHECK(query(probe_, settings_.clock->now()).run());
    HK_CHECK(query(commit_).run());
    return {};
}

result<std::uint64_t> write_session::next_tenant_seq(const ulid& tenant) {
    if (const auto known = tenant_seqs_.find(tenant); known != tenant_seqs_.end()) return known->second + 1;
    if (tenant_seqs_.size() >= max_cached_tenants) tenant_seqs_.clear();
    HK_TRY(const auto last, rows_.audit.last_tenant_seq(tenant));
    return last + 1;
}

result<std::uint64_t> write_session::append_audit(model::audit_record record) {
    HK_TRY(record.tenant_seq, next_tenant_seq(record.tenant_id));
    record.seq = end_.seq + 1;
    record.key = settings_.sealer.key();
    const auto hash = settings_.sealer.link(end_.hash, record);
    if (!hash) return no_such_key(record.key);
    record.hash = *hash;
    if (auto inserted = rows_.audit.insert(record); !inserted) {
        // In its place stands a record already. Whatever wrote it, the chain's end is not where this session thinks,
        // and each further record would meet the same: the session has to be opened anew.
        has_lost_end_ = inserted.error().code == errc::already_exists;
        return inserted.error();
    }
    tenant_seqs_[record.tenant_id] = record.tenant_seq;
    end_ = {record.seq, record.hash};
    return record.seq;
}

}  // namespace hourkey::store
