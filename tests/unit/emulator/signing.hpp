#pragma once

#include "aws/sigv4.hpp"
#include "core/clock.hpp"
#include "core/encoding.hpp"
#include "core/time_text.hpp"
#include "crypto/hash.hpp"
#include "emulator/sts_emulator.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hourkey::emulator::test {

using namespace std::chrono_literals;

inline constexpr std::string_view user_key = "AKIDEXAMPLE";
inline constexpr std::string_view user_secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
inline constexpr std::string_view user_arn = "arn:aws:iam::111122223333:user/hourkey";
inline constexpr std::string_view deploy_role = "arn:aws:iam::444455556666:role/team/deploy";

class fixed_clock final : public clock_source {
public:
    wall_time at = *parse_rfc3339("2026-01-02T03:04:05Z");
    [[nodiscard]] wall_time now() const noexcept override { return at; }
    [[nodiscard]] steady_time steady_now() const noexcept override { return {}; }
};

/// Owns what a request views.
struct message {
    std::string method = "POST";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    [[nodiscard]] request view() const {
        request r;
        r.method = method;
        const auto mark = target.find('?');
        r.path = std::string_view(target).substr(0, mark);
        if (mark != std::string::npos) r.query = std::string_view(target).substr(mark + 1);
        for (const auto& [name, value] : headers) r.headers.emplace_back(name, value);
        r.body = body;
        return r;
    }
    [[nodiscard]] std::string wire(std::string_view extra = {}) const {
        std::string out = method + " " + target + " HTTP/1.1\r\n";
        for (const auto& [name, value] : headers) out += name + ": " + value + "\r\n";
        out += extra;
        return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
};

struct key_pair {
    std::string access_key{user_key};
    std::string secret_key{user_secret};
    std::string token;

    [[nodiscard]] aws::credentials for_signing() const {
        return {access_key, secret(secret_key), secret(token), std::nullopt};
    }
};

using parameter_list = std::vector<std::pair<std::string, std::string>>;

inline std::string form_text(const parameter_list& parameters) {
    std::string out;
    for (const auto& [name, value] : parameters) {
        if (!out.empty()) out += '&';
        out += percent_encoded(name) + "=" + percent_encoded(value);
    }
    return out;
}

inline message signed_post(const parameter_list& parameters, wall_time now, const key_pair& with = {},
                           const std::string& region = "us-east-1") {
    message m;
    m.body = form_text(parameters);
    m.headers = {{"Host", "sts.us-east-1.amazonaws.com"},
                 {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
    const std::vector<aws::header_view> covered(m.headers.begin(), m.headers.end());
    const auto hash = to_hex(crypto::sha256(m.body));
    const auto made = aws::sign_header({"POST", "/", covered, hash}, with.for_signing(), {region, "sts", now});
    m.headers.emplace_back("X-Amz-Date", made.amz_date);
    if (!with.token.empty()) m.headers.emplace_back("X-Amz-Security-Token", with.token);
    m.headers.emplace_back("Authorization", made.authorization);
    return m;
}

inline parameter_list assume_role_parameters(std::string_view role_arn = deploy_role, const parameter_list& more = {}) {
    parameter_list out{{"Action", "AssumeRole"},
                       {"Version", "2011-06-15"},
                       {"RoleArn", std::string(role_arn)},
                       {"RoleSessionName", "app-1"}};
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

inline constexpr std::string_view deny_all =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})";

inline const parameter_list identity_parameters{{"Action", "GetCallerIdentity"}, {"Version", "2011-06-15"}};

inline std::string between(std::string_view text, std::string_view start, std::string_view end) {
    const auto from = text.find(start);
    if (from == std::string_view::npos) return {};
    const auto rest = text.substr(from + start.size());
    return std::string(rest.substr(0, rest.find(end)));
}

inline std::string element(std::string_view xml, const std::string& name) {
    return between(xml, "<" + name + ">", "</" + name + ">");
}

inline std::string header_of(const answer& a, std::string_view name) {
    for (const auto& [field, value] : a.headers) {
        if (field == name) return value;
    }
    return {};
}

inline key_pair issued(std::string_view xml) {
    return {element(xml, "AccessKeyId"), element(xml, "SecretAccessKey"), element(xml, "SessionToken")};
}

inline role open_role(std::string_view arn = deploy_role) {
    role r;
    r.arn = arn;
    r.principals = {std::string(user_arn)};
    return r;
}

}  // namespace hourkey::emulator::test
