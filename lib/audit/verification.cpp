#include "audit/verification.hpp"

#include <array>

namespace hourkey::audit {
namespace {

constexpr std::array<std::string_view, 4> names{"changed", "missing", "tail_cut", "head_changed"};
constexpr std::size_t page_size = 1000;

/// What has been walked so far.
class walk {
public:
    explicit walk(const chain& c) : chain_(c) {}

    std::optional<problem> step(const model::audit_record& record) {
        if (record.seq > seq_ + 1) return problem{problem_kind::missing, seq_ + 1};
        if (record.seq != seq_ + 1 || record.hash != chain_.link(hash_, record)) return problem{problem_kind::changed, record.seq};
        seq_ = record.seq;
        hash_ = record.hash;
        return std::nullopt;
    }

    [[nodiscard]] std::uint64_t seq() const noexcept { return seq_; }
    [[nodiscard]] bool fits(const sealed_head& head) const { return head.hash == hash_; }

private:
    const chain& chain_;
    std::uint64_t seq_ = 0;
    model::audit_hash hash_{};
};

}  // namespace

std::string_view to_text(problem_kind k) noexcept { return names[static_cast<std::size_t>(k)]; }

result<report> verify(const record_source& from, const chain& c) {
    walk w(c);
    const auto found = [&w](problem_kind kind, std::uint64_t seq) { return report{w.seq(), problem{kind, seq}}; };
    const auto is_sealed = [&c](const sealed_head& head) { return head.seal == c.seal_head(head.seq, head.hash); };

    HK_TRY(const auto before, from.head());
    if (!is_sealed(before) || (before.seq == 0 && !w.fits(before))) return found(problem_kind::head_changed, before.seq);
    for (;;) {
        HK_TRY(const auto records, from.records(w.seq(), page_size));
        if (records.empty()) break;
        for (const auto& record : records) {
            if (const auto p = w.step(record)) return report{w.seq(), p};
            if (record.seq == before.seq && !w.fits(before)) return found(problem_kind::head_changed, before.seq);
        }
    }
    if (w.seq() < before.seq) return found(problem_kind::tail_cut, w.seq() + 1);

    // A head read after the last record was committed with it or later: one that lags behind has been put back.
    HK_TRY(const auto after, from.head());
    if (!is_sealed(after) || after.seq < w.seq()) return found(problem_kind::head_changed, after.seq);
    if (after.seq == w.seq() && !w.fits(after)) return found(problem_kind::head_changed, after.seq);
    return report{w.seq(), std::nullopt};
}

}  // namespace hourkey::audit
