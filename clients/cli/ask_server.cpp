#include "clients/cli/ask_server.hpp"

#include "core/time_text.hpp"

#include <cstdio>

#include <unistd.h>

namespace hourkey::cli {
namespace {

using namespace std::chrono_literals;

/// AWS refuses a signature that is older or newer (RequestTimeTooSkewed).
constexpr std::chrono::seconds taken_by_aws = 5min;
/// Looks are made each 100 ms: nobody needs to be told of a second.
constexpr int looks_before_shown = 10;

std::string in_words(std::chrono::seconds time) {
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const auto hours = std::chrono::floor<std::chrono::hours>(time - days);
    const auto minutes = std::chrono::floor<std::chrono::minutes>(time - days - hours);
    if (days.count() > 0) return std::to_string(days.count()) + " d " + std::to_string(hours.count()) + " h";
    if (hours.count() > 0) return std::to_string(hours.count()) + " h " + std::to_string(minutes.count()) + " min";
    return std::to_string(minutes.count()) + " min";
}

void add(std::string& hint, std::string_view sentence) {
    if (sentence.empty()) return;
    if (!hint.empty()) hint += ' ';
    hint += sentence;
}

/// What of it is ours to say: the wire's failures have no words of their own.
void name_server(failure& why, const server_settings& asked, wall_time now) {
    switch (why.code) {
        case errc::connection_failed:
            why.message = asked.url + " cannot be reached.";
            add(why.hint, "Check the address, the network and HTTPS_PROXY.");
            break;
        case errc::connection_closed:
        case errc::connection_truncated:
            why.message = asked.url + " ended the connection before it answered.";
            add(why.hint, "Try again; if it lasts, see what stands between.");
            break;
        case errc::deadline_exceeded:
            why.message = asked.url + " did not answer within " + std::to_string(asked.patience.count()) + " s.";
            add(why.hint, "Try again, or wait longer with --timeout.");
            break;
        case errc::tls_failed:
            why.message = "The certificate of " + asked.url + " is not trusted.";
            add(why.hint,
                "Behind a private CA give its certificate: --cacert or HOURKEY_CACERT. A wrong clock does this too: "
                "here it is " +
                    to_rfc3339(now) + ".");
            break;
        case errc::unauthenticated: add(why.hint, "The token came from " + asked.token_from + "."); break;
        default: break;
    }
}

}  // namespace

std::string clock_warning(std::optional<std::chrono::seconds> difference) {
    if (!difference || (*difference <= taken_by_aws && *difference >= -taken_by_aws)) return {};
    const bool is_behind = *difference > 0s;
    return "This machine's clock is " + in_words(is_behind ? *difference : -*difference) +
           (is_behind ? " behind" : " ahead of") + " the server's.";
}

failure explained(failure why, const server_settings& asked, wall_time now,
                  std::optional<std::chrono::seconds> difference) {
    name_server(why, asked, now);
    add(why.hint, clock_warning(difference));
    return why;
}

server_session::server_session(server_settings with)
    : settings_(std::move(with)), calls_([this] { return show_waiting(); }) {}

result<std::unique_ptr<server_session>> server_session::open(server_settings with) {
    std::unique_ptr<server_session> out(new server_session(std::move(with)));
    client::settings to{
        .url = out->settings_.url, .ca_file = out->settings_.ca_file, .token = out->settings_.token.clone()};
    HK_TRY(out->over_, client::make_channel(out->reactor(), std::move(to)));
    out->api_.emplace(*out->over_);
    return out;
}

bool server_session::show_waiting() {
    if (++looks_ == looks_before_shown && ::isatty(STDERR_FILENO) == 1) {
        std::fputs(("Waiting for " + settings_.url + " ...").c_str(), stderr);
        is_shown_ = true;
    }
    return false;
}

void server_session::end_waiting() {
    looks_ = 0;
    if (std::exchange(is_shown_, false)) std::fputs("\r\033[K", stderr);
}

result<tenant_name> server_session::tenant() {
    if (settings_.tenant) return tenant_name::parse(*settings_.tenant);
    HK_TRY(const auto who, wait(api().whoami(until())));
    if (who.tenant) return tenant_name::parse(*who.tenant);
    return failure(errc::invalid_configuration, "It is not said which tenant is meant: an operator's token has none.",
                   "Give --tenant or HOURKEY_TENANT.");
}

result<std::unique_ptr<server_session>> open_session(const server_flags& flags) {
    HK_TRY(auto settings, load_settings(flags));
    return server_session::open(std::move(settings));
}

}  // namespace hourkey::cli
