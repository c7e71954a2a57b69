#include "linking/verification_records.hpp"

#include "aws/session_limits.hpp"
#include "core/text_or_empty.hpp"
#include "tenancy/change.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace hourkey::linking {
namespace {

using kind = probe_result::kind;

constexpr std::array<std::string_view, 3> probes{"right_external_id", "wrong_external_id", "no_external_id"};

void write_session(model::audit_record& into, const probe_result& of) {
    into.session_name = of.session_name;
    into.access_key_id = of.access_key_id;
    into.sts_request_id = of.sts_request_id;
    into.expiration = of.expiration;
    into.requested_seconds = static_cast<std::uint32_t>(aws::shortest_session.count());
    if (of.why && of.why->aws) {
        into.aws_code = of.why->aws->code;
        if (into.sts_request_id.empty()) into.sts_request_id = of.why->aws->request_id;
    }
}

std::string code_of(const probe_result& p) { return p.why ? std::string(describe(p.why->code).api) : std::string(); }

}  // namespace

std::vector<model::audit_record> verification_records(const tenancy::asker& by, const model::connection& seen,
                                                      const verification& v, wall_time now) {
    const tenancy::audit_note note{.action = model::audit_action::connection_verify,
                                   .target = model::target_of(seen.name),
                                   .connection = seen.name.str(),
                                   .role_arn = std::string(text_or_empty(seen.role_arn)),
                                   .reason = v.state ? std::string(to_text(*v.state)) : std::string()};
    std::vector<model::audit_record> out;
    for (std::size_t i = 0; i < v.probes.size() && i < probes.size(); ++i) {
        const auto& p = v.probes[i];
        const bool is_whole = i == 0;
        if (!is_whole && (p.ended == kind::refused || p.ended == kind::not_asked)) continue;  // no session
        auto record = tenancy::begin_record(by, note, now);
        write_session(record, p);
        if (!is_whole) {
            record.action = model::audit_action::connection_probe;
            record.target.append("/probes/").append(probes[i]);
            record.reason = p.ended == kind::allowed ? "opened" : code_of(p);
        }
        if (is_whole ? !v.state : p.ended == kind::inconclusive) record.outcome = model::audit_outcome::error;
        out.push_back(std::move(record));
    }
    if (v.state || out.empty()) return out;
    // Inconclusive as a whole: which of the three it was that proved nothing.
    const auto unclear =
        std::ranges::find_if(v.probes, [](const auto& p) { return p.why && p.ended != kind::refused; });
    out.front().reason = unclear == v.probes.end() ? "inconclusive" : code_of(*unclear);
    return out;
}

}  // namespace hourkey::linking
