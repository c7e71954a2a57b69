#include "aws/arn.hpp"
#include "aws/known_regions.hpp"
#include "aws/partition.hpp"
#include "crypto/random.hpp"
#include "json/reader.hpp"
#include "linking/trust_policy.hpp"
#include "server/adapters/finding_store.hpp"
#include "server/doors/api/handlers.hpp"
#include "server/doors/api/verdict.hpp"
#include "server/doors/change.hpp"
#include "server/doors/find.hpp"
#include "server/doors/json_answer.hpp"

namespace hourkey::server::api {
namespace {

/// Behind a ULID's time, which CloudTrail has anyway.
constexpr std::size_t random_part_of_ulid = 10;

void write_connection(json::writer& w, const model::connection& c, const std::string& principal_arn) {
    w.begin_object().string("name", c.name.str()).string("kind", to_text(c.kind)).string("state", to_text(c.state));
    if (!c.role_arn.empty()) w.string("role_arn", c.role_arn);
    if (!c.account_id.empty()) w.string("account_id", c.account_id);
    if (!c.region.empty()) w.string("region", c.region);
    w.string("external_id", c.external_id).string("principal_arn", principal_arn);
    // Until AWS has told who hourkey is there is none: a placeholder would be taken for the policy.
    if (!principal_arn.empty()) w.string("trust_policy", linking::trust_policy(principal_arn, c.external_id));
    w.string("created_at", to_rfc3339(c.created_at));
    write_time(w, "verified_at", c.verified_at);
    write_time(w, "last_checked_at", c.last_checked_at);
    w.integer("revision", static_cast<std::int64_t>(c.revision)).end_object();
}

/// A finding that is not stored yet counts all the same.
model::connection as_it_stands(const linking::open_findings& findings, model::connection row) {
    findings.apply_to(row);
    return row;
}

http::response connection_answer(services& with, int status, const model::connection& c) {
    json::writer w(2048);
    write_connection(w, as_it_stands(with.findings, c), with.identify().principal_arn);
    return json_answer(status, w, c.revision);
}

change_note note_of(model::audit_action action, const model::connection& c) {
    return {.action = action,
            .target = model::target_of(c.name),
            .connection = c.name.str(),
            .app = {},
            .role_arn = c.role_arn,
            .reason = {}};
}

/// The body of a PUT as a new connection, pending, with an external id of our own.
result<model::connection> read_connection(services& with, const call& what, const connection_name& name) {
    HK_TRY(auto body, json::parse(what.http.body));
    auto fields = body.root();
    if (fields.has("external_id"))
        return invalid_field("external_id", "may not be set",
                             "Leave it out: hourkey makes it, unique for ever, and shows it in the answer.");
    HK_TRY(const auto kind, fields.string("kind"));
    if (kind != "role")
        return invalid_field("kind", "must be 'role'",
                             "Send {\"kind\":\"role\",\"role_arn\":\"arn:aws:iam::123456789012:role/name\"}.");
    HK_TRY(const auto arn_text, fields.string("role_arn"));
    HK_TRY(const auto arn, aws::role_arn::parse(arn_text));
    HK_TRY(const auto region, fields.optional_string("region"));
    HK_CHECK(fields.finish());

    const auto ours = with.identify();
    if (!ours.partition.empty() && arn.partition() != ours.partition)
        return invalid_field(
            "role_arn",
            "is in partition " + std::string(arn.partition()) + ", and hourkey's own identity is in " + ours.partition,
            "AWS cannot assume a role across partitions: use a role of " + ours.partition + ".");
    if (arn.str() == ours.principal_arn)
        return invalid_field("role_arn", "is hourkey's own identity", "Name a role of the account to deploy to.");
    if (region) {
        if (!aws::has_region_form(*region))
            return invalid_field("region", "is not an AWS region", "Write it like eu-west-1, or leave it out.");
        if (!with.knows_region(*region)) return aws::unknown_region();
        if (aws::partition_of_region(*region)->name != arn.partition())
            return invalid_field("region", "is in another partition than role_arn",
                                 "Use a region of the role's partition.");
    }
    return model::connection{.tenant_id = what.tenant_id,
                             .name = name,
                             .kind = model::connection_kind::role,
                             .state = model::connection_state::pending,
                             .role_arn = arn.str(),
                             .account_id = std::string(arn.account_id()),
                             .region = std::string(region.value_or("")),
                             .external_id = crypto::make_external_id(),
                             .created_at = what.now,
                             .verified_at = {},
                             .revision = 1};
}

}  // namespace

task<result<http::response>> list_connections(services& with, call& what) {
    const auto read = [tenant = what.tenant_id](store::reader& from, const store::page_request& wanted) {
        return from.list_connections(tenant, wanted);
    };
    const auto write = [principal = with.identify().principal_arn, &findings = with.findings](
                           json::writer& w, const model::connection& c) {
        write_connection(w, as_it_stands(findings, c), principal);
    };
    co_return co_await list_answer(with, what, read, write);
}

task<result<http::response>> get_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto found, co_await find_connection(with, what.tenant_id, name));
    if (!found) co_return no_such("connection");
    co_return connection_answer(with, 200, *found);
}

task<result<http::response>> put_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto wanted, read_connection(with, what, name));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));

    change_work<model::connection> work = [wanted, demanded](store::transaction& tx, wall_time) {
        return tx.put_connection(wanted, demanded);
    };
    auto note = note_of(model::audit_action::connection_put, wanted);
    HK_CO_TRY(const auto put, co_await change<model::connection>(with, what, std::move(note), std::move(work)));
    co_return connection_answer(with, put.is_created() ? 201 : 200, *put.after);
}

task<result<http::response>> delete_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(const auto demanded, read_precondition(what.http));
    change_work<model::connection> work = [tenant = what.tenant_id, name, demanded](store::transaction& tx, wall_time) {
        return tx.delete_connection(tenant, name, demanded);
    };
    change_note note{.action = model::audit_action::connection_delete,
                     .target = model::target_of(name),
                     .connection = name.str(),
                     .app = {},
                     .role_arn = {},
                     .reason = {}};
    HK_CO_CHECK(co_await change<model::connection>(with, what, std::move(note), std::move(work)));
    co_return no_content();
}

task<result<http::response>> verify_connection(services& with, call& what) {
    HK_CO_TRY(const auto name, connection_name::parse(what.parameters[0]));
    HK_CO_TRY(auto body, json::parse_object_or_empty(what.http.body));
    HK_CO_CHECK(body.root().finish());
    // What was found before is stored, with its sessions, before it can be proved otherwise.
    co_await store_open_findings(with.database, with.findings);
    HK_CO_TRY(const auto found, co_await find_connection(with, what.tenant_id, name));
    if (!found) co_return no_such("connection");

    linking::verification_wish wish{.who = what.caller,
                                    .connection = *found,
                                    .principal_arn = with.identify().principal_arn,
                                    .wrong_external_id = crypto::make_external_id(),
                                    .session_name = "hourkey-verify." + what.request_id.substr(random_part_of_ulid)};
    const auto seen = co_await linking::verify(std::move(wish), with.probe, what.http.until);
    if (seen.steps.empty()) co_return *seen.probes.front().why;
    HK_CO_CHECK(co_await keep_verdict(with, what, *found, seen));
    const auto state = seen.state.value_or(as_it_stands(with.findings, *found).state);
    json::writer w(4096);
    w.begin_object().string("state", to_text(state)).key("steps").begin_array();
    for (const auto& s : seen.steps)
        w.begin_object()
            .string("id", s.id)
            .string("state", linking::to_text(s.state))
            .string("cause", s.cause)
            .string("fix", s.fix)
            .end_object();
    w.end_array().end_object();
    co_return json_answer(200, w);
}

}  // namespace hourkey::server::api
