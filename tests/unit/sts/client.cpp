#include "sts/client.hpp"

#include "aws/known_regions.hpp"
#include "sts_fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

using namespace hourkey;
using namespace hourkey::sts;
using namespace hourkey::test;
using hourkey::emulator::fault;

namespace {

aws::assume_role_request request_for(std::chrono::seconds duration = 1h) {
    return {aws::role_arn::parse("arn:aws:iam::444455556666:role/team/deploy").value(),
            aws::session_name::parse("hk.t.a.1").value(), duration, std::nullopt, std::nullopt};
}

/// hourkey's identity as a test has it: one, none, or another when the first is refused.
class held_identity final : public identity_source {
public:
    base_identity_ptr now;   ///< null: there is none
    base_identity_ptr next;  ///< null: a refresh brings the same again
    std::vector<std::string> refused;

    [[nodiscard]] result<base_identity_ptr> current() const override {
        if (now) return now;
        return failure(errc::base_credentials_unavailable);
    }
    [[nodiscard]] task<result<base_identity_ptr>> refresh(std::string seen_access_key_id, deadline) override {
        refused.push_back(std::move(seen_access_key_id));
        if (next) now = std::exchange(next, nullptr);
        co_return current();
    }
};

base_identity_ptr identity_of(const std::string& id, const std::string& key, const std::string& token = {}) {
    base_identity out;
    out.keys = {id, secret(key), secret(token), std::nullopt};
    return std::make_shared<const base_identity>(std::move(out));
}
base_identity_ptr first_identity() { return identity_of("AKIAHOURKEY", "base-secret"); }
base_identity_ptr second_identity() { return identity_of("AKIASECOND", "second-secret"); }

/// One client against the emulator, over TLS, with base keys that STS knows.
struct setup {
    sts_peer sts;
    held_identity base;
    net::reactor reactor;
    std::vector<call_report> reports;
    channel_settings calls;
    std::unique_ptr<client> hourkey;

    explicit setup(const std::string& host = "localhost") {
        base.now = first_identity();
        calls.random = [] { return 0.0; };
        calls.attempt_timeout = calls.pool.connect_timeout = 20s;  // a loaded machine's slowness is no fault of STS
        calls.on_call = [this](const call_report& r) { reports.push_back(r); };
        remake(host);
    }
    void remake(const std::string& host = "localhost") {
        hourkey = std::make_unique<client>(reactor, sts.endpoints(host), base, calls);
    }
    /// The client's connections go before the emulator.
    ~setup() { hourkey.reset(); }

    result<assumed_role> assume(std::chrono::milliseconds within = 30s, std::chrono::seconds duration = 1h) {
        reports.clear();
        sts.emulator.clear_history();
        return run_on(reactor, hourkey->assume_role(request_for(duration), deadline::after(within)));
    }
    [[nodiscard]] int attempts() const {
        int sum = 0;
        for (const auto& r : reports) sum += r.attempts;
        return sum;
    }
};

std::string told(const result<assumed_role>& r) {
    if (r) return "ok";
    return std::string(describe(r.error().code).api) + (r.error().code == errc::sts_invalid_answer ? "/invalid" : "");
}

}  // namespace

TEST_CASE("a role is assumed over verified TLS, and the connection is kept") {
    setup s;
    for (int i = 0; i < 3; ++i) {
        const auto got = s.assume();
        REQUIRE_MESSAGE(got.has_value(), got.error().cause);
        CHECK(got->assumed_role_arn == "arn:aws:sts::444455556666:assumed-role/deploy/hk.t.a.1");
        CHECK_FALSE(got->request_id.empty());
        CHECK(got->duration == 1h);
        CHECK(got->keys.is_temporary());
        REQUIRE(s.reports.size() == 1);
        CHECK(s.reports.front().operation == "AssumeRole");
        CHECK_FALSE(s.reports.front().failed);
        CHECK(s.reports.front().attempts == 1);
        const auto who = run_on(s.reactor, s.hourkey->get_caller_identity(got->keys, deadline::after(30s)));
        REQUIRE(who.has_value());
        CHECK(who->who.account_id == "444455556666");
    }
    const auto self = run_on(s.reactor, s.hourkey->get_caller_identity(deadline::after(30s)));
    REQUIRE(self.has_value());
    CHECK(self->who.arn == user_arn);
}

TEST_CASE("credentials that STS does not know are not taken for our own") {
    setup s;
    const aws::credentials stranger{"ASIASTRANGER", secret("s"), secret("t"), std::nullopt};
    const auto who = run_on(s.reactor, s.hourkey->get_caller_identity(stranger, deadline::after(30s)));
    REQUIRE_FALSE(who.has_value());
    CHECK(who.error().code == errc::sts_rejected);
    CHECK(s.reports.size() == 1);
}

TEST_CASE("each fault of STS ends as the fault table says, after so many attempts") {
    struct row {
        fault what;
        std::string always;  ///< outcome when every request meets the fault
        int attempts;
        std::string once;    ///< outcome when only the first does; empty: the same
        int attempts_once = 1;
    };
    const std::string rejected = "sts_rejected";
    const std::string invalid = "sts_rejected/invalid";
    const std::string down = "sts_unavailable";
    const std::vector<row> rows{
        {fault::access_denied, "trust_refused", 1, {}},
        {fault::signature_mismatch, rejected, 1, {}},
        {fault::opt_in_required, rejected, 1, {}},
        {fault::region_disabled, rejected, 1, {}},
        {fault::malformed_policy, rejected, 1, {}},
        {fault::packed_policy, rejected, 1, {}},
        {fault::validation, rejected, 1, {}},
        {fault::request_expired, rejected, 1, {}},
        {fault::unknown_code, rejected, 1, {}},
        {fault::redirect, rejected, 1, {}},
        {fault::expired_token, "base_credentials_unavailable", 1, {}},  // the refresh brings the same key
        {fault::expired_token_exception, "base_credentials_unavailable", 1, {}},
        {fault::invalid_client_token, "base_credentials_unavailable", 1, {}},
        {fault::errors_wrapper, "base_credentials_unavailable", 1, {}},
        {fault::throttling, "sts_throttled", 3, "ok", 2},
        {fault::throttling_exception, "sts_throttled", 3, "ok", 2},
        {fault::request_limit, "sts_throttled", 3, "ok", 2},
        {fault::too_many, "sts_throttled", 3, "ok", 2},
        {fault::idp_communication, down, 3, "ok", 2},
        {fault::request_timeout, down, 3, "ok", 2},
        {fault::internal, down, 3, "ok", 2},
        {fault::unavailable, down, 3, "ok", 2},
        {fault::retry_after, down, 3, "ok", 2},
        {fault::bad_gateway, down, 3, "ok", 2},
        {fault::gateway_timeout, down, 3, "ok", 2},
        {fault::proxy_forbidden, invalid, 1, {}},
        {fault::proxy_login, invalid, 1, {}},
        {fault::clock_skew, "ok", 2, "ok", 3},  // once: the clock jumps back between the attempts
        {fault::clock_skew_no_date, rejected, 1, {}},
        {fault::clock_skew_age, rejected, 1, {}},
        {fault::slow, "ok", 1, {}},
        {fault::drip, "ok", 1, {}},
        {fault::chunked, "ok", 1, {}},
        {fault::chunked_trailer, "ok", 1, {}},
        {fault::continue100, "ok", 1, {}},
        {fault::early_hints, "ok", 1, {}},
        {fault::hang, "sts_timeout", 3, "ok", 2},
        {fault::conn_reset, down, 3, "ok", 2},
        {fault::conn_fin, down, 3, "ok", 2},
        {fault::conn_stall, down, 3, "ok", 2},
        {fault::reset, down, 3, "ok", 2},
        {fault::close, down, 3, "ok", 2},
        {fault::truncate, down, 3, "ok", 2},
        {fault::truncate_rst, down, 3, "ok", 2},
        {fault::truncate_head, down, 3, "ok", 2},
        {fault::truncate_chunked, down, 3, "ok", 2},
        {fault::close_after, "ok", 1, {}},
        {fault::conn_close, "ok", 1, {}},
        {fault::http10, "ok", 1, {}},
        {fault::no_content_length, "ok", 1, {}},
        {fault::extra_bytes, "ok", 1, {}},
        {fault::two_length, invalid, 1, {}},
        {fault::neg_length, invalid, 1, {}},
        {fault::huge_length, invalid, 1, {}},
        {fault::huge, invalid, 1, {}},
        {fault::huge_headers, invalid, 1, {}},
        {fault::many_headers, invalid, 1, {}},
        {fault::bad_status, invalid, 1, {}},
        {fault::gzip, invalid, 1, {}},
        {fault::wrong_content_type, "ok", 1, {}},
        {fault::no_content_type, "ok", 1, {}},
        {fault::fraction_expiration, "ok", 1, {}},
        {fault::offset_expiration, "ok", 1, {}},
        {fault::short_expiration, "ok", 1, {}},
        {fault::brief_expiration, "ok", 1, {}},
        {fault::prefix, "ok", 1, {}},
        {fault::cdata, "ok", 1, {}},
        {fault::entities, "ok", 1, {}},
        {fault::pretty, "ok", 1, {}},
        {fault::bom, "ok", 1, {}},
        {fault::big_token, "ok", 1, {}},
        {fault::extra_elements, "ok", 1, {}},
        {fault::garbage, invalid, 1, {}},
        {fault::empty, invalid, 1, {}},
        {fault::html, invalid, 1, {}},
        {fault::json, invalid, 1, {}},
        {fault::wrong_root, invalid, 1, {}},
        {fault::outside, invalid, 1, {}},
        {fault::missing_token, invalid, 1, {}},
        {fault::missing_key, invalid, 1, {}},
        {fault::missing_secret, invalid, 1, {}},
        {fault::missing_expiration, invalid, 1, {}},
        {fault::empty_token, invalid, 1, {}},
        {fault::bad_expiration, invalid, 1, {}},
        {fault::past_expiration, invalid, 1, {}},
        {fault::far_expiration, invalid, 1, {}},
        {fault::unclosed, invalid, 1, {}},
        {fault::dtd_bomb, invalid, 1, {}},
        {fault::xxe, invalid, 1, {}},
        {fault::deep, invalid, 1, {}},
        {fault::duplicate, invalid, 1, {}},
        {fault::crlf_token, invalid, 1, {}},
        {fault::nul_token, invalid, 1, {}},
        {fault::invalid_utf8, invalid, 1, {}},
    };
    CHECK(rows.size() == emulator::all_faults().size());
    setup s;
    for (const auto& r : rows) {
        CAPTURE(emulator::describe(r.what).name);
        for (const bool always : {true, false}) {
            CAPTURE(always);
            // Only silence is waited for: shortly when nothing else can come, longer when the next attempt has to get
            // through.
            const auto soon = always ? 300ms : 3000ms;
            s.calls.attempt_timeout = r.what == fault::hang ? soon : 20s;
            s.calls.pool.connect_timeout = r.what == fault::conn_stall ? soon : 20s;
            s.remake();  // its own connections, retry tokens and clock
            s.sts.fail(r.what, always ? std::nullopt : std::optional<std::uint64_t>(1));
            const auto got = s.assume();
            s.sts.emulator.clear_faults();
            const auto& expected = always || r.once.empty() ? r.always : r.once;
            INFO((got ? std::string() : got.error().cause));
            CHECK(told(got) == expected);
            CHECK(s.reports.back().failed == (got ? std::nullopt : std::optional(got.error().code)));
            CHECK(s.attempts() == (always || r.once.empty() ? r.attempts : r.attempts_once));
            // Whatever came, the next call is sound.
            if (always && (r.what == fault::hang || r.what == fault::conn_stall)) {
                s.calls.attempt_timeout = s.calls.pool.connect_timeout = 20s;
                s.remake();
            }
            const auto next = s.assume();
            CHECK(told(next) == "ok");
            if (got && next) CHECK(got->keys.access_key_id != next->keys.access_key_id);
        }
    }
}

TEST_CASE("no call outlives its deadline, whatever STS does") {
    setup s;
    s.calls.random = [] { return 1.0; };
    for (const auto what :
         {fault::hang, fault::conn_stall, fault::drip, fault::slow, fault::throttling, fault::internal, fault::close}) {
        CAPTURE(emulator::describe(what).name);
        s.remake();
        s.sts.fail(what, std::nullopt, 60s);
        const auto before = std::chrono::steady_clock::now();
        const auto got = s.assume(400ms);
        const auto took = std::chrono::steady_clock::now() - before;
        s.sts.emulator.clear_faults();
        CHECK_FALSE(got.has_value());
        CHECK(took < 15s);  // sooner than any other limit
    }
    const auto passed = s.assume(0ms);
    CHECK(told(passed) == "sts_timeout");
    CHECK(s.sts.emulator.history().empty());
}

TEST_CASE("the delay that STS asks for is kept") {
    setup s;
    s.sts.fail(fault::retry_after, 1, 300ms);
    const auto before = std::chrono::steady_clock::now();
    CHECK(told(s.assume()) == "ok");
    CHECK(std::chrono::steady_clock::now() - before >= 300ms);
}

TEST_CASE(
    "an AccessDenied that may pass is asked once more, on the kept connection and out of the bucket; any other is "
    "final") {
    setup s;
    auto endpoint = s.sts.endpoints().for_region("eu-west-1");
    REQUIRE(endpoint.has_value());
    channel calls(s.reactor, *std::move(endpoint), s.calls);
    const aws::credentials keys{"AKIAHOURKEY", secret("base-secret"), secret(), std::nullopt};
    const auto assume = [&](aws::denial on_denial) {
        s.reports.clear();
        auto request = request_for();
        request.on_denial = on_denial;
        return run_on(s.reactor,
                      assume_role(calls, std::move(request), keys, aws::base_identity::user, deadline::after(30s)));
    };
    REQUIRE(assume(aws::denial::is_final).has_value());
    const auto connections = s.sts.connections();
    s.sts.fail(fault::access_denied, 1);
    CHECK(told(assume(aws::denial::may_pass)) == "ok");
    CHECK(s.reports.back().attempts == 2);
    s.sts.fail(fault::access_denied);
    CHECK(told(assume(aws::denial::is_final)) == "trust_refused");
    CHECK(s.reports.back().attempts == 1);
    const int before = calls.retry_tokens();
    CHECK(told(assume(aws::denial::may_pass)) == "trust_refused");
    CHECK(s.reports.back().attempts == 2);
    CHECK(calls.retry_tokens() == before - 14);
    CHECK(s.sts.connections() == connections);
    for (int i = 0; i < 40; ++i) CHECK(told(assume(aws::denial::may_pass)) == "trust_refused");
    CHECK(s.reports.back().attempts == 1);
    CHECK(calls.retry_tokens() >= aws::retry_bucket::capacity / 2);  // the rest is for calls that fail
}

TEST_CASE("keys that STS finds expired are replaced once, and the call succeeds with the new ones") {
    setup s;
    s.base.next = second_identity();
    s.sts.fail(fault::expired_token, 1);
    CHECK(told(s.assume()) == "ok");
    CHECK(s.reports.size() == 2);
    CHECK(s.base.now->keys.access_key_id == "AKIASECOND");
}

TEST_CASE("a region that does not know hourkey's key says nothing about the key") {
    setup s;
    s.calls.pool.lookup = s.sts.look_up();
    s.hourkey = std::make_unique<client>(s.reactor, s.sts.regional_endpoints(), s.base, s.calls);
    const auto assume = [&] {
        s.reports.clear();
        return run_on(s.reactor, s.hourkey->assume_role(request_for(), deadline::after(30s), "me-south-1"));
    };
    SUBCASE("when the default region takes it") {
        s.sts.emulator.set_fault(
            {.what = fault::invalid_client_token, .count = {}, .every = {}, .role_arn = request_for().role.str()});
        SUBCASE("and tells whose it is") {}
        SUBCASE("and denies to tell whose it is") { s.sts.fail(fault::access_denied); }
        const auto got = assume();
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::sts_rejected);
        CHECK(got.error().hint.find("me-south-1") != std::string::npos);
        CHECK(got.error().aws->code == "InvalidClientTokenId");
        CHECK(s.reports.size() == 2);
        CHECK(s.base.refused.empty());
    }
    SUBCASE("but the default region's refusal does") {
        s.base.next = second_identity();
        s.sts.fail(fault::invalid_client_token, 2);
        CHECK(told(assume()) == "ok");
        CHECK(s.base.now->keys.access_key_id == "AKIASECOND");
    }
    SUBCASE("but where one endpoint serves all regions, that one has spoken") {
        s.remake();
        s.sts.fail(fault::invalid_client_token, 1);
        CHECK(told(assume()) == "base_credentials_unavailable");
        CHECK(s.reports.size() == 1);
    }
    SUBCASE("and no answer proves nothing") {
        s.sts.emulator.set_fault(
            {.what = fault::invalid_client_token, .count = {}, .every = {}, .role_arn = request_for().role.str()});
        s.sts.fail(fault::throttling);
        CHECK(told(assume()) == "sts_throttled");
        CHECK(s.base.refused.empty());
    }
}

TEST_CASE("without base credentials nothing is sent") {
    setup s;
    s.base.now = nullptr;
    const auto got = run_on(s.reactor, s.hourkey->assume_role(request_for(), deadline::after(30s)));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::base_credentials_unavailable);
    CHECK(s.reports.empty());
}

TEST_CASE("a clock an hour off costs a second attempt, one within 15 minutes is corrected for good") {
    setup s;
    s.sts.emulator.set_clock_offset(10min);
    CHECK(told(s.assume()) == "ok");  // STS bears up to 15 minutes
    CHECK(s.attempts() == 1);
    CHECK(std::chrono::abs(s.calls.correction->value() - 10min) < 1min);
    s.sts.emulator.set_clock_offset(20min);
    CHECK(told(s.assume()) == "ok");  // 10 of the 20 are corrected already
    CHECK(s.attempts() == 1);
    CHECK(s.calls.correction->value() == 15min);
    s.sts.emulator.set_clock_offset(60min);
    for (int i = 0; i < 2; ++i) {
        const auto got = s.assume();
        REQUIRE(told(got) == "ok");
        CHECK(s.attempts() == 2);
        CHECK(std::chrono::abs(got->life - 1h) < 30s);
    }
    s.sts.emulator.set_clock_offset(0min);
    CHECK(told(s.assume()) == "ok");
    CHECK(std::chrono::abs(s.calls.correction->value()) < 1min);
}

TEST_CASE("a clock that is repaired costs an attempt and no vend") {
    struct row {
        const char* name;
        std::chrono::minutes ahead;
    };
    for (const auto& r : {row{"STS two hours behind", -120min}, row{"STS two hours ahead", 120min},
                          row{"within what is kept", -14min}}) {
        CAPTURE(r.name);
        setup s;
        s.sts.emulator.set_clock_offset(r.ahead);
        CHECK(told(s.assume()) == "ok");
        s.sts.emulator.set_clock_offset(0min);
        CHECK(told(s.assume()) == "ok");
        CHECK(s.attempts() <= 2);
        CHECK(told(s.assume()) == "ok");
        CHECK(s.attempts() == 1);
        CHECK(std::chrono::abs(s.calls.correction->value()) < 1min);
    }
}

TEST_CASE("a session longer than an hour is for users only, and a role session's is capped and says so") {
    setup s;
    const auto of_user = s.assume(30s, 2h);
    REQUIRE(of_user.has_value());
    CHECK(of_user->duration == 2h);
    CHECK(*of_user->keys.expiration > system_clock().now() + 110min);

    aws::assume_role_request to_base{aws::role_arn::parse("arn:aws:iam::111122223333:role/base").value(),
                                     aws::session_name::parse("host-1").value(), 1h,
                                     aws::external_id::parse("base-id").value(), std::nullopt};
    const auto role = run_on(s.reactor, s.hourkey->assume_role(std::move(to_base), deadline::after(30s)));
    REQUIRE_MESSAGE(role.has_value(), role.error().cause);
    s.base.now = identity_of(role->keys.access_key_id, std::string(role->keys.secret_access_key.expose()),
                             std::string(role->keys.session_token.expose()));
    const auto got = run_on(s.reactor, s.hourkey->assume_role(request_for(2h), deadline::after(30s)));
    REQUIRE_MESSAGE(got.has_value(), got.error().cause);
    CHECK(got->duration == 1h);
    CHECK(*got->keys.expiration < system_clock().now() + 62min);
    auto for_long = request_for(2h);
    for_long.least = 1h + 1s;
    const auto too_short = run_on(s.reactor, s.hourkey->assume_role(std::move(for_long), deadline::after(30s)));
    REQUIRE_FALSE(too_short.has_value());
    CHECK(too_short.error().code == errc::min_ttl_unmet);
    CHECK(too_short.error().hint.find("role session") != std::string::npos);
    for (const auto wrong : {899s, 43201s}) {
        const auto refused = run_on(s.reactor, s.hourkey->assume_role(request_for(wrong), deadline::after(30s)));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::duration_out_of_range);
    }
}

TEST_CASE("a certificate for another host is not believed") {
    setup s;
    s.calls.pool.lookup = s.sts.look_up();
    s.remake("sts.another.example");
    const auto got = s.assume();
    CHECK(told(got) == "sts_unavailable");
    CHECK(got.error().hint.find("ca_file") != std::string::npos);
    CHECK(s.attempts() == 1);
    CHECK(s.sts.emulator.history().empty());
}

TEST_CASE("an empty retry bucket ends the retries, and success fills it again") {
    setup s;
    net::reactor& r = s.reactor;
    auto endpoint = s.sts.endpoints().for_region("eu-west-1");
    REQUIRE(endpoint.has_value());
    channel calls(r, *std::move(endpoint), s.calls);
    const aws::credentials keys{"AKIAHOURKEY", secret("base-secret"), secret(), std::nullopt};
    const auto call = [&] { return run_on(r, get_caller_identity(calls, keys, deadline::after(30s))); };
    s.sts.fail(fault::internal);
    for (int i = 0; i < 17; ++i) CHECK_FALSE(call().has_value());  // 2 x 14 each
    CHECK(calls.retry_tokens() == 500 - 17 * 28);
    CHECK_FALSE(call().has_value());
    CHECK(s.reports.back().attempts == 2);
    CHECK_FALSE(call().has_value());
    CHECK(s.reports.back().attempts == 1);
    s.sts.emulator.clear_faults();
    const int left = calls.retry_tokens();
    CHECK(call().has_value());
    CHECK(calls.retry_tokens() == left + 1);
}

TEST_CASE("a retry that the deadline leaves no time for takes nothing out of the bucket") {
    setup s;
    auto endpoint = s.sts.endpoints().for_region("eu-west-1");
    REQUIRE(endpoint.has_value());
    channel calls(s.reactor, *std::move(endpoint), s.calls);
    const aws::credentials keys{"AKIAHOURKEY", secret("base-secret"), secret(), std::nullopt};
    s.sts.fail(fault::retry_after, std::nullopt, 5s);
    CHECK_FALSE(run_on(s.reactor, get_caller_identity(calls, keys, deadline::after(3s))).has_value());
    CHECK(s.reports.back().attempts == 1);
    CHECK(calls.retry_tokens() == aws::retry_bucket::capacity);
}

TEST_CASE("invented regions are refused before anything is looked up, and allowed ones are not") {
    setup s;
    const auto asked = std::make_shared<std::atomic<int>>(0);  // a look-up's thread may outlive this
    s.calls.pool.lookup = [asked, at = s.sts.look_up()](const std::string& host, std::uint16_t port) {
        if (host.find("eu-west-1") == std::string::npos) ++*asked;
        return at(host, port);
    };
    auto table = s.sts.regional_endpoints();
    s.hourkey = std::make_unique<client>(s.reactor, table, s.base, s.calls);
    const auto assume = [&](const std::string& region) {
        return run_on(s.reactor, s.hourkey->assume_role(request_for(), deadline::after(30s), region));
    };
    for (const std::string region : {"us-east-99", "eu-west-4", "nowhere"}) {
        CAPTURE(region);
        const auto wrong = assume(region);
        REQUIRE_FALSE(wrong.has_value());
        CHECK(wrong.error().code == errc::invalid_request);
    }
    CHECK(*asked == 0);
    CHECK(told(assume("me-south-1")) == "ok");
    table.allow({"eu-west-4"});
    s.hourkey = std::make_unique<client>(s.reactor, table, s.base, s.calls);
    const auto allowed = assume("eu-west-4");
    REQUIRE_FALSE(allowed.has_value());  // the certificate names other hosts: it was called
    CHECK(allowed.error().code == errc::sts_unavailable);
}

TEST_CASE("no choice of AWS's regions drops another's connections") {
    CHECK(aws::known_regions().size() < client::most_regions);
}

TEST_CASE("one endpoint for all regions has one set of connections") {
    setup s;
    for (const auto region : aws::known_regions()) {
        const auto got =
            run_on(s.reactor, s.hourkey->assume_role(request_for(), deadline::after(30s), std::string(region)));
        REQUIRE_MESSAGE(got.has_value(), got.error().cause);
    }
    CHECK(s.sts.connections() == 1);
}
