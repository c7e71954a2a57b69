#include "server/doors/token_uses.hpp"

#include "obs/log.hpp"
#include "server/services.hpp"

namespace hourkey::server {
namespace {

/// Of a reactor.
constexpr std::size_t most_of_a_tenant = 8;

}  // namespace

void token_uses::note(const model::principal& who, wall_time used_at) {
    if (may_note(who) && under_way_.insert({who.tenant_id, who.id}).second)
        with_.spawn(write(who.tenant_id, who.id, used_at));
}

/// Nobody waits for such a write, so nothing else bounds how many a tenant with many tokens has in the queue; what is
/// left out now is written at the token's next use.
bool token_uses::may_note(const model::principal& who) const {
    if (!with_.database.is_writable_for(who.tenant_id)) return false;
    std::size_t of_tenant = 0;
    for (auto at = under_way_.lower_bound({who.tenant_id, ulid{}});
         at != under_way_.end() && at->first == who.tenant_id; ++at)
        if (++of_tenant >= most_of_a_tenant) return false;
    return true;
}

task<> token_uses::write(ulid tenant, ulid token, wall_time used_at) {
    std::function<result<>(store::transaction&)> work = [tenant, token, used_at](store::transaction& tx) {
        return tx.touch_token(tenant, token, used_at);
    };
    const store::origin from{.whose = tenant, .what_for = store::purpose::ordinary};
    const auto written = co_await with_.database.write<void>(std::move(work), from);
    if (!written)
        obs::log(obs::level::warn, "a token's last use was not written",
                 {{"token_id", token.str()}, {"cause", written.error().cause}});
    under_way_.erase({tenant, token});
}

}  // namespace hourkey::server
