#include "credentials/credential_fetch.hpp"

#include "core/time_text.hpp"

#include <utility>
#include <variant>

namespace hourkey::credentials {
namespace {

/// They are written somewhere, and the plan has them.
task<result<fetched_keys>> fetch(aws::credentials keys, fetch_tools) { co_return fetched_keys{std::move(keys)}; }

/// In sources/, a file each.
task<result<fetched_keys>> fetch_root(key_root root, fetch_tools tools) {
    return std::visit([&tools](auto& source) { return fetch(std::move(source), tools); }, root);
}

void take(sts::base_identity& out, fetched_keys got) {
    out.keys = std::move(got.keys);
    if (got.who) out.who = std::move(got.who);
    if (got.assumed) out.assumed = std::move(got.assumed);
}

}  // namespace

task<result<sts::base_identity>> fetch_credentials(credential_plan plan, fetch_tools tools) {
    sts::base_identity out;
    out.source = std::move(plan.source);
    const auto prefixed = [&](failure why) {
        why.hint.insert(0, plan.lacking + out.source + ": ");
        if (!plan.files.empty()) why.cause.append(why.cause.empty() ? "" : "; ").append(plan.files);
        return why;
    };
    auto root = co_await fetch_root(std::move(plan.root), tools);
    if (!root) co_return prefixed(std::move(root).error());
    take(out, *std::move(root));
    for (auto& step : plan.steps) {
        auto session = co_await take_step(std::move(step), out, tools);
        if (!session) co_return prefixed(std::move(session).error());
        take(out, *std::move(session));
    }
    out.fetched = tools.settings.calls.clock->now();
    if (out.keys.expiration && *out.keys.expiration <= out.fetched + tools.settings.calls.correction->value())
        co_return prefixed(unusable("its credentials expired at " + to_rfc3339(*out.keys.expiration)));
    co_return out;
}

}  // namespace hourkey::credentials
