#include "server/store_files/store_opening.hpp"

#include "audit/chain.hpp"
#include "obs/log.hpp"
#include "server/store_files/remembered_store.hpp"
#include "store_sqlite/durable_file.hpp"

#include <algorithm>
#include <utility>

namespace hourkey::server {
namespace {

/// Whether the file has all keys of this process: a rotation puts one into the file first, a retirement takes it out of
/// the ring first.
bool has_all(const sealing::key_ring& in_file, const sealing::key_ring& needed) {
    return std::ranges::includes(in_file.checks(), needed.checks());
}

}  // namespace

std::string control_socket_path(const config& c) { return store::real_path(c.store.path) + ".sock"; }

store::settings store_settings(const config& c, const server_keys& keys) {
    const auto chain = std::make_shared<audit::chain>(keys.ring->audit_keys(), keys.ring->head_keys());
    store::settings s;
    s.path = c.store.path;
    s.sealer.key = [chain] { return chain->key(); };
    s.sealer.link = [chain](const model::audit_hash& previous, const model::audit_record& record) {
        return chain->link(previous, record);
    };
    s.sealer.seal_head = [chain](const model::audit_head& head) { return chain->seal_head(head); };
    s.row_keys = keys.row_keys;
    s.keys = keys.ring->checks();
    s.follow = [ring = keys.ring](const store::key_states& told) {
        ring->activate(told.active);
        for (const auto key : told.retired) ring->retire(key);
    };
    s.remembered = head_file_of(c, keys);
    s.when_missing = c.store.begin_anew ? store::missing_database::make_anew
                     : keys.is_new      ? store::missing_database::make
                                        : store::missing_database::refuse;
    s.watched = {{c.server_key_file(), "the server key", [file = c.server_key_file(), ring = keys.ring] {
                      const auto lines = read_key_file(file);
                      return lines && has_all(*ring_of(*lines), *ring);
                  }}};
    s.tell = [](const std::string& what, const std::string& fix) { obs::log(obs::level::error, what, {{"fix", fix}}); };
    s.min_free_bytes = std::uint64_t{c.store.min_free_mib} * 1024 * 1024;
    s.clock = &system_clock();
    return s;
}

result<std::unique_ptr<store::sqlite_database>> open_database(const config& c, const server_keys& keys,
                                                              std::function<bool()> wants_stop) {
    const auto open = [&] {
        auto s = store_settings(c, keys);
        s.wants_stop = wants_stop;
        return store::sqlite_database::open(std::move(s));
    };
    auto opened = open();
    if (!opened && opened.error().code == errc::wrong_server_key) {
        HK_CHECK(read_again(keys));  // it was read before the store was locked
        opened = open();
    }
    if (opened || opened.error().code != errc::wrong_server_key) return opened;
    auto why = std::move(opened).error();
    why.hint = "Put the key that this database was made with into " + c.server_key_file() +
               "; without it no token and no audit record can be checked.";
    return why;
}

}  // namespace hourkey::server
