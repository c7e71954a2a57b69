#include "credentials/local_endpoint.hpp"

#include "core/ip_address.hpp"
#include "core/steady_timer.hpp"
#include "credentials/access_key.hpp"
#include "credentials/credential_json.hpp"
#include "credentials/expiration_text.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <utility>

namespace hourkey::credentials {
namespace {

constexpr std::size_t longest_word = 128;
constexpr std::chrono::milliseconds between_attempts{250};

/// No answer, or one that says that it may pass.
bool may_pass(const result<http::client_answer>& got) {
    return got ? got->status >= 500 || got->status == 429 : !is_distrusted(got);
}

/// Of the other side's words, what may stand in a log line.
std::string printable(std::string_view text) {
    std::string out(text.substr(0, longest_word));
    std::ranges::replace_if(out, [](char c) { return c < 0x20 || c > 0x7E; }, '?');
    return out;
}

}  // namespace

local_endpoint::local_endpoint(net::endpoint to, std::string host, fetch_tools tools)
    : pool_(std::make_unique<net::connection_pool>(tools.reactor, std::move(to), tools.settings.calls.pool)),
      host_(std::move(host)),
      clock_(tools.settings.calls.clock) {}

result<local_endpoint> local_endpoint::make(const http::url& url, fetch_tools tools) {
    net::endpoint to{.host = url.host, .port = url.port, .tls = nullptr};
    if (url.secure) {
        HK_TRY(to.tls, net::make_tls_client_context(tools.settings.ca_file));
    }
    return local_endpoint(std::move(to), url.host_field(), tools);
}

task<result<http::client_answer>> local_endpoint::ask(http::method verb, std::string target, http::header field,
                                                      attempts how) {
    http::client_request request;
    request.verb = verb;
    request.target = std::move(target);
    request.host = host_;
    if (!field.name.empty()) request.headers.push_back(std::move(field));
    auto got = co_await http::exchange(*pool_, request, deadline(clock_->steady_now() + how.patience));
    for (int made = 1; made < how.most && may_pass(got); ++made) {
        steady_timer pause(co_await boost::asio::this_coro::executor, between_attempts);
        co_await pause.async_wait(as_task_tuple);
        got = co_await http::exchange(*pool_, request, deadline(clock_->steady_now() + how.patience));
    }
    for (auto& header : request.headers) wipe_container(header.value);
    if (got) got->connection.keep();
    co_return got;
}

bool may_be_plain(const std::string& host, std::span<const std::string_view> platforms_own) {
    if (is_loopback_host(host)) return true;
    const auto address = parse_address(host);
    return address &&
           std::ranges::any_of(platforms_own, [&](std::string_view own) { return parse_address(own) == address; });
}

result<fetched_keys> read_keys(const http::client_answer& got, std::string_view who) {
    const std::string name(who);
    const auto document = read_endpoint_document_json(got.body);
    if (!document) return unusable(name + " answered with something that is no document of keys");
    // The metadata service says Success; both say what is wrong beside a 200 too.
    if (document->access_key_id.empty() || (!document->code.empty() && document->code != "Success"))
        return unusable(name + " gives no keys (" + printable(document->code) + ")", printable(document->message));
    const auto expiration = parse_expiration(document->expiration);
    if (!expiration) return unusable(name + " gave an Expiration that is no time with its zone");
    HK_TRY(auto keys,
           make_credentials(document->access_key_id, document->secret_access_key.expose(), document->token.expose(),
                            *expiration, who, {"AccessKeyId", "SecretAccessKey", "Token"}));
    fetched_keys out{std::move(keys)};
    if (auto role = aws::role_arn::parse(document->role_arn)) out.assumed = *std::move(role);
    return out;
}

bool is_distrusted(const result<http::client_answer>& got) { return !got && got.error().code == errc::tls_failed; }

failure not_given(const result<http::client_answer>& got, std::string_view who) {
    const std::string name(who);
    if (!got) {
        const auto& why = got.error();
        return unusable(name + (is_distrusted(got) ? " has a certificate that hourkey does not trust; name the file of "
                                                     "its authority in aws.ca_file"
                                                   : " did not answer"),
                        std::string(why.text()) + (why.cause.empty() ? "" : " ") + why.cause);
    }
    const auto document = read_endpoint_document_json(got->body);
    const auto status = std::to_string(got->status);
    if (!document || document->code.empty()) return unusable(name + " answered with status " + status);
    return unusable(name + " answered with status " + status + " (" + printable(document->code) + ")",
                    printable(document->message));
}

}  // namespace hourkey::credentials
