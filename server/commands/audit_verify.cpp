#include "server/commands/audit_verify.hpp"

#include "audit/verification.hpp"
#include "server/commands/report.hpp"
#include "server/server_key.hpp"
#include "store/reader.hpp"

namespace hourkey::server {

result<int> verify_audit(const configuration_flags& flags) {
    HK_TRY(const auto c, flags.load());
    HK_TRY(const auto keys, load_server_keys(c.server_key_file(), c.store.path, key_creation::never));
    HK_TRY(const auto reader, store::open_read_only(c.store.path));
    const audit::chain chain(keys.audit_key);
    audit::record_source source;
    source.records = [&](std::uint64_t after, std::size_t limit) { return reader->read_chain(after, limit); };
    source.head = [&]() -> result<audit::sealed_head> {
        HK_TRY(const auto head, reader->read_head());
        return audit::sealed_head{.seq = head.seq, .hash = head.hash, .seal = head.seal};
    };
    HK_TRY(const auto found, audit::verify(source, chain));
    if (!found.first) {
        print_line("The audit chain is whole: " + std::to_string(found.records) + " records.");
        return static_cast<int>(exit_ok);
    }
    print_line("The audit chain is broken at seq " + std::to_string(found.first->seq) + ": " + std::string(audit::to_text(found.first->kind)) + " (" +
               std::to_string(found.records) + " records before it are whole).");
    return static_cast<int>(exit_found_wrong);
}

}  // namespace hourkey::server
