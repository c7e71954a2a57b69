#include "server/store_files/key_change.hpp"

#include "crypto/random.hpp"
#include "server/store_files/remembered_store.hpp"

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

bool has_whole(const std::vector<sealing::key_line>& lines, std::uint8_t id) {
    const auto found = std::ranges::find(lines, id, &sealing::key_line::id);
    return found != lines.end() && !found->is_retired;
}

}  // namespace

key_place place_of(const config& c, const server_keys& keys) {
    return {.key_file = c.server_key_file(),
            .database = c.store.path,
            .ring = keys.ring,
            .remembered = head_file_of(c, keys)};
}

result<std::uint8_t> prepare_next_key(const key_place& at) {
    HK_TRY(auto lines, read_key_file(at.key_file));
    const auto newest = std::ranges::max_element(lines, {}, &sealing::key_line::id)->id;
    if (newest > at.ring->active() && has_whole(lines, newest)) {
        const auto begun = std::ranges::find(lines, newest, &sealing::key_line::id);
        at.ring->add(newest, begun->bytes);
        return newest;
    }
    if (newest == most_keys)
        return failure(errc::invalid_configuration, "There have been 255 server keys, and there are no further ids.");
    const auto id = static_cast<std::uint8_t>(newest + 1);
    lines.push_back({.id = id, .is_retired = false, .bytes = sealing::make_server_key()});
    HK_CHECK(write_key_file(lines, at.key_file, at.database, os::private_file_mode::replace));
    at.ring->add(id, lines.back().bytes);
    return id;
}

std::function<result<>(store::transaction&)> rotation_work(const key_place& at, std::uint8_t id,
                                                           model::audit_record record) {
    return [ring = at.ring, id, record = std::move(record)](store::transaction& tx) mutable -> result<> {
        const auto checks = ring->checks();
        const auto check = checks.find(id);
        if (check == checks.end()) return failure(errc::internal, {}, {}, "the ring lacks the key that it was given");
        HK_CHECK(tx.rotate_key(id, check->second));
        HK_CHECK(tx.put_job(reseal_job(tx.now())));
        return finish(record, model::audit_action::key_rotate, id, tx);
    };
}

std::function<result<>(store::transaction&)> retirement_work(const key_place& at, std::uint8_t id,
                                                             model::audit_record record) {
    return [file = at.key_file, id, record = std::move(record)](store::transaction& tx) mutable -> result<> {
        const auto retired = tx.retire_key(id);
        if (retired) return finish(record, model::audit_action::key_retire, id, tx);
        if (retired.error().code != errc::already_exists) return retired;
        HK_TRY(const auto lines, read_key_file(file));
        return has_whole(lines, id) ? result<>() : retired;
    };
}

result<> forget_key(const key_place& at, std::uint8_t id) {
    if (at.remembered) {  // sealed under the active key from now on; under the old one it could not be read any more
        HK_TRY(const auto memory, at.remembered->read());
        if (memory) HK_CHECK(at.remembered->write(*memory, at.database));
    }
    HK_TRY(auto lines, read_key_file(at.key_file));
    for (auto& line : lines) {
        if (line.id != id || line.is_retired) continue;
        line.bytes = sealing::derive_audit_key(line.bytes);
        line.is_retired = true;
    }
    HK_CHECK(write_key_file(lines, at.key_file, at.database, os::private_file_mode::replace));
    at.ring->retire(id);
    return {};
}

}  // namespace hourkey::server
