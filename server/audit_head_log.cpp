#include "server/audit_head_log.hpp"

#include "core/encoding.hpp"
#include "obs/log.hpp"

namespace hourkey::server {

void log_audit_head(store::reader& from, std::string_view when) {
    const auto head = from.read_head();
    if (!head) {
        obs::log(obs::level::warn, "the audit head was not read", {{"when", when}, {"cause", head.error().cause}});
        return;
    }
    obs::log(obs::level::info, "audit head", {{"when", when}, {"seq", head->seq}, {"hash", to_hex(head->hash)}});
}

}  // namespace hourkey::server
