#pragma once

#include "audit/chain.hpp"
#include "core/failure.hpp"
#include "model/audit_record.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace hourkey::audit {

/// The head row as the store keeps it.
struct sealed_head {
    std::uint64_t seq = 0;
    model::audit_hash hash{};
    model::audit_hash seal{};
};

/// Where the records come from; the server wires store::reader in, because audit does not know store.
struct record_source {
    /// Records with seq > after, in seq order, at most `limit`; none: the end.
    std::function<result<std::vector<model::audit_record>>(std::uint64_t after, std::size_t limit)> records;
    std::function<result<sealed_head>()> head;
};

/// changed: at this place stands something other than what was committed there: changed, put in, or moved from another
/// place; the chain cannot tell which. missing: one or more records before it are gone. tail_cut: the head tells of later
/// records. head_changed: the head's seal is not ours, or it does not fit the record it names.
enum class problem_kind { changed, missing, tail_cut, head_changed };
[[nodiscard]] std::string_view to_text(problem_kind k) noexcept;

struct problem {
    problem_kind kind;
    std::uint64_t seq;  ///< the record where it shows
};

struct report {
    std::uint64_t records = 0;  ///< good ones before the first problem
    std::optional<problem> first;
};

/// Walks the whole chain once. May run beside a live writer: the head is read before and after, and records that arrive
/// in between are checked like the others.
/// What it cannot see without a second place to compare with: a rollback of the whole file to an older, consistent copy.
[[nodiscard]] result<report> verify(const record_source& from, const chain& c);

}  // namespace hourkey::audit
