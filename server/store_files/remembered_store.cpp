#include "server/store_files/remembered_store.hpp"

#include "store_sqlite/schema_file.hpp"

namespace hourkey::server {

std::shared_ptr<const store::head_file> head_file_of(const config& c, const server_keys& keys) {
    return std::make_shared<store::head_file>(head_file_path(c.store.path), keys.ring->head_keys());
}

result<> check_is_newest(const config& c, const server_keys& keys) {
    auto found = store::check_is_newest(c.store.path, *head_file_of(c, keys), keys.ring->checks());
    if (found || found.error().code != errc::wrong_server_key) return found;
    HK_CHECK(read_again(keys));  // a running server may have replaced one since
    return store::check_is_newest(c.store.path, *head_file_of(c, keys), keys.ring->checks());
}

result<> check_is_not_missed(const config& c, const server_keys& keys) {
    if (c.store.begin_anew) return {};
    HK_TRY(const auto memory, head_file_of(c, keys)->read());
    if (memory && memory->is_expected) return {};
    return failure(
        errc::store_corrupt,
        "The database " + c.store.path + " is gone: its server key " + c.server_key_file() + " is still there.",
        store::hint_of_lost_files());
}

}  // namespace hourkey::server
