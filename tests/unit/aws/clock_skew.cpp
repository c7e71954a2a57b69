#include "aws/clock_skew.hpp"

#include "source_tree.hpp"
#include "unit/aws/vector_file.hpp"

#include <doctest/doctest.h>

using namespace hourkey;
using std::chrono::seconds;

namespace {

wall_time at(const nlohmann::json& since) { return wall_time{seconds(1'800'000'000 + since.get<long>())}; }

}  // namespace

TEST_CASE("the clock vectors hold") {
    const auto vectors = aws::test::read_vectors(hourkey::test::vectors_folder(), "behaviour_vectors.json");
    REQUIRE(vectors);
    REQUIRE(vectors->at("clock").size() == 12);
    CHECK(seconds(vectors->at("skew_threshold_s").get<int>()) == aws::skew_estimate::threshold);
    CHECK(seconds(vectors->at("max_trusted_rtt_s").get<int>()) == aws::skew_estimate::longest_round_trip);
    for (const auto& code : vectors->at("skew_codes")) CHECK(aws::is_skew_code(code.get_ref<const std::string&>()));
    CHECK_FALSE(aws::is_skew_code("RequestExpired"));
    CHECK_FALSE(aws::is_skew_code(""));
    for (const auto& c : vectors->at("clock")) {
        const std::string name = c.at("name");
        CAPTURE(name);
        aws::skew_estimate skew(seconds(c.at("skew_before").get<long>()));
        std::size_t n = 0;
        for (const auto& attempt : c.at("attempts")) {
            if (c.contains("signing_times"))
                CHECK(skew.corrected(at(attempt.at("send"))) == at(c.at("signing_times").at(n++)));
            const auto& date = attempt.at("server_date");
            const auto signed_with = skew.value();
            const auto measured =
                skew.record({at(attempt.at("send")), at(attempt.at("receive")),
                             date.is_null() ? std::nullopt : std::optional(at(date)), !attempt.at("age").is_null()});
            const std::string code = attempt.at("code").is_null() ? "" : attempt.at("code").get<std::string>();
            CHECK(aws::skew_estimate::explains(code, measured, signed_with) ==
                  attempt.at("expect_retry_for_skew").get<bool>());
        }
        CHECK(skew.value() == seconds(c.at("skew_after").get<long>()));
    }
}

TEST_CASE("an answer that is not trusted leaves a known skew as it is and explains nothing") {
    const wall_time t{seconds(1'800'000'000)};
    using exchange = aws::skew_estimate::exchange;
    struct row {
        const char* name;
        exchange e;
    };
    for (const auto& r : {row{"no Date", {t, t, {}, false}}, row{"Age", {t, t, t, true}},
                          row{"clock set back meanwhile", {t, t - seconds(1), t, false}},
                          row{"round trip a second too long", {t, t + seconds(901), t, false}}}) {
        CAPTURE(r.name);
        aws::skew_estimate skew(seconds(300));
        const auto measured = skew.record(r.e);
        CHECK_FALSE(measured.has_value());
        CHECK(skew.value() == seconds(300));
        CHECK_FALSE(aws::skew_estimate::explains("SignatureDoesNotMatch", measured, seconds(300)));
    }
    aws::skew_estimate skew;
    CHECK(skew.record({t, t + seconds(900), t, false}) == seconds(-450));
}

TEST_CASE("a refusal is explained by how far the clock is from what was signed, and not from zero") {
    struct row {
        const char* name;
        seconds measured, signed_with;
        bool explained;
    };
    for (const auto& r :
         {row{"just beyond", seconds(-241), seconds(0), true}, row{"just within", seconds(-240), seconds(0), false},
          row{"repaired, behind", seconds(0), seconds(-900), true},
          row{"repaired, ahead", seconds(0), seconds(241), true},
          row{"nearly repaired", seconds(0), seconds(240), false},
          row{"signed with what it is", seconds(-7200), seconds(-7200), false},
          row{"signed with the bound of it", seconds(-7200), seconds(-900), true}}) {
        CAPTURE(r.name);
        CHECK(aws::skew_estimate::explains("SignatureDoesNotMatch", r.measured, r.signed_with) == r.explained);
    }
}
