#include "core/failure.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <stdexcept>
#include <string>

using namespace hourkey;

namespace {

result<int> halved(int n) {
    if (n % 2 != 0) return failure(errc::invalid_request, "odd");
    return n / 2;
}

result<int> quartered(int n) {
    HK_TRY(const auto half, halved(n));
    HK_TRY(const auto quarter, halved(half));
    return quarter;
}

result<> checked(int n) {
    HK_CHECK(quartered(n));
    return {};
}

}  // namespace

TEST_CASE("EveryCodeHasExactlyOneRow") {
    for (int value = 1; value <= static_cast<int>(errc::last_); ++value) {
        const auto before = value > 1 ? describe(static_cast<errc>(value - 1)).api : std::string_view("none");
        INFO("lib/core/failure.cpp needs one row of the errc behind ", before);
        std::size_t rows = 0;
        for (const auto& row : all_errc_rows()) rows += row.code == static_cast<errc>(value) ? 1 : 0;
        CHECK(rows == 1);
        CHECK((describe(static_cast<errc>(value)).code == static_cast<errc>(value)));
    }
    CHECK(all_errc_rows().size() == static_cast<std::size_t>(errc::last_));
}

TEST_CASE("EveryRowIsFitForAnAnswer") {
    for (const auto& row : all_errc_rows()) {
        CAPTURE(row.api);
        CHECK_FALSE(row.api.empty());
        CHECK(row.api.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
        CHECK(row.http_status >= 400);
        CHECK(row.http_status <= 599);
        CHECK(row.message.ends_with('.'));
    }
}

TEST_CASE("OneApiCodeNeverHasTwoStatuses") {
    std::map<std::string_view, int> status;
    for (const auto& row : all_errc_rows()) {
        CAPTURE(row.api);
        CHECK(status.emplace(row.api, row.http_status).first->second == row.http_status);
    }
}

TEST_CASE("TheContractsCodesHaveTheirStatuses") {
    const std::map<std::string_view, int> contract{
        {"invalid_request", 400},      {"duration_out_of_range", 400},
        {"unauthenticated", 401},      {"app_not_allowed", 403},
        {"connection_not_ready", 409}, {"min_ttl_unmet", 409},
        {"trust_refused", 422},        {"rate_limited", 429},
        {"sts_throttled", 429},        {"sts_rejected", 502},
        {"audit_unavailable", 503},    {"outcome_unknown", 503},
        {"sts_unavailable", 503},      {"base_credentials_unavailable", 503},
        {"sts_timeout", 504},
    };
    for (const auto& [api, status] : contract) {
        CAPTURE(api);
        bool found = false;
        for (const auto& row : all_errc_rows()) found = found || (row.api == api && row.http_status == status);
        CHECK(found);
    }
}

TEST_CASE("AnApiCodeHasOneOutcomeAndWhatMayHaveBeenDoneIsNotRepeated") {
    std::map<std::string_view, outcome_class> outcome;
    for (const auto& row : all_errc_rows()) {
        CAPTURE(row.api);
        CHECK(outcome.emplace(row.api, row.outcome).first->second == row.outcome);
        CHECK(is_denial(row.code) == (row.outcome != outcome_class::error));
        CHECK_FALSE((is_denial(row.code) && row.retryable));  // what a rule refused, it refuses again
        CHECK_FALSE((row.http_status >= 501 && is_denial(row.code)));
    }
    CHECK_FALSE(describe(errc::outcome_unknown).retryable);
    CHECK((describe(errc::min_ttl_unmet).outcome == outcome_class::denied));
    CHECK((describe(errc::trust_refused).outcome == outcome_class::error));
    CHECK((describe(errc::invalid_configuration).outcome == outcome_class::usage));
    CHECK((describe(errc::not_found).outcome == outcome_class::not_found));
}

TEST_CASE("AnUnknownCodeIsAnInternalError") { CHECK((describe(errc{}).code == errc::internal)); }

TEST_CASE("AFailureWithoutMessageUsesTheTables") {
    CHECK(failure(errc::not_found).text() == describe(errc::not_found).message);
    CHECK(failure(errc::not_found, "no such app").text() == "no such app");
}

TEST_CASE("AnInvalidFieldIsNamedFirst") {
    const auto error = invalid_field("context.stage", "is not a valid name", "Use a-z.");
    CHECK((error.code == errc::invalid_request));
    CHECK(error.message == "context.stage is not a valid name");
    CHECK(error.hint == "Use a-z.");
}

TEST_CASE("TheMacrosPassAFailureOnAndAValueThrough") {
    CHECK(quartered(8).value() == 2);
    CHECK(quartered(6).error().message == "odd");
    CHECK(checked(8).has_value());
    CHECK(checked(7).error().message == "odd");
}

TEST_CASE("ReadingTheValueOfAFailureIsABrokenInvariantThatTellsNoSecret") {
    const result<int> failed = failure(errc::internal, "message", "hint", "cause");
    try {
        static_cast<void>(failed.value());
        FAIL("it returned");
    } catch (const std::logic_error& error) {
        CHECK(std::string_view(error.what()).find("internal") != std::string_view::npos);
        CHECK(std::string_view(error.what()).find("cause") == std::string_view::npos);
    }
}
