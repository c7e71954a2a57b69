#include "server/store_files/key_change.hpp"

#include "crypto/random.hpp"
#include "server/config.hpp"
#include "server/store_files/server_key.hpp"

#include <algorithm>
#include <limits>

namespace hourkey::server {
namespace {

constexpr auto most_keys = std::numeric_limits<std::uint8_t>::max();

std::string target_of_key(std::uint8_t id) { return "keys/" + std::to_string(id); }

model::job reseal_job(wall_time now) {
    model::job j;
    j.key = {.kind = model::job_kind::key_reseal, .tenant_id = {}, .target = "keys"};
    j.id = crypto::make_ulid(now);
    j.created_at = now;
    j.next_at = now;
    return j;
}

result<> finish(model::audit_record& record, model::audit_action action, std::uint8_t id, store::transaction& tx) {
    record.time = tx.now();
    record.action = action;
    record.outcome = model::audit_outcome::changed;
    record.target = target_of_key(id);
    HK_CHECK(tx.append_audit(record));
    return {};
}

}  // namespace

key_place place_of(const config& c, const server_keys& keys) {
    return {.key_file = c.server_key_file(), .database = c.store.path, .ring = keys.ring};
}

result<std::uint8_t> prepare_next_key(const key_place& at) {
    HK_TRY(auto lines, read_key_file(at.key_file));
    std::ranges::sort(lines, {}, &sealing::key_line::id);
    if (const auto newest = lines.back().id; newest <= at.ring->active() || lines.back().is_retired) {
        if (newest == most_keys)
            return failure(errc::invalid_configuration,
                           "There have been 255 server keys, and there are no further ids.");
        lines.push_back(
            {.id = static_cast<std::uint8_t>(newest + 1), .is_retired = false, .bytes = sealing::make_server_key()});
    }
    // Also one that is there: whoever has put it there may have been cut off before it was durable.
    HK_CHECK(write_key_file(lines, at.key_file, at.database, os::private_file_mode::replace));
    const auto& next = lines.back();
    if (!at.ring->add(next.id, next.bytes))
        return failure(errc::invalid_configuration,
                       at.key_file + " has another server key " + std::to_string(next.id) + " than this process.",
                       "Put the file back from its backup, or restart the server.");
    return next.id;
}

std::function<result<>(store::transaction&)> rotation_work(const key_place& at, std::uint8_t id,
                                                           model::audit_record record) {
    return [ring = at.ring, id, record = std::move(record)](store::transaction& tx) mutable -> result<> {
        const auto checks = ring->checks();
        const auto check = checks.find(id);
        if (check == checks.end()) return failure(errc::internal, {}, {}, "the ring lacks the key that it was given");
        const auto rotated = tx.rotate_key(id, check->second);
        if (!rotated && rotated.error().code != errc::already_exists) return rotated;
        HK_CHECK(tx.put_job(reseal_job(tx.now())));
        if (!rotated) return {};  // by a rotation that was taken for failed, or goes on beside this one
        return finish(record, model::audit_action::key_rotate, id, tx);
    };
}

result<> go_on_resealing(store::transaction& tx) {
    HK_TRY(const auto keys, tx.list_keys(tx.now()));
    const bool has_work = std::ranges::any_of(
        keys, [](const auto& key) { return key.state == model::server_key_state::old && key.sealed_rows != 0; });
    if (has_work) HK_CHECK(tx.put_job(reseal_job(tx.now())));
    return {};
}

std::function<result<>(store::transaction&)> retirement_work(std::uint8_t id, model::audit_record record) {
    return [id, record = std::move(record)](store::transaction& tx) mutable -> result<> {
        const auto retired = tx.retire_key(id);
        if (retired) return finish(record, model::audit_action::key_retire, id, tx);
        return retired.error().code == errc::already_exists ? result<>() : retired;
    };
}

result<> forget_key(const key_place& at, store::database& database, std::uint8_t id) {
    // Under the old key it could not be read any more.
    HK_CHECK(database.seal_memory_anew());
    HK_TRY(auto lines, read_key_file(at.key_file));
    for (auto& line : lines) {
        if (line.id != id || line.is_retired) continue;
        line.bytes = sealing::derive_audit_key(line.bytes);
        line.is_retired = true;
    }
    // Also when there is nothing left to change: an earlier one may not have been durable.
    return write_key_file(lines, at.key_file, at.database, os::private_file_mode::replace);
}

}  // namespace hourkey::server
