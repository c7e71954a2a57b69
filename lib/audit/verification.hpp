#pragma once

#include "audit/chain.hpp"
#include "audit/trail_state.hpp"
#include "core/failure.hpp"
#include "model/audit_record.hpp"
#include "model/server_key.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hourkey::audit {

/// Where the records come from; the server wires store::reader in, because audit does not know store.
struct record_source {
    /// Records with seq > after, in seq order, at most `limit`; none: the end. After 0 it begins with whatever stands
    /// first.
    std::function<result<model::audit_run>(std::uint64_t after, std::size_t limit)> records;
    std::function<result<model::sealed_audit_head>()> head;
    /// At most `limit` rows of a table after the key that the row `after` has; null: from the first. Not set: the state
    /// is not looked at.
    std::function<result<model::state_page>(model::state_table, const model::state_row* after, std::size_t limit)>
        state;
    /// The server keys as the store has them now. Not set: they are not looked at.
    std::function<result<std::vector<model::server_key>>()> keys;
};

/// A head that was written down elsewhere: in the log, on paper.
struct known_head {
    std::uint64_t seq = 0;
    model::audit_hash hash{};
};
/// `SEQ:HASH` with the hash in hex, as the log has it.
[[nodiscard]] result<known_head> parse_known_head(std::string_view text);

/// changed: at this place stands something other than what was committed there: changed, put in, moved from another
/// place, or made under a key that was replaced before; the chain cannot tell which. missing: one or more records
/// before it are gone. unreadable: the row does not even hold what a store writes. tail_cut: the head tells of later
/// records. head_changed: the head's seal is not ours, or under a key that was retired or is older than the last
/// record's, or it does not fit the record it names. older: the trail ends before a head that was known.
/// another_history: at a known head's place stands another record. unknown_form: the record is in a format, or under a
/// key, that is not known here.
enum class problem_kind { changed, missing, unreadable, tail_cut, head_changed, older, another_history, unknown_form };
[[nodiscard]] std::string_view to_text(problem_kind k) noexcept;

struct problem {
    problem_kind kind;
    std::int64_t seq;  ///< the record where it shows
};

/// More of them say no more than that the state is another one.
inline constexpr std::size_t most_differences = 100;

struct report {
    std::uint64_t records = 0;  ///< good ones before the first problem
    std::optional<problem> first;
    /// Of state and trail, when the trail has no problem; at most most_differences.
    std::vector<difference> differences;

    [[nodiscard]] bool is_good() const noexcept { return !first && differences.empty(); }
};

/// Walks the whole chain once, then holds the state against what it told. May run beside a live writer: what arrives
/// meanwhile is checked like the rest, and each page of the state is compared with the trail as it was in that page's
/// snapshot. What it cannot see without a known head: a whole file put back to an older, consistent copy, and a tail of
/// vends cut off with an old head row, which no state depends on.
[[nodiscard]] result<report> verify(const record_source& from, const chain& c,
                                    const std::optional<known_head>& since = {});

}  // namespace hourkey::audit
