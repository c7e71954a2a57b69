#include "aws/retry.hpp"

#include "source_tree.hpp"
#include "unit/aws/vector_file.hpp"

#include <doctest/doctest.h>

#include <tuple>

using namespace hourkey;
using std::chrono::milliseconds;

TEST_CASE("the retry vectors hold") {
    const auto vectors = aws::test::read_vectors(hourkey::test::vectors_folder(), "behaviour_vectors.json");
    REQUIRE(vectors);
    REQUIRE(vectors->at("retry").size() == 11);
    for (const auto& c : vectors->at("retry")) {
        const std::string name = c.at("name");
        CAPTURE(name);
        aws::retry_bucket bucket(c.at("tokens").get<int>());
        aws::retry_session call(bucket);
        for (const auto& attempt : c.at("attempts")) {
            const int status = attempt.at(0);
            const std::string code = attempt.at(1).is_null() ? "" : attempt.at(1).get<std::string>();
            const auto retry_after = attempt.at(2).is_null()
                                         ? std::nullopt
                                         : aws::parse_retry_after(attempt.at(2).get_ref<const std::string&>());
            const auto& expected = attempt.at(4);
            CAPTURE(call.failed_attempts());
            if (status == 200) {
                call.after_success();
                CHECK(expected.is_null());
            } else if (const auto kind = aws::retry_kind_of(aws::classify(code, status)); !kind) {
                CHECK(expected == "give up: not retryable");
            } else {
                const auto decision =
                    call.after_failure(*kind, c.at("rand").get<double>(), retry_after, std::chrono::hours(1));
                if (decision.again()) {
                    REQUIRE(expected.is_number());
                    CHECK(decision.delay == milliseconds(expected.get<int>()));
                } else {
                    CHECK(expected == (decision.why_not == aws::retry_session::end::attempts ? "give up: attempts"
                                                                                             : "give up: quota"));
                }
            }
            CHECK(bucket.tokens() == attempt.at(3).get<int>());
        }
    }
}

TEST_CASE("a retry that would come too late is not made and costs no tokens") {
    using enum aws::retry_session::end;
    const struct {
        std::string_view name;
        std::optional<milliseconds> retry_after;
        milliseconds left;
        aws::retry_session::end ends;
        int tokens;
    } rows[] = {
        {"in time", {}, milliseconds(51), none, 486},
        {"just too late", {}, milliseconds(50), time, 500},
        {"no time left", {}, milliseconds(0), time, 500},
        {"STS asks for more than is left", milliseconds(3'000), milliseconds(2'000), time, 500},
    };
    for (const auto& r : rows) {
        CAPTURE(r.name);
        aws::retry_bucket bucket;
        aws::retry_session call(bucket);
        CHECK(call.after_failure(aws::retry_kind::transient, 1, r.retry_after, r.left).why_not == r.ends);
        CHECK(bucket.tokens() == r.tokens);
    }
}

TEST_CASE("the delay doubles up to twenty seconds and scales with the random number") {
    using enum aws::retry_kind;
    CHECK(aws::retry_delay(transient, 1, 0.5, {}) == milliseconds(25));
    CHECK(aws::retry_delay(transient, 1, 0, {}) == milliseconds(0));
    CHECK(aws::retry_delay(throttling, 2, 1, {}) == milliseconds(2000));
    CHECK(aws::retry_delay(throttling, 6, 1, {}) == milliseconds(20'000));
    CHECK(aws::retry_delay(throttling, 1'000'000, 1, {}) == milliseconds(20'000));
    CHECK(aws::retry_delay(transient, 0, 7, {}) == milliseconds(50));
    CHECK(aws::retry_delay(transient, 1, 0, milliseconds(60'000)) == milliseconds(5'000));
}

TEST_CASE("x-amz-retry-after is whole milliseconds or nothing") {
    CHECK(aws::parse_retry_after("0") == milliseconds(0));
    CHECK(aws::parse_retry_after("1500") == milliseconds(1500));
    CHECK(aws::parse_retry_after("9223372036854775807") == std::chrono::hours(24));
    for (const std::string_view bad : {"", "-1", "soon", "1.5", "1500 ", " 1500", "+1", "99999999999999999999"}) {
        CAPTURE(bad);
        CHECK_FALSE(aws::parse_retry_after(bad).has_value());
    }
}

TEST_CASE("the bucket never holds more than its capacity") {
    aws::retry_bucket bucket;
    bucket.give_back(14);
    CHECK(bucket.tokens() == aws::retry_bucket::capacity);
    CHECK(bucket.take(500));
    CHECK_FALSE(bucket.take(1));
    CHECK(bucket.tokens() == 0);
}

TEST_CASE("a denial is repeated out of the bucket's upper half only, and other failures out of all of it") {
    using enum aws::retry_session::end;
    constexpr int half = aws::retry_bucket::capacity / 2;
    for (const auto& [kind, tokens, ends] :
         {std::tuple(aws::retry_kind::denial, half + 14, none), std::tuple(aws::retry_kind::denial, half + 13, quota),
          std::tuple(aws::retry_kind::transient, half + 13, none), std::tuple(aws::retry_kind::transient, 13, quota)}) {
        CAPTURE(tokens);
        aws::retry_bucket bucket(tokens);
        aws::retry_session call(bucket);
        CHECK(call.after_failure(kind, 0, {}, std::chrono::hours(1)).why_not == ends);
        CHECK(bucket.tokens() == (ends == none ? tokens - 14 : tokens));
    }
}

TEST_CASE("a retry also draws on its tenant's share, and what only one of the two could pay is paid by neither") {
    using enum aws::retry_session::end;
    const auto retry = [](aws::retry_bucket& all, aws::retry_bucket& share) {
        aws::retry_session call(all, &share);
        return call.after_failure(aws::retry_kind::transient, 0, {}, std::chrono::hours(1)).why_not;
    };
    aws::retry_bucket all, one(100, 100), other(100, 100);
    int retries = 0;
    while (retry(all, one) == none) ++retries;
    CHECK(retries == 7);
    CHECK(all.tokens() == aws::retry_bucket::capacity - 7 * 14);
    CHECK(retry(all, one) == quota);
    CHECK(all.tokens() == aws::retry_bucket::capacity - 7 * 14);
    CHECK(retry(all, other) == none);

    aws::retry_bucket empty(0);
    CHECK(retry(empty, other) == quota);
    CHECK(other.tokens() == 100 - 14);

    aws::retry_session good(all, &other);
    for (int n = 0; n < 1000; ++n) good.after_success();
    CHECK(other.tokens() == 100);
    CHECK(all.tokens() == aws::retry_bucket::capacity);
}
