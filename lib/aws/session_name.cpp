#include "aws/session_name.hpp"

#include "aws/arn.hpp"
#include "core/encoding.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <span>

namespace hourkey::aws {
namespace {

constexpr std::size_t shortest = 2, longest = 64;
constexpr std::string_view prefix = "hk.";
constexpr std::size_t random_characters = 16;  // the 80 random bits of a ULID are its last 16 characters
constexpr std::size_t hash_characters = 7;     // 40 bits in base 62
constexpr std::size_t whole_names = longest - prefix.size() - 2 - random_characters;
constexpr std::size_t cut_names = whole_names - hash_characters - 1;

std::string hash_of(const std::string& tenant, const std::string& app) {
    const auto digest = crypto::sha256(tenant + "." + app);
    return to_base62(std::span(digest).first(5), hash_characters);
}

/// Behind a ULID's time, which CloudTrail has anyway.
void append_random_part(std::string& out, const ulid& request) {
    const auto id = request.str();
    out.append(id, id.size() - random_characters);
}

}  // namespace

result<session_name> session_name::parse(std::string_view text) {
    if (!is_iam_name(text, shortest, longest))
        return invalid_field("session_name", "is not 2 to 64 of A-Z a-z 0-9 _ + = , . @ -");
    return session_name(std::string(text));
}

session_name make_session_name(const tenant_name& tenant, const app_name& app, const ulid& request) {
    std::string_view tenant_part = tenant.str(), app_part = app.str();
    std::string out(prefix);
    out.reserve(longest);
    const bool fits = tenant_part.size() + app_part.size() <= whole_names;
    if (!fits) {
        // Each gets half, and what the shorter one leaves over goes to the longer.
        const auto tenant_room = std::max(cut_names / 2, cut_names - std::min(cut_names, app_part.size()));
        tenant_part = tenant_part.substr(0, tenant_room);
        app_part = app_part.substr(0, cut_names - tenant_part.size());
    }
    out.append(tenant_part).append(".").append(app_part).append(".");
    if (!fits) out.append(hash_of(tenant.str(), app.str())).append(".");
    append_random_part(out, request);
    return session_name(std::move(out));
}

session_name make_verification_name(const ulid& request, std::string_view ending) {
    std::string out("hourkey-verify.");
    append_random_part(out, request);
    out.append(".").append(ending);
    return session_name(std::move(out));
}

}  // namespace hourkey::aws
