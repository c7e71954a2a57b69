#include "linking/verification_jobs.hpp"

#include "model/audit_target.hpp"

#include <string>
#include <utility>

namespace hourkey::linking {
namespace {

using model::audit_field;

model::job make_job(model::job_kind kind, const tenancy::asker& by, const connection_name& of, wall_time now,
                    wall_time due) {
    model::job j;
    j.key = {.kind = kind, .tenant_id = by.tenant_id, .target = model::target_of(of)};
    if (const auto id = ulid::parse(by.request_id)) j.id = *id;
    j.detail.text(audit_field::name, by.tenant ? by.tenant->str() : "").text(audit_field::connection, of.str());
    j.created_at = now;
    j.next_at = due;
    return j;
}

std::chrono::milliseconds part_of(std::chrono::milliseconds whole, std::uint64_t random) {
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(random % (static_cast<std::uint64_t>(whole.count()) + 1)));
}

}  // namespace

model::job unfinished_verification(const tenancy::asker& by, const connection_name& of, wall_time now) {
    return make_job(model::job_kind::connection_verify, by, of, now, now + verdict_is_late);
}

model::job recheck(const tenancy::asker& by, const connection_name& of, wall_time now, wall_time due) {
    return make_job(model::job_kind::connection_recheck, by, of, now, due);
}

std::optional<linked> subject_of(const model::job& j) {
    const auto text_of = [&j](audit_field wanted) {
        for (const auto& e : j.detail.entries())
            if (e.field == wanted)
                if (const auto* text = std::get_if<std::string>(&e.is)) return *text;
        return std::string();
    };
    auto tenant = tenant_name::parse(text_of(audit_field::name));
    auto connection = connection_name::parse(text_of(audit_field::connection));
    if (!tenant || !connection) return std::nullopt;
    return linked{.tenant_id = j.key.tenant_id, .tenant = *std::move(tenant), .connection = *std::move(connection)};
}

std::optional<wall_time> next_recheck(wall_time now, std::chrono::seconds every, std::uint64_t random) {
    if (every == std::chrono::seconds::zero()) return std::nullopt;
    return now + every - part_of(std::chrono::milliseconds(every) / 4, random);
}

wall_time first_recheck(wall_time now, std::chrono::seconds every, std::uint64_t random) {
    return now + part_of(every, random);
}

}  // namespace hourkey::linking
