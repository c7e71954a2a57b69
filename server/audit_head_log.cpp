#include "server/audit_head_log.hpp"

#include "core/encoding.hpp"
#include "obs/log.hpp"

namespace hourkey::server {

void log_audit_head(const store::trail_place& end, std::string_view when) {
    obs::log(obs::level::info, "audit head", {{"when", when}, {"seq", end.seq}, {"hash", to_hex(end.hash)}});
}

}  // namespace hourkey::server
