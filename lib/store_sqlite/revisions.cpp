#include "store_sqlite/revisions.hpp"

namespace hourkey::store {

result<std::uint64_t> revision_rows::first(const ulid& tenant, std::string_view target) {
    query q(first_, tenant, target);
    HK_CHECK(q.next());
    return static_cast<std::uint64_t>(q.integer());
}

}  // namespace hourkey::store
