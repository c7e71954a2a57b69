#include "server/audit_check.hpp"

namespace hourkey::server {

result<audit::report> check_audit(store::reader& from, const server_keys& keys) {
    const audit::chain chain(keys.audit_key);
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return from.read_chain(after, limit); };
    source.head = [&]() -> result<audit::sealed_head> {
        HK_TRY(const auto head, from.read_head());
        return audit::sealed_head{.seq = head.seq, .hash = head.hash, .seal = head.seal};
    };
    return audit::verify(source, chain);
}

std::string describe(const audit::problem& what) { return "seq " + std::to_string(what.seq) + ": " + std::string(audit::to_text(what.kind)); }

}  // namespace hourkey::server
