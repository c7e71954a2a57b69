#include "server/store_files/audit_check.hpp"
#include "store_sqlite/open_read_only.hpp"

#include "store/reader.hpp"

namespace hourkey::server {
namespace {

std::string_view explain(audit::problem_kind k) {
    using enum audit::problem_kind;
    switch (k) {
        case changed: return "another record stands there than was committed";
        case missing: return "records are gone";
        case unreadable: return "the row does not hold what hourkey writes";
        case tail_cut: return "the head tells of later records, which are gone";
        case head_changed: return "the head is not this server's, or does not fit the record that it names";
        case older: return "the trail ends before the head that you gave";
        case unknown_form: return "the record is in a format, or under a server key, that this hourkeyd does not know";
        case another_history: return "another record stands there than the head that you gave";
    }
    return {};
}

std::string_view explain(audit::difference_kind k) {
    using enum audit::difference_kind;
    switch (k) {
        case unrecorded: return "is there, and no record made it or a record ended it";
        case differs: return "is not what its last record says";
        case vanished: return "is gone, and no record ended it";
        case unsealed: return "was not written by this server";
    }
    return {};
}

}  // namespace

result<audit::report> check_audit(const std::string& database, const server_keys& keys,
                                  const std::optional<audit::known_head>& since) {
    HK_TRY(const auto reader, store::open_read_only(database, keys.row_keys));
    const audit::chain chain(keys.ring->audit_keys(), keys.ring->head_keys());
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return reader->read_chain(after, limit); };
    source.head = [&] { return reader->read_head(); };
    source.state = [&](model::state_table table, const model::state_row* after, std::size_t limit) {
        return reader->read_state(table, after, limit);
    };
    source.keys = [&] { return reader->list_keys(wall_time::max()); };
    auto found = audit::verify(source, chain, since);
    if (!found || !found->first || found->first->kind != audit::problem_kind::unknown_form) return found;
    HK_CHECK(read_again(keys));  // a running server may have replaced a key since
    return audit::verify(source, chain, since);
}

std::string text_of(const audit::report& found) {
    if (found.is_good())
        return "The audit chain is whole: " + std::to_string(found.records) +
               " records. The state is what they tell, and carries this server's seals.";
    if (const auto& p = found.first)
        return "The audit chain is broken at seq " + std::to_string(p->seq) + ": " +
               std::string(audit::to_text(p->kind)) + " (" + std::to_string(found.records) +
               " records before it are whole). " + std::string(explain(p->kind)) + ".";
    std::string out =
        "The audit chain is whole: " + std::to_string(found.records) + " records. The state is not what they tell:";
    for (const auto& d : found.differences) {
        out += "\n  " + std::string(audit::to_text(d.kind)) + ": " + d.target;
        if (!d.tenant_id.is_nil()) out += " of tenant " + d.tenant_id.str();
        out += " " + std::string(explain(d.kind));
    }
    if (found.differences.size() == audit::most_differences) out += "\n  and perhaps more";
    return out;
}

}  // namespace hourkey::server
