#include "audit/verification.hpp"

#include "audit/told_keys.hpp"

#include "core/encoding.hpp"
#include "core/number.hpp"

#include <algorithm>
#include <array>

namespace hourkey::audit {
namespace {

constexpr std::array<std::string_view, 8> names{"changed",      "missing", "unreadable",      "tail_cut",
                                                "head_changed", "older",   "another_history", "unknown_form"};
constexpr std::size_t page_size = 1000;

/// What has been walked so far, up to the first problem.
class walk {
public:
    walk(const record_source& from, const chain& c, const std::optional<known_head>& since)
        : from_(from), chain_(c), since_(since) {
        if (since_ && since_->seq == 0) look_at_known_head();
    }

    /// Goes on to the end, or to the record `to`. False: there is no further record, or there is a problem.
    result<bool> go_on(std::uint64_t to = UINT64_MAX) {
        while (!problem_ && seq_ < to) {
            HK_TRY(const auto run,
                   from_.records(seq_, static_cast<std::size_t>(std::min<std::uint64_t>(page_size, to - seq_))));
            for (const auto& record : run.records) {
                step(record);
                if (problem_) return false;
            }
            if (run.unreadable) note(problem_kind::unreadable, *run.unreadable);
            if (run.records.empty()) return false;
        }
        return !problem_.has_value();
    }

    /// Once more for the record that a head names: it must be the head's.
    void expect(const model::sealed_audit_head& head) {
        if (!is_sealed(head) || (head.seq == seq_ && !is_of_last(head)))
            note(problem_kind::head_changed, static_cast<std::int64_t>(head.seq));
        awaited_ = head;
    }

    [[nodiscard]] bool is_sealed(const model::sealed_audit_head& head) const {
        return head.seal == chain_.seal_head(head);
    }
    void note(problem_kind kind, std::int64_t seq) {
        if (!problem_) problem_ = problem{kind, seq};
    }
    [[nodiscard]] std::uint64_t seq() const noexcept { return seq_; }
    [[nodiscard]] const std::optional<problem>& first_problem() const noexcept { return problem_; }
    [[nodiscard]] const trail_state& told() const noexcept { return told_; }
    [[nodiscard]] const told_keys& keys() const noexcept { return keys_; }

private:
    void step(const model::audit_record& record) {
        const auto seq = static_cast<std::int64_t>(record.seq);
        if (seq > static_cast<std::int64_t>(seq_ + 1))
            return note(problem_kind::missing, static_cast<std::int64_t>(seq_ + 1));
        // A key that was replaced makes no further record: whoever has it could go on with a trail of their own.
        if (record.seq != seq_ + 1 || record.key < key_) return note(problem_kind::changed, seq);
        const auto hash = chain_.link(hash_, record);
        if (!hash) return note(problem_kind::unknown_form, seq);
        if (record.hash != *hash) return note(problem_kind::changed, seq);
        seq_ = record.seq;
        hash_ = record.hash;
        key_ = record.key;
        if (seq_ == awaited_.seq && !is_of_last(awaited_)) return note(problem_kind::head_changed, seq);
        look_at_known_head();
        if (from_.state) told_.apply(record);
        keys_.apply(record);
    }
    [[nodiscard]] bool is_of_last(const model::sealed_audit_head& head) const {
        return head.hash == hash_ && head.key >= key_;
    }
    void look_at_known_head() {
        if (since_ && since_->seq == seq_ && since_->hash != hash_)
            note(problem_kind::another_history, static_cast<std::int64_t>(seq_));
    }

    const record_source& from_;
    const chain& chain_;
    const std::optional<known_head>& since_;
    std::uint64_t seq_ = 0;
    model::audit_hash hash_{};
    std::uint8_t key_ = 0;
    model::sealed_audit_head awaited_;
    std::optional<problem> problem_;
    trail_state told_;
    told_keys keys_;
};

/// Holds one table against the trail, each page as its snapshot was.
result<> compare_table(const record_source& from, model::state_table table, walk& w, std::vector<difference>& found) {
    std::string after;
    model::state_row last;
    for (bool more = true; more;) {
        HK_TRY(const auto page, from.state(table, after.empty() ? nullptr : &last, page_size));
        HK_CHECK(w.go_on(page.seq));
        if (w.seq() < page.seq) w.note(problem_kind::tail_cut, static_cast<std::int64_t>(w.seq() + 1));
        if (w.first_problem()) return {};
        more = page.rows.size() == page_size && found.size() < most_differences;
        w.told().compare(table, after, page,
                         more ? trail_state::page_kind::more_follow : trail_state::page_kind::last_page, found);
        if (!more) break;
        last = page.rows.back();
        const auto key = model::key_of(last.tenant_id, last.target);
        if (!key) return failure(errc::store_corrupt, {}, {}, "a row of the state has no key");
        after = key->bytes;
    }
    return {};
}

result<> compare_state(const record_source& from, walk& w, std::vector<difference>& found) {
    for (std::size_t table = 0; table < model::state_tables && found.size() < most_differences; ++table)
        HK_CHECK(compare_table(from, static_cast<model::state_table>(table), w, found));
    if (found.size() > most_differences) found.resize(most_differences);
    return {};
}

/// Once more when a rotation came between.
result<> compare_keys(const record_source& from, walk& w, std::vector<difference>& found) {
    for (std::optional<std::uint64_t> seen; seen != w.keys().changes();) {
        seen = w.keys().changes();
        HK_TRY(const auto stored, from.keys());
        HK_CHECK(w.go_on());
        if (w.first_problem()) return {};
        if (seen == w.keys().changes()) w.keys().compare(stored, found);
    }
    return {};
}

}  // namespace

std::string_view to_text(problem_kind k) noexcept { return names[static_cast<std::size_t>(k)]; }

result<known_head> parse_known_head(std::string_view text) {
    const auto refuse = [] {
        return invalid_field(
            "--since", "is not SEQ:HASH",
            "Copy both from a log line `audit head`: the number, a colon, and the hash's 64 hex digits.");
    };
    known_head out;
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return refuse();
    const auto seq = parse_number<std::uint64_t>(text.substr(0, colon));
    if (!seq) return refuse();
    out.seq = *seq;
    const auto hash = from_hex(text.substr(colon + 1));
    if (!hash || hash->size() != out.hash.size()) return refuse();
    std::ranges::copy(*hash, out.hash.begin());
    return out;
}

result<report> verify(const record_source& from, const chain& c, const std::optional<known_head>& since) {
    walk w(from, c, since);
    report out;
    const auto finish = [&] {
        out.records = w.seq();
        out.first = w.first_problem();
        return out;
    };

    HK_TRY(const auto before, from.head());
    w.expect(before);
    if (w.first_problem()) return finish();
    HK_CHECK(w.go_on());
    if (w.seq() < before.seq) w.note(problem_kind::tail_cut, static_cast<std::int64_t>(w.seq() + 1));
    if (since && w.seq() < since->seq) w.note(problem_kind::older, static_cast<std::int64_t>(w.seq()));
    if (w.first_problem()) return finish();

    if (from.state) HK_CHECK(compare_state(from, w, out.differences));
    if (from.keys) HK_CHECK(compare_keys(from, w, out.differences));
    if (w.first_problem()) return finish();

    // A head read after the last record was committed with it or later: one that lags behind has been put back.
    HK_TRY(const auto after, from.head());
    w.expect(after);
    if (after.seq < w.seq()) w.note(problem_kind::head_changed, static_cast<std::int64_t>(after.seq));
    return finish();
}

}  // namespace hourkey::audit
