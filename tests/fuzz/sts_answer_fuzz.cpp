#include "aws/sts_answer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace aws = hourkey::aws;

namespace {

bool is_sound(std::string_view value) {
    return !value.empty() && std::ranges::all_of(value, [](char c) { return c > 0x20 && c < 0x7F; });
}

/// In these a DOCTYPE is only text.
bool has_sections(std::string_view body) {
    return std::ranges::any_of(std::array<std::string_view, 3>{"<![CDATA[", "<!--", "<?"},
                               [body](auto opening) { return body.find(opening) != std::string_view::npos; });
}

}  // namespace

/// Whatever bytes STS sends: credentials come out whole or not at all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto role = aws::role_arn::parse("arn:aws:iam::444455556666:role/deploy").value();
    static const auto name = aws::session_name::parse("app-1").value();
    static const hourkey::wall_time now{std::chrono::seconds(1'767'323'045)};  // 2026-01-02T03:04:05Z
    constexpr std::chrono::seconds asked(3600);

    const std::string_view body(reinterpret_cast<const char*>(data), size);
    std::string scratch(body);  // parsed in place
    if (const auto answer = aws::parse_assume_role_answer(scratch, {role, name, asked}, now)) {
        const auto& keys = answer->keys;
        if (!is_sound(keys.access_key_id) || !is_sound(keys.secret_access_key.expose()) ||
            !is_sound(keys.session_token.expose()))
            std::abort();
        if (!keys.expiration || *keys.expiration <= now || *keys.expiration > now + asked + aws::expiration_slack)
            std::abort();
        if (answer->assumed_role_arn != "arn:aws:sts::444455556666:assumed-role/deploy/app-1") std::abort();
        if (size > aws::longest_sts_answer || (body.find("<!DOCTYPE") != std::string_view::npos && !has_sections(body)))
            std::abort();
    }
    scratch = body;
    if (const auto identity = aws::parse_caller_identity_answer(scratch);
        identity && identity->who.account_id.size() != aws::role_arn::account_size)
        std::abort();
    scratch = body;
    const auto error = aws::parse_error_answer(scratch);
    if (error.message.find_first_of("\r\n") != std::string::npos || (!error.code.empty() && !is_sound(error.code)))
        std::abort();
    return 0;
}
