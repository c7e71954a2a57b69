#include "credentials/base_credentials.hpp"

#include "credentials_fixture.hpp"

#include "core/time_text.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <csignal>
#include <stdexcept>
#include <vector>

using namespace hourkey;
using namespace hourkey::credentials;
using namespace hourkey::test;

namespace {

struct setup {
    sts_peer sts;
    test_environment variables;
    scratch_folder files;

    void use_files() {
        variables.set("AWS_CONFIG_FILE", files.file("config"));
        variables.set("AWS_SHARED_CREDENTIALS_FILE", files.file("credentials"));
    }
    void use_keys(const std::string& id = "AKIAHOURKEY", const std::string& key = "base-secret") {
        variables.set("AWS_ACCESS_KEY_ID", id);
        variables.set("AWS_SECRET_ACCESS_KEY", key);
    }
    std::unique_ptr<base_credentials> start(const std::function<void(base_credentials_settings&)>& change = {}) {
        auto settings = quick_settings(variables);
        if (change) change(settings);
        return start_base(std::move(settings), sts.endpoints());
    }
};

std::string key_of(const base_credentials& base) {
    const auto now = base.current();
    return now ? (*now)->keys.access_key_id : std::string(now.error().hint);
}

std::string key_lines(const std::string& id, const std::string& key) {
    return "[default]\naws_access_key_id = " + id + "\naws_secret_access_key = " + key + "\n";
}

std::string document(const std::string& id, const std::string& expiration = {}) {
    return R"({"Version":1,"AccessKeyId":")" + id + R"(","SecretAccessKey":"s")" +
           (expiration.empty() ? "" : R"(,"SessionToken":"t","Expiration":")" + expiration + '"') + "}";
}

}  // namespace

TEST_CASE("base keys of the environment are published, and STS tells whose they are") {
    setup s;
    s.use_keys();
    const auto base = s.start();
    CHECK(key_of(*base) == "AKIAHOURKEY");
    wait_until([&] { return !base->status().arn.empty(); });
    const auto identity = base->current();
    REQUIRE(identity.has_value());
    CHECK((*identity)->who->arn == user_arn);
    CHECK((*identity)->who->account_id == "111122223333");
    CHECK((*identity)->kind() == aws::base_identity::user);
    const auto status = base->status();
    CHECK(status.ready);
    CHECK(status.source == "environment");
    CHECK_FALSE(status.expires_in.has_value());
    CHECK(status.problem.empty());
}

TEST_CASE("without a source there are none, and the hint says what each lacked") {
    setup s;
    const auto base = s.start();
    const auto now = base->current();
    REQUIRE_FALSE(now.has_value());
    CHECK(now.error().code == errc::base_credentials_unavailable);
    CHECK(now.error().hint ==
          "environment: AWS_ACCESS_KEY_ID is not set; profile default is not there: HOME is not set, nor "
          "AWS_CONFIG_FILE or AWS_SHARED_CREDENTIALS_FILE");
    CHECK_FALSE(base->status().ready);
    CHECK(base->status().problem == now.error().hint);
}

TEST_CASE("a changed file is read again, a broken one changes nothing") {
    setup s;
    s.use_files();
    s.files.put("credentials", key_lines("AKIAHOURKEY", "base-secret"));
    const auto base = s.start();
    CHECK(key_of(*base) == "AKIAHOURKEY");
    s.files.put("credentials", key_lines("AKIASECOND", "second-secret"));
    wait_until([&] { return key_of(*base) == "AKIASECOND"; });
    s.files.put("credentials", "[default\n");
    wait_until([&] { return !base->status().problem.empty(); });
    CHECK(key_of(*base) == "AKIASECOND");
    CHECK(base->status().ready);
    s.files.put("credentials", key_lines("AKIAHOURKEY", "base-secret"));
    wait_until([&] { return key_of(*base) == "AKIAHOURKEY"; });
    CHECK(base->status().problem.empty());
}

TEST_CASE("a file that appears later is found") {
    setup s;
    s.use_files();
    const auto base = s.start();
    CHECK_FALSE(base->current().has_value());
    s.files.put("config", key_lines("AKIAHOURKEY", "base-secret"));
    wait_until([&] { return key_of(*base) == "AKIAHOURKEY"; });
}

TEST_CASE("a file that may not be read is an error and not an empty one") {
    setup s;
    s.variables.set("AWS_CONFIG_FILE", "/");
    const auto base = s.start();
    CHECK(key_of(*base).find("no regular file") != std::string::npos);
}

TEST_CASE("credentials are fetched again ahead of their end") {
    setup s;
    s.use_files();
    s.files.put("document", document("ASIAONE", to_rfc3339(system_clock().now() + 1h)));
    s.files.put("config", "[default]\ncredential_process = cat " + s.files.file("document") + "\n");
    auto& clock = s.sts.clock;
    const auto base = s.start([&](auto& settings) { settings.calls.clock = &clock; });
    CHECK(key_of(*base) == "ASIAONE");
    s.files.put("document", document("ASIATWO", to_rfc3339(system_clock().now() + 3h)));
    clock.advance(44min);
    const auto before = base->status().age;
    CHECK(key_of(*base) == "ASIAONE");
    CHECK(before.value() >= 44min);
    clock.advance(2min);
    wait_until([&] { return key_of(*base) == "ASIATWO"; });
}

TEST_CASE("while fetching fails the old ones serve until their true end, and none after it") {
    setup s;
    s.sts.fail(emulator::fault::unavailable);  // so that it refuses nothing
    s.use_files();
    s.files.put("document", document("ASIAONE", to_rfc3339(system_clock().now() + 1h)));
    s.files.put("config", "[default]\ncredential_process = cat " + s.files.file("document") + "\n");
    auto& clock = s.sts.clock;
    const auto base = s.start([&](auto& settings) { settings.calls.clock = &clock; });
    s.files.put("document", "broken");
    clock.advance(50min);
    wait_until([&] { return !base->status().problem.empty(); });
    CHECK(key_of(*base) == "ASIAONE");
    CHECK(base->status().ready);
    clock.advance(6min);
    CHECK_FALSE(base->status().ready);
    CHECK(key_of(*base) == "ASIAONE");
    clock.advance(5min);
    CHECK_FALSE(base->current().has_value());
    CHECK(base->current().error().code == errc::base_credentials_unavailable);
    CHECK(base->status().expires_in.value() < 0s);
    s.files.put("document", document("ASIATWO", to_rfc3339(system_clock().now() + 3h)));
    clock.advance(1min);
    wait_until([&] { return key_of(*base) == "ASIATWO"; });
}

TEST_CASE("many refreshes of one stale key are one fetch, and a replaced key needs none") {
    setup s;
    s.use_files();
    const auto count = s.files.file("count");
    s.files.put(
        "config",
        "[default]\ncredential_process = " +
            s.files.program("tool",
                            "echo x >> " + count + "\nn=$(grep -c x " + count +
                                ")\necho '{\"Version\":1,\"SecretAccessKey\":\"s\",\"AccessKeyId\":\"AKIA'$n'\"}'\n") +
            "\n");
    const auto base = s.start();
    CHECK(key_of(*base) == "AKIA1");
    net::reactor first;
    net::reactor second;
    const auto ask_often = [&](net::reactor& on) {
        std::vector<std::string> got;
        int open = 8;
        for (int i = 0; i < 8; ++i) {
            boost::asio::co_spawn(on.context(), base->refresh("AKIA1", deadline::after(30s)),
                                  [&](const std::exception_ptr&, const result<sts::base_identity_ptr>& r) {
                                      got.push_back(r ? (*r)->keys.access_key_id : "failed");
                                      if (--open == 0) on.stop();
                                  });
        }
        on.run();
        return got;
    };
    auto other = std::async(std::launch::async, [&] { return ask_often(second); });
    CHECK(ask_often(first) == std::vector<std::string>(8, "AKIA2"));
    CHECK(other.get() == std::vector<std::string>(8, "AKIA2"));
    CHECK(key_of(*base) == "AKIA2");
    // A storm about the new key is answered from what the last fetch brought.
    net::reactor third;
    const auto again = run_on(third, base->refresh("AKIA2", deadline::after(30s)));
    REQUIRE(again.has_value());
    CHECK((*again)->keys.access_key_id == "AKIA2");
}

TEST_CASE("a refresh ends at its deadline, and at the end of the provider") {
    setup s;
    s.use_files();
    s.files.put("config",
                "[default]\ncredential_process = " +
                    s.files.program("tool", "test -e " + s.files.file("once") + " && exec sleep 600\ntouch " +
                                                s.files.file("once") + "\necho '" + document("AKIA1") + "'\n") +
                    "\n");
    auto base = s.start();
    net::reactor r;
    const auto late = run_on(r, base->refresh("AKIA1", deadline::after(50ms)));
    REQUIRE_FALSE(late.has_value());
    CHECK(late.error().code == errc::base_credentials_unavailable);
    CHECK(key_of(*base) == "AKIA1");

    std::optional<result<sts::base_identity_ptr>> ended;
    boost::asio::co_spawn(r.context(), base->refresh("AKIA1", deadline::after(30s)),
                          [&](const std::exception_ptr&, result<sts::base_identity_ptr> outcome) {
                              ended = std::move(outcome);
                              r.stop();
                          });
    r.context().poll();
    const auto before = std::chrono::steady_clock::now();
    base.reset();
    r.run();
    CHECK(std::chrono::steady_clock::now() - before < 10s);
    REQUIRE(ended.has_value());
    REQUIRE_FALSE(ended->has_value());
    CHECK(ended->error().code == errc::shutting_down);
}

TEST_CASE("the end of the provider ends its program") {
    setup s;
    s.use_files();
    const auto pid_file = s.files.file("pid");
    s.files.put("config", "[default]\ncredential_process = " +
                              s.files.program("tool", "echo $$ > " + pid_file + ".new; mv " + pid_file + ".new " +
                                                          pid_file + "; exec sleep 600\n") +
                              "\n");
    auto made = base_credentials::start(quick_settings(s.variables), s.sts.endpoints());
    REQUIRE(made.has_value());
    pid_t pid = 0;
    wait_until([&] { return static_cast<bool>(std::ifstream(pid_file) >> pid); });
    CHECK_FALSE((*made)->current().has_value());
    const auto before = std::chrono::steady_clock::now();
    made->reset();
    CHECK(std::chrono::steady_clock::now() - before < 10s);
    CHECK((::kill(pid, 0) != 0 && errno == ESRCH));
}

TEST_CASE("a reactor that ends while it waits for a refresh leaves nothing behind") {
    setup s;
    s.use_keys();
    const auto base = s.start([](auto& settings) { settings.poll = 10s; });
    {
        net::reactor r;
        boost::asio::co_spawn(r.context(), base->refresh("AKIAHOURKEY", deadline::after(30s)),
                              [](const std::exception_ptr&, const result<sts::base_identity_ptr>&) {});
        r.context().poll();
    }
    CHECK(key_of(*base) == "AKIAHOURKEY");
}

TEST_CASE("a key that STS refuses is not ready, until STS takes it or another comes") {
    SUBCASE("at the start") {
        setup s;
        s.use_files();
        s.files.put("credentials", key_lines("AKIAUNKNOWN", "wrong"));
        const auto base = s.start();
        wait_until([&] { return !base->status().ready; });
        CHECK(base->status().problem.find("refuses") != std::string::npos);
        CHECK(key_of(*base) == "AKIAUNKNOWN");  // calls go on, and tell their callers AWS's own word
        s.files.put("credentials", key_lines("AKIAHOURKEY", "base-secret"));
        wait_until([&] { return base->status().ready && !base->status().arn.empty(); });
        CHECK(base->status().problem.empty());
    }
    SUBCASE("later, found by a call") {
        setup s;
        s.use_keys();
        const auto base = s.start();
        wait_until([&] { return !base->status().arn.empty(); });
        CHECK(base->status().ready);
        s.sts.fail(emulator::fault::invalid_client_token);
        net::reactor r;
        static_cast<void>(run_on(r, base->refresh("AKIAHOURKEY", deadline::after(30s))));
        CHECK_FALSE(base->status().ready);
        s.sts.emulator.clear_faults();
        wait_until([&] { return base->status().ready; });
        CHECK(base->status().problem.empty());
    }
}

TEST_CASE("who may not ask who it is keeps its key") {
    setup s;
    s.use_keys();
    s.sts.fail(emulator::fault::access_denied);
    std::atomic<int> asked = 0;
    const auto base =
        s.start([&](auto& settings) { settings.calls.on_call = [&](const sts::call_report&) { ++asked; }; });
    wait_until([&] { return asked > 1; });  // so what the first answer led to has happened
    CHECK(base->status().ready);
    CHECK(base->status().problem.empty());
}

TEST_CASE("an identity that cannot be learned is asked for again and stops nothing") {
    setup s;
    s.use_keys();
    s.sts.fail(emulator::fault::validation, 1);
    const auto base = s.start();
    CHECK(key_of(*base) == "AKIAHOURKEY");
    wait_until([&] { return !base->status().arn.empty(); });
    CHECK(base->status().arn == user_arn);
}

TEST_CASE("who the credentials belong to can be waited for, until that is known or never will be") {
    setup s;
    std::string arn, problem;
    SUBCASE("told, once STS answers again") {
        s.use_keys();
        s.sts.fail(emulator::fault::internal, 4);
        arn = user_arn;
    }
    SUBCASE("refused") {
        s.use_files();
        s.files.put("credentials", key_lines("AKIAUNKNOWN", "wrong"));
        problem = "refuses";
    }
    SUBCASE("there are none") {
        s.use_files();
        problem = "is not there";
    }
    const auto base = s.start();
    const auto until = deadline::after(30s);
    base->wait_for_owner(until);
    CHECK_FALSE(until.has_passed(std::chrono::steady_clock::now()));
    CHECK(base->status().arn == arn);
    CHECK(base->status().problem.find(problem) != std::string::npos);
}

TEST_CASE("a key that AWS stops taking is noticed without a vend, and so is its return") {
    setup s;
    s.use_keys();
    auto& clock = s.sts.clock;
    const auto base = s.start([&](auto& settings) { settings.calls.clock = &clock; });
    wait_until([&] { return !base->status().arn.empty(); });
    CHECK(base->status().valid);
    s.sts.fail(emulator::fault::invalid_client_token);
    clock.advance(301s);
    wait_until([&] { return !base->status().valid; });
    CHECK_FALSE(base->status().ready);
    CHECK(base->status().problem.find("refuses") != std::string::npos);
    CHECK(base->status().arn == user_arn);
    s.sts.emulator.clear_faults();
    clock.advance(33s);
    wait_until([&] { return base->status().valid; });
    CHECK(base->status().ready);
}

TEST_CASE("an STS that cannot be asked takes nothing away from a key that it took") {
    setup s;
    s.use_keys();
    auto& clock = s.sts.clock;
    std::atomic<int> failed = 0;
    const auto base = s.start([&](auto& settings) {
        settings.calls.clock = &clock;
        settings.calls.on_call = [&](const sts::call_report& r) { failed += r.failed ? 1 : 0; };
    });
    wait_until([&] { return !base->status().arn.empty(); });
    for (const auto what : {emulator::fault::unavailable, emulator::fault::access_denied}) {
        const int before = failed;
        s.sts.emulator.clear_faults();
        s.sts.fail(what);
        clock.advance(301s);
        wait_until([&] { return failed > before; });
        CHECK(base->status().valid);
        CHECK(base->status().ready);
    }
}

TEST_CASE("a source that has a new key is asked when AWS refuses the old one") {
    setup s;
    s.use_files();
    const auto document_of = [](const std::string& id, const std::string& key) {
        return R"({"Version":1,"AccessKeyId":")" + id + R"(","SecretAccessKey":")" + key + R"("})";
    };
    s.files.put("document", document_of("AKIAHOURKEY", "base-secret"));
    s.files.put("config", "[default]\ncredential_process = cat " + s.files.file("document") + "\n");
    auto& clock = s.sts.clock;
    const auto base = s.start([&](auto& settings) { settings.calls.clock = &clock; });
    wait_until([&] { return !base->status().arn.empty(); });
    s.files.put("document", document_of("AKIASECOND", "second-secret"));
    s.sts.fail(emulator::fault::invalid_client_token, 1);
    clock.advance(301s);
    wait_until([&] { return key_of(*base) == "AKIASECOND" && base->status().valid && !base->status().arn.empty(); });
}

TEST_CASE("who hourkey is stays known while STS has not told whose its source's next key is") {
    setup s;
    s.use_files();
    s.files.put("credentials", key_lines("AKIAHOURKEY", "base-secret"));
    const auto base = s.start();
    wait_until([&] { return !base->status().arn.empty(); });
    CHECK(base->latest()->is_told());
    s.sts.fail(emulator::fault::unavailable);
    s.files.put("credentials", key_lines("AKIASECOND", "second-secret"));
    wait_until([&] { return key_of(*base) == "AKIASECOND"; });
    CHECK(base->status().arn == user_arn);
    CHECK_FALSE(base->latest()->is_told());
    s.sts.emulator.clear_faults();
    wait_until([&] { return base->latest()->is_told(); });
}

TEST_CASE("another source's key is nobody's until STS has told") {
    setup s;
    s.use_files();
    s.files.put("config", key_lines("AKIAHOURKEY", "base-secret"));
    const auto base = s.start();
    wait_until([&] { return !base->status().arn.empty(); });
    s.sts.fail(emulator::fault::unavailable);
    s.variables.set("AWS_PROFILE", "other");
    s.files.put("config", "[profile other]\naws_access_key_id = AKIASECOND\naws_secret_access_key = second-secret\n");
    wait_until([&] { return key_of(*base) == "AKIASECOND"; });
    CHECK(base->status().arn.empty());
}

TEST_CASE("what is thrown while base credentials are looked after ends neither the looking nor the learning") {
    setup s;
    s.use_files();
    std::atomic<int> throws = 1;
    const auto throw_at_first = [&throws] {
        if (throws-- > 0) throw std::runtime_error("on purpose");
    };
    SUBCASE("in a look") {
        throws = 2;  // the first is told as the fetch's failure, which the second keeps from being told
        const auto base = s.start([&](auto& settings) {
            settings.calls.random = [throw_at_first] {
                throw_at_first();
                return 0.0;
            };
        });
        s.files.put("config", key_lines("AKIAHOURKEY", "base-secret"));
        wait_until([&] { return key_of(*base) == "AKIAHOURKEY"; });
    }
    SUBCASE("when STS has told") {
        s.files.put("config", key_lines("AKIAHOURKEY", "base-secret"));
        const auto base =
            s.start([&](auto& settings) { settings.calls.on_call = [throw_at_first](auto&) { throw_at_first(); }; });
        wait_until([&] { return !base->status().arn.empty(); });
    }
    CHECK(throws < 1);
}

TEST_CASE("credentials that have expired are not valid") {
    setup s;
    s.sts.fail(emulator::fault::unavailable);
    s.use_files();
    s.files.put("document", document("ASIAONE", to_rfc3339(system_clock().now() + 1h)));
    s.files.put("config", "[default]\ncredential_process = cat " + s.files.file("document") + "\n");
    auto& clock = s.sts.clock;
    const auto base = s.start([&](auto& settings) { settings.calls.clock = &clock; });
    CHECK(base->status().valid);
    s.files.put("document", "broken");
    clock.advance(59min);
    CHECK(base->status().valid);
    clock.advance(2min);
    CHECK_FALSE(base->status().valid);
}
