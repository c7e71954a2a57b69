#pragma once

#include "core/failure.hpp"
#include "core/name.hpp"
#include "core/ulid.hpp"

#include <string>
#include <string_view>

namespace hourkey::aws {

/// STS's RoleSessionName: 2..64 of [\w+=,.@-]. CloudTrail shows it to the account's owner, so hourkey builds it and
/// takes none from a caller.
class session_name {
public:
    [[nodiscard]] static result<session_name> parse(std::string_view text);
    [[nodiscard]] const std::string& str() const noexcept { return text_; }
    friend auto operator<=>(const session_name&, const session_name&) = default;

private:
    friend session_name make_session_name(const tenant_name&, const app_name&, const ulid&);
    friend session_name make_verification_name(const ulid&, std::string_view);
    explicit session_name(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// `hk.<tenant>.<app>.<the request ULID's 16 random characters>`. When that passes 64 characters, tenant and app are
/// cut and a 7-character hash of both follows them (`hk.<cut>.<cut>.<hash>.<random>`): names hold no dots, so the two
/// forms cannot be mistaken for each other and two apps share a prefix only with the odds of a 40-bit collision.
[[nodiscard]] session_name make_session_name(const tenant_name& tenant, const app_name& app, const ulid& request);

/// `hourkey-verify.<the request ULID's 16 random characters>.<ending>`: one of a verification's sessions. `ending`: a
/// word of letters.
[[nodiscard]] session_name make_verification_name(const ulid& request, std::string_view ending);

}  // namespace hourkey::aws
