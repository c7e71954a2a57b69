#include "live_server.hpp"

#include "core/clock.hpp"
#include "core/time_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <vector>

namespace hourkey::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

const std::string role = "arn:aws:iam::444455556666:role/faulty", vend_prod = "/v1/credentials/prod";

/// Those whose answer is fixed; of the others only the rules below are asked.
const std::map<emulator::fault, std::pair<int, std::string_view>> exact{
    {emulator::fault::access_denied, {422, "trust_refused"}},
    {emulator::fault::throttling, {429, "sts_throttled"}},
    {emulator::fault::unavailable, {503, "sts_unavailable"}},
    {emulator::fault::hang, {504, "sts_timeout"}},
    {emulator::fault::garbage, {502, "sts_rejected"}},
    {emulator::fault::empty, {502, "sts_rejected"}},
    {emulator::fault::missing_secret, {502, "sts_rejected"}},
    {emulator::fault::past_expiration, {502, "sts_rejected"}},
    {emulator::fault::missing_token, {502, "sts_rejected"}},
    {emulator::fault::bad_expiration, {502, "sts_rejected"}},
    {emulator::fault::dtd_bomb, {502, "sts_rejected"}},
    {emulator::fault::huge, {502, "sts_rejected"}},
    {emulator::fault::fraction_expiration, {200, ""}},
    {emulator::fault::slow, {200, ""}},
    {emulator::fault::chunked, {200, ""}},
};

/// `ahead`: how far STS's clock was before ours when it said the expiration.
void check_credentials(live_server& on, const reply& got, std::chrono::seconds ahead) {
    const auto calls = on.sts().history();
    const auto key = field(got.body, "AccessKeyId");
    CHECK(std::ranges::count(calls, key, &emulator::assume_role_record::access_key) == 1);
    CHECK(!field(got.body, "SecretAccessKey").empty());
    CHECK(!field(got.body, "SessionToken").empty());
    const auto ends = field(got.body, "Expiration");
    const auto now = system_clock().now();
    CHECK(ends > to_rfc3339(now));
    CHECK(ends <= to_rfc3339(now + 1h + 5min + ahead));
}

void check_refusal(const reply& got) {
    CHECK(!contains(got.body, "SecretAccessKey"));
    CHECK(!contains(got.body, "SessionToken"));
    const auto code = field(got.body, "code");
    CHECK((code == "trust_refused" || code.starts_with("sts_") || code == "base_credentials_unavailable"));
    CHECK((got.status == 422 || got.status == 429 || (got.status >= 502 && got.status <= 504)));
    CHECK(!field(got.body, "hint").empty());
}

}  // namespace

TEST_CASE(
    "Whatever STS does, a vend ends in time with STS's own credentials or a refusal, on record, and the next one is "
    "well") {
    live_server on;
    const auto admin = on.add_tenant("acme", {"deploy"});
    on.add_connection(admin, "acme", "prod", role);
    on.expect(201, "PUT", "/v1/tenants/acme/connections/prod/grants/deploy", "{}", admin);
    const auto deploy = on.token(model::role::app, "acme", "deploy");

    std::size_t granted = 0, refused = 0;
    const auto vend = [&] {
        auto got = on.send("GET", vend_prod, "", deploy);
        ++(got.status == 200 ? granted : refused);
        return got;
    };
    // Only where STS is silent is the time limit what ends a vend: there it is short. Elsewhere a loaded machine needs
    // time too.
    const auto is_silent = [](const emulator::fault_row& f) {
        return f.id == emulator::fault::hang || f.id == emulator::fault::conn_stall;
    };
    std::vector<emulator::fault_row> faults(emulator::all_faults().begin(), emulator::all_faults().end());
    std::ranges::partition(faults, std::not_fn(is_silent));
    for (const auto& f : faults) {
        const std::string name(f.name);
        if (is_silent(f)) {
            on.stop();
            on.start([](server::config& c) { c.vending.sts_timeout_ms = 1000; });
        }
        CAPTURE(name);
        on.sts().clear_history();
        on.sts().set_fault({.what = f.id, .count = {}, .every = {}, .role_arn = {}, .delay = 100ms});
        const auto started = clock::now();
        const auto got = vend();
        const auto took = clock::now() - started;
        on.sts().clear_faults();
        CAPTURE(got.status);
        INFO(got.body.substr(0, 300));
        CHECK(took < 15s);
        if (got.status == 200) {
            check_credentials(on, got, f.stage == emulator::fault_stage::clock ? 1h : 0h);
        } else {
            check_refusal(got);
        }
        if (const auto wanted = exact.find(f.id); wanted != exact.end()) {
            CHECK(got.status == wanted->second.first);
            if (got.status != 200) CHECK(field(got.body, "code") == wanted->second.second);
        }
        CHECK(eventually([&] { return vend().status == 200; }));
    }
    const auto records = on.whole_audit("acme", admin);
    CHECK(count(records, R"("action":"vend","outcome":"granted")") == granted);
    CHECK(count(records, R"("action":"vend")") == granted + refused);
}

}  // namespace hourkey::test
