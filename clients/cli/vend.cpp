#include "clients/cli/vend.hpp"

#include "aws/region.hpp"
#include "aws/session_limits.hpp"
#include "clients/cli/output/report.hpp"

#include <iterator>
#include <utility>

namespace hourkey::cli {
namespace {

std::optional<std::string> unless_empty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::chrono::seconds> unless_zero(std::uint64_t seconds) {
    return seconds == 0 ? std::nullopt : std::optional(std::chrono::seconds(seconds));
}

result<> check_region(const std::string& region) {
    HK_TRY([[maybe_unused]] const auto parsed, aws::region::parse(region));
    return {};
}

/// A server that does not know default regions yet tells none.
template <class Vended>
std::optional<std::string> region_of(const Vended& vended) {
    if constexpr (requires { vended.region; }) {
        return vended.region;
    } else {
        return std::nullopt;
    }
}

}  // namespace

std::vector<command::option> with_vend_options(vend_flags& flags, server_flags& server,
                                               std::vector<command::option> own) {
    std::vector<command::option> out{
        {.name = "CONNECTION", .text = "whose credentials", .target = &flags.connection, .is_required = true}};
    out.insert(out.end(), std::make_move_iterator(own.begin()), std::make_move_iterator(own.end()));
    constexpr command::number_range lives{0, static_cast<std::uint64_t>(aws::longest_session.count())};
    out.push_back({.name = "--region",
                   .value = "REGION",
                   .text = "of AWS, for the tool that uses them; else the connection's own, if it has one",
                   .target = &flags.region});
    out.push_back({.name = "--duration-seconds",
                   .value = "SECONDS",
                   .text = "how long they are to live; 0: as long as is usual",
                   .target = &flags.duration_seconds,
                   .range = lives});
    out.push_back({.name = "--min-ttl-seconds",
                   .value = "SECONDS",
                   .text = "rather none than some that live shorter",
                   .target = &flags.min_ttl_seconds,
                   .range = lives});
    out.push_back({.name = "--stage", .value = "NAME", .text = "what they are for", .target = &flags.stage});
    out.push_back({.name = "--service", .value = "NAME", .text = "what they are for", .target = &flags.service});
    out.push_back({.name = "--project", .value = "NAME", .text = "what they are for", .target = &flags.project});
    return with_server_options(server, std::move(out));
}

result<connection_name> connection_of(const vend_flags& flags) {
    auto name = connection_name::parse(flags.connection);
    if (!name) return name.error();
    if (!flags.region.empty()) HK_CHECK(check_region(flags.region));
    return name;
}

api::credentials_request request_of(const vend_flags& flags) {
    return {.duration = unless_zero(flags.duration_seconds),
            .min_ttl = unless_zero(flags.min_ttl_seconds),
            .stage = unless_empty(flags.stage),
            .service = unless_empty(flags.service),
            .region = unless_empty(flags.region),
            .project = unless_empty(flags.project)};
}

result<api::credentials> vend(server_session& from, const vend_flags& flags) {
    HK_TRY(auto connection, connection_of(flags));
    HK_TRY(auto vended, from.wait(from.api().get_credentials(std::move(connection), request_of(flags), from.until())));
    if (const auto warning = clock_warning(from.clock_difference()); !warning.empty())
        note(warning +
             " AWS refuses what is signed at a wrong time, and tools may think that the credentials have run "
             "out.");
    return vended;
}

std::optional<std::string> region_for(const vend_flags& flags, const api::credentials& vended) {
    if (!flags.region.empty()) return flags.region;
    return region_of(vended);
}

}  // namespace hourkey::cli
